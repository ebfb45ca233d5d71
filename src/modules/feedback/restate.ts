import { sql } from 'kysely';
import { type Quarter, quarter as quarterFrom } from '../../kernel/month.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Signer } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { openSigner } from '../../platform/signers.ts';
import { appendAudit } from '../audit/index.ts';
import { allRegions, type Issued, issueCertificates } from './issue.ts';
import { sealingReadiness } from './readiness.ts';
import { lockQuarter, refusalsOf, sourcesOf } from './seal.ts';
import { type Certificate, certificateById, currentCertificates } from './store.ts';

/**
 * Makes the county's figures anew after a correction, as known at the newest sealed reconciliations, and with them its city's
 * and the province's: version + 1, linked, with the differences. What they replace becomes superseded and stays readable.
 * Upheld objections to what is replaced are settled by it. Refuses (404) an unknown certificate, (422) one that is not a
 * county's or not in force, guarantors whose newest reconciliation is not sealed, and when nothing changed. Locks the quarter.
 */
export async function restateCertificate(
  tx: Tx,
  context: Context,
  command: { id: bigint; cause: string; signer?: Signer | undefined },
): Promise<{ certificates: Issued[]; changedRows: number }> {
  const before = await restatable(tx, command.id);
  const quarter = quarterFrom(before.quarter);
  const readiness = await sealingReadiness(tx, quarter, before.regionCode);
  const refusals = refusalsOf(readiness);
  if (refusals.length > 0) throw new Refused(refusals);
  const regions = await allRegions(tx);
  const counties = regions.filter((each) => each.level === 3);
  const county = counties.find((each) => each.code === before.regionCode)!;
  const uppers = regions.filter((each) => each.level < 3 && isAbove(each.code, county, regions));
  const current = await currentCertificates(tx, quarter);
  const touched = new Set([county.code, ...uppers.map((each) => each.code)]);
  const replaced = new Map(
    current.filter((each) => touched.has(each.regionCode)).map((each) => [each.regionCode, each]),
  );
  await supersede(tx, [...replaced.values()]);
  const { issued } = await issueCertificates(tx, context, {
    ...{ quarter, counties: [county], uppers, tree: regions, replaced, cause: command.cause },
    sources: sourcesOf(readiness),
    kept: current.filter((each) => each.regionLevel === 3 && each.regionCode !== county.code),
    signer: command.signer ?? (await openSigner('feedback')),
  });
  const made = issued.find((each) => each.regionLevel === 3)!;
  if (made.rowsHash === before.rowsHash) {
    throw new Refused({
      code: 'nothing-changed',
      message: `按最新封存的核对结果，${before.number} 的明细没有变化；请先更正数据、重新核对并封存，再出具更正凭证`,
    });
  }
  const changedRows = await countChanges(tx, before.id, made.id);
  await settleObjections(tx, quarter, issued);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'feedback.restate',
    subject: `certificate:${before.number}`,
    detail: { issued: issued.map((each) => [each.number, each.contentHash]), changedRows, cause: command.cause },
  });
  return { certificates: issued, changedRows };
}

async function restatable(tx: Tx, id: bigint): Promise<Certificate> {
  const first = await certificateById(tx, id);
  if (!first) throw new Refused({ code: 'certificate-unknown', message: '没有这份凭证，或不在您的权限范围内' }, 404);
  await lockQuarter(tx, first.quarter);
  const found = (await certificateById(tx, id))!;
  if (found.regionLevel !== 3)
    throw new Refused({ code: 'not-a-county', message: '市级、省级凭证由县级凭证汇总而成，请更正相应县区的凭证' });
  if (found.status === 'superseded')
    throw new Refused({ code: 'already-superseded', message: `${found.number} 已被更正，请更正最新版本` });
  return found;
}

function isAbove(
  code: number,
  county: { parent: number | null },
  regions: readonly { code: number; parent: number | null }[],
) {
  const parents = new Map(regions.map((each) => [each.code, each.parent]));
  for (let at = county.parent; at !== null; at = parents.get(at) ?? null) if (at === code) return true;
  return false;
}

async function supersede(tx: Tx, certificates: readonly Certificate[]): Promise<void> {
  await sql`update feedback.certificate set status = 'superseded'
    where id = any (${certificates.map((each) => each.id)}::bigint[])`.execute(tx);
}

/** The rows of two versions side by side where they differ. */
export const changedRows = (before: bigint, after: bigint) => sql`
  from (select * from feedback.certificate_row where certificate_id = ${before}) b
  full join (select * from feedback.certificate_row where certificate_id = ${after}) a
    on a.guarantor_id = b.guarantor_id and a.guarantee_id = b.guarantee_id
 where to_jsonb(a) - 'certificate_id' is distinct from to_jsonb(b) - 'certificate_id'`;

async function countChanges(tx: Tx, before: bigint, after: bigint): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::integer as count ${changedRows(before, after)}`.execute(tx);
  return rows[0]!.count;
}

/** Upheld objections to any earlier version of the regions restated now have their correction. */
async function settleObjections(tx: Tx, quarter: Quarter, issued: readonly Issued[]): Promise<void> {
  await sql`
    update feedback.objection o
       set settled_by_id = n.id
      from unnest(${issued.map((each) => each.regionCode)}::integer[], ${issued.map((each) => each.id)}::bigint[]) n(region_code, id),
           feedback.certificate c
     where c.id = o.certificate_id and c.quarter = ${quarter} and o.region_code = n.region_code
       and o.status = 'upheld' and o.settled_by_id is null`.execute(tx);
}
