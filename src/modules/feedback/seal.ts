import { sql } from 'kysely';
import { type Quarter, quarterSpan, showQuarter } from '../../kernel/month.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import type { Signer } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { openSigner } from '../../platform/signers.ts';
import { appendAudit } from '../audit/index.ts';
import { loansWithoutCounty, type Source } from './fill.ts';
import { allRegions, issueCertificates } from './issue.ts';
import { type GuarantorReadiness, sealingReadiness } from './readiness.ts';
import { currentCertificates } from './store.ts';

export type Sealed = {
  readonly quarter: Quarter;
  /** It was sealed before; nothing was written. */
  readonly already: boolean;
  readonly certificates: number;
  readonly rows: number;
  readonly provinceId: bigint;
};

/** Only one seal, restatement or finalisation of a quarter at a time; the lock lasts until commit. */
export async function lockQuarter(tx: Tx, quarter: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`feedback:${quarter}`}, 15))`.execute(tx);
}

/**
 * Seals a quarter: one certificate for every county (nil business included), city and the province, each guarantor as known
 * at its sealed reconciliation. A quarter already sealed is answered with what there is. Refuses (422) naming every guarantor
 * that is not reconciled and sealed as of the quarter's end, and loans whose place is no county. Locks the quarter.
 */
export async function sealQuarter(
  tx: Tx,
  context: Context,
  command: { quarter: Quarter; signer?: Signer | undefined },
): Promise<Sealed> {
  const { quarter } = command;
  await lockQuarter(tx, quarter);
  const existing = await currentCertificates(tx, quarter);
  if (existing.length > 0) return answer(quarter, true, existing);
  const readiness = await sealingReadiness(tx, quarter);
  await refuseUnready(tx, context, quarter, readiness);
  const regions = await allRegions(tx);
  const counties = regions.filter((each) => each.level === 3);
  const uppers = regions.filter((each) => each.level < 3);
  const signer = command.signer ?? (await openSigner('feedback'));
  const { issued } = await issueCertificates(tx, context, {
    ...{ quarter, counties, uppers, tree: regions, signer },
    sources: sourcesOf(readiness),
    kept: [],
    replaced: new Map(),
    cause: null,
  });
  const made = await currentCertificates(tx, quarter);
  const sealed = answer(quarter, false, made);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'feedback.seal',
    subject: `quarter:${quarter}`,
    detail: {
      certificates: issued.length,
      rows: sealed.rows,
      province: made.find((each) => each.id === sealed.provinceId)?.contentHash ?? null,
    },
  });
  return sealed;
}

/** The runs that decide what is known; call only when every guarantor is ready. */
export const sourcesOf = (readiness: readonly GuarantorReadiness[]): Source[] =>
  readiness.flatMap(({ guarantorId, runId }) => (runId === null ? [] : [{ guarantorId, runId }]));

/** One refusal for every guarantor that is not ready, with the page where it is put right. */
export const refusalsOf = (readiness: readonly GuarantorReadiness[]): Refusal[] =>
  readiness
    .filter((each) => each.state !== 'ready')
    .map(({ guarantorId, name, state, reason, url }) => ({
      code: `reconciliation-${state}`,
      message: `${name}：${reason}`,
      figures: { 机构: String(guarantorId), 链接: url ?? '' },
    }));

async function refuseUnready(tx: Tx, context: Context, quarter: Quarter, readiness: readonly GuarantorReadiness[]) {
  const { to } = quarterSpan(quarter);
  if (context.clock.today() <= to)
    throw new Refused({ code: 'quarter-not-over', message: `${showQuarter(quarter)}到 ${to} 才结束，次日起方可封存` });
  const homeless = await loansWithoutCounty(tx, quarter);
  const refusals = [
    ...refusalsOf(readiness),
    ...homeless.map(({ guarantorName, count }) => ({
      code: 'loan-without-county',
      message: `${guarantorName}：有 ${count} 笔保函的业务所在地未落到县（市、区），请更正后再封存`,
    })),
  ];
  if (refusals.length > 0) throw new Refused(refusals);
}

function answer(quarter: Quarter, already: boolean, made: Awaited<ReturnType<typeof currentCertificates>>): Sealed {
  const province = made.find((each) => each.regionLevel === 1);
  if (!province) throw new Error(`${quarter} 没有省级凭证`);
  return { quarter, already, certificates: made.length, rows: Number(province.rowsCount), provinceId: province.id };
}
