import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import { parseFigures } from './content.ts';
import type { CertificateDetail } from './contract.ts';
import type { Delta } from './rules.ts';
import { type Certificate, certificateById, countyPartsOf, unconfirmedOf } from './store.ts';
import { wireCertificate, wireDelta, wireLines, wireMetrics } from './words.ts';

/** What stands under every table of figures. */
export const notes: readonly string[] = [
  '数字取自各担保机构已封存的数据核对批次当时所知，其后登记的业务不计入本凭证。',
  '支小、支农、支新、支创按主标签统计，各行之和等于合计；“含兼有”各行互有重叠，不可相加。',
  '户数按客户证件摘要去重，跨机构只计一户，各级分别重算，下级之和不等于上级。',
  '比率由本级金额重算，不由下级相加；分母为零时记为“—”。',
  '担保代偿率的解除担保额含代偿解除，口径待核。',
];

/** The certificate or a refusal (404). */
export async function existing(tx: Tx, id: bigint): Promise<Certificate> {
  const found = await certificateById(tx, id);
  if (!found) throw new Refused({ code: 'certificate-unknown', message: '没有这份凭证，或不在您的权限范围内' }, 404);
  return found;
}

/** Everything a certificate's page shows, as of `today` for the days left to object. Refuses (404) an unknown one. */
export async function detailOf(tx: Tx, id: bigint, today: Day): Promise<CertificateDetail> {
  const found = await existing(tx, id);
  const { rows } = await sql<{ open: number; sealedBy: string; nextId: bigint | null; nextNumber: string | null }>`
    select (select count(*) from feedback.objection o where o.certificate_id = c.id and o.status = 'open')::integer as open,
           feedback.who(c.sealed_by) as "sealedBy", n.id as "nextId", n.number as "nextNumber"
      from feedback.certificate c
      left join feedback.certificate n on n.restates_id = c.id
     where c.id = ${id}`.execute(tx);
  const { open, sealedBy, nextId, nextNumber } = rows[0]!;
  const parts = found.regionLevel === 3 ? [] : await countyPartsOf(tx, found);
  return {
    ...wireCertificate({
      ...{ id, number: found.number, quarter: found.quarter, regionCode: found.regionCode },
      ...{ regionName: found.regionName, regionLevel: found.regionLevel, version: found.version, status: found.status },
      ...{ asOf: found.asOf as Day, sealedAt: found.sealedInstant, objectionUntil: found.objectionUntil as Day },
      ...{ openObjections: open, figures: found.figures },
    }),
    knownAt: found.knownAt,
    issuer: found.issuer,
    cause: found.cause,
    restates: found.restatesId === null ? null : { id: String(found.restatesId), number: found.restates! },
    restatedBy: nextId === null ? null : { id: String(nextId), number: nextNumber! },
    rowsCount: Number(found.rowsCount),
    rowsHash: found.rowsHash,
    contentHash: found.contentHash,
    signature: found.signature,
    verificationCode: found.verificationCode,
    objectionUnverified: found.termUnverified,
    remainingWorkingDays: workingDaysBetween(today, found.objectionUntil as Day).value,
    unconfirmed: await unconfirmedOf(tx, id),
    sealedBy,
    finalisedAt: found.finalisedAt?.toISOString() ?? null,
    metrics: wireMetrics,
    lines: wireLines(parseFigures(found.figures)),
    delta: found.delta === null ? null : wireDelta(JSON.parse(found.delta) as Delta),
    sources: await sourcesOf(tx, found),
    parts: parts.map(({ id: part, number, regionCode, regionName }) => ({
      id: String(part),
      number,
      regionCode,
      regionName,
    })),
    notes: [...notes],
  };
}

async function sourcesOf(tx: Tx, certificate: Certificate): Promise<CertificateDetail['sources']> {
  const { guarantors = [] } = JSON.parse(certificate.sources) as {
    guarantors?: { guarantorId: number; runId: string; knownAt: string }[];
  };
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from institutions.institution where id = any (${guarantors.map((each) => each.guarantorId)}::integer[])`.execute(
    tx,
  );
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return guarantors.map(({ guarantorId, runId, knownAt }) => ({
    ...{ guarantorId, guarantorName: names.get(guarantorId) ?? String(guarantorId), runId: String(runId), knownAt },
  }));
}
