import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import { searchAnswer, summaryWire, todoPage } from './contract.ts';
import { search } from './search.ts';
import { summaryFor } from './summary.ts';
import { todosFor } from './todos.ts';

const tag = '工作台';

/** The home page of every role, and the search box of every page. */
export function homeRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/home/todo',
    tag,
    summary: '待办：各模块合在一处',
    permission: 'signed-in',
    answer: todoPage,
    handle: ({ read, caller, context }) =>
      read(async (tx) => ({ rows: await todosFor(tx, caller, context.clock.today()), next: null })),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/home/summary',
    tag,
    summary: '本辖区要情',
    permission: 'signed-in',
    answer: summaryWire,
    handle: ({ read, caller, context }) => read((tx) => summaryFor(tx, caller, context.clock.today())),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/search',
    tag,
    summary: '全局查找',
    permission: 'book.read',
    query: z.object({ q: z.string().trim().min(2).max(60) }),
    answer: searchAnswer,
    handle: ({ read, query }) => read(async (tx) => ({ rows: await search(tx, query.q) })),
  });
}
