import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Tx } from '../../platform/db.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList, type Page } from '../../platform/list.ts';
import type { pageQuery } from '../../wire/wire.ts';

/** The group of these endpoints in the API document. */
export const tag = '额度';

type Titles = readonly (readonly [key: string, title: string, type: 'text' | 'integer' | 'money' | 'day'])[];
type Paged = z.output<typeof pageQuery>;

/** A list of limits: one page of JSON, or the whole as a workbook, to whoever reads limits. `columns`: key, title and type of each. */
export function listEndpoint<Q extends z.ZodType<Paged>, A extends z.ZodType, Row extends object>(
  app: FastifyInstance,
  deps: Deps,
  spec: {
    readonly url: string;
    readonly title: string;
    readonly query: Q;
    readonly answer: A;
    readonly columns: Titles;
    fetch(tx: Tx, query: z.output<Q>, after: string | undefined, limit: number): Promise<Page<Row>>;
    wire(row: Row): unknown;
  },
): void {
  endpoint(app, deps, {
    method: 'GET',
    url: spec.url,
    tag,
    summary: spec.title,
    permission: 'limits.read',
    query: spec.query,
    answer: spec.answer,
    handle: (input) => {
      const query = input.query as z.output<Q>;
      return answerList(
        { ...input, query },
        {
          title: spec.title,
          columns: spec.columns.map(([key, title, type]) => ({ key, title, type })),
          footer: [`单位：元；数据截至 ${deps.clock.today()}；已用为最近一次盘点`],
          fetch: (tx, after, limit) => spec.fetch(tx, query, after, limit),
          wire: (row) => spec.wire(row),
        },
      ) as Promise<z.input<A>>;
    },
  });
}
