import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import { dayWire, explainWire, idWire } from '../../wire/wire.ts';
import { explainGuarantee, explainIndicator, guaranteeFigures, indicatorFigures } from './explain.ts';

const tag = '保函台账';

/** 怎么算的 of guarantees and of a guarantor's indicators. */
export function explainRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/guarantees/:guarantorId/:id/explain/:figure',
    tag,
    summary: '保函金额怎么算的',
    permission: 'book.read',
    params: z.object({ guarantorId: z.coerce.number().int(), id: idWire, figure: z.enum(guaranteeFigures) }),
    answer: explainWire,
    handle: ({ read, params }) =>
      read((tx) =>
        explainGuarantee(
          tx,
          { guarantorId: params.guarantorId, id: BigInt(params.id) },
          params.figure,
          deps.clock.today(),
        ),
      ),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/indicators/:guarantorId/explain/:figure',
    tag,
    summary: '责任余额、放大倍数、集中度怎么算的',
    permission: 'book.read',
    params: z.object({ guarantorId: z.coerce.number().int(), figure: z.enum(indicatorFigures) }),
    query: z.object({
      asOf: dayWire.optional(),
      of: idWire.optional().meta({ description: '集中度：客户或关联集团的编号，缺省为最大的一户' }),
    }),
    answer: explainWire,
    handle: ({ read, params, query }) =>
      read((tx) => explainIndicator(tx, params.guarantorId, params.figure, query.asOf ?? deps.clock.today(), query.of)),
  });
}
