import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { account, type Finding, findingsMax } from '../../ledger/index.ts';
import { canonicalJson, hashOf } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { recognised } from './actions.ts';
import { explainFormula, firstFailed, splitOf } from './rules/entitle.ts';
import { valuesOfSnapshot } from './rules/inputs.ts';
import type { Scheme } from './rules/scheme.ts';
import { copyRow } from './store/runs.ts';
import { enteredOf, schemeOf, versionRows } from './store/schemes.ts';

const check = '补偿补贴';
const finding = (place: string, message: string): Finding => ({ check, place, message });

/**
 * Every run that is not void recomputed from what is stored: versions and certificates still have their hashes, every
 * entitlement follows from its inputs, lines add up, the run's result hash holds, the ledger says what the payments say.
 * Lists at most `findingsMax` findings. For `verify`, which sees all.
 */
export async function verifySubsidies(tx: Tx): Promise<Finding[]> {
  const versions = await versionRows(tx);
  const found = versions.flatMap((each) =>
    hashOf({ schemeId: each.schemeId, ...enteredOf(each) }) === each.contentHash
      ? []
      : [finding(`办法 ${each.code} 自 ${each.from} 的版本`, '内容与录入时的摘要不符')],
  );
  if (found.length > 0) return found;
  const schemes = new Map(versions.map((each) => [each.id, schemeOf(each)]));
  found.push(...(await changedCertificates(tx)), ...(await unequalLines(tx)));
  const { rows: runs } = await sql<{
    id: bigint;
    kind: string;
    status: string;
    resultHash: string;
    year: number;
    approvedOn: string;
  }>`
    select id, kind, status, result_hash as "resultHash", year, approved_on as "approvedOn"
      from subsidies.run where status <> 'void' order by id`.execute(tx);
  for (const run of runs) {
    if (found.length >= findingsMax) break;
    found.push(...(await verifyRun(tx, run.id, run.resultHash, schemes)));
    if (run.status === 'approved') found.push(...(await verifyLedger(tx, run)));
  }
  return found.slice(0, findingsMax);
}

async function changedCertificates(tx: Tx): Promise<Finding[]> {
  const { rows } = await sql<{ runId: bigint; number: string }>`
    select u.run_id as "runId", u.number
      from subsidies.run_certificate u
      join subsidies.run r on r.id = u.run_id and r.status <> 'void'
      left join feedback.certificate_head c on c.id = u.certificate_id
     where c.content_hash is distinct from u.content_hash
     order by 1, 2
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) => finding(`批次 ${row.runId} 凭证 ${row.number}`, '凭证的内容摘要与测算时不符'));
}

/** Accounts of a year must be the sums of their loans, party by party. */
async function unequalLines(tx: Tx): Promise<Finding[]> {
  type Row = { runId: bigint; guarantorId: number; county: number; payer: string; line: Fen; loans: Fen };
  const { rows } = await sql<Row>`
    with sums as (
      select e.run_id, e.for_year, e.guarantor_id, e.county, e.scheme_id, p.payer, sum(p.amount)::bigint as amount
        from subsidies.seen_entitlement e
        join subsidies.run r on r.id = e.run_id and r.status <> 'void'
       cross join lateral (values ('province', e.province), ('city', e.city), ('county', e.local)) p (payer, amount)
       where e.amount <> 0
       group by 1, 2, 3, 4, 5, 6),
    stored as (
      select y.* from subsidies.year_line y join subsidies.run r on r.id = y.run_id and r.status <> 'void')
    select run_id as "runId", guarantor_id as "guarantorId", county, payer, coalesce(y.computed, 0)::bigint as line,
           coalesce(s.amount, 0)::bigint as loans
      from stored y
      full join sums s using (run_id, for_year, guarantor_id, county, scheme_id, payer)
     where coalesce(y.computed, 0) <> coalesce(s.amount, 0)
     order by 1, 2, 3, 4
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) =>
    finding(
      `批次 ${row.runId} 机构 ${row.guarantorId} 县区 ${row.county} ${row.payer}`,
      `账户 ${formatYuan(row.line)} 元，逐笔合计 ${formatYuan(row.loans)} 元，不相等`,
    ),
  );
}

type Stored = {
  seq: number;
  forYear: number;
  certificateId: bigint;
  quarter: string;
  guarantorId: number;
  guaranteeId: bigint;
  contractNo: string;
  county: number;
  primaryTag: number;
  schemeId: number;
  versionId: number;
  isEligible: boolean;
  failed: number | null;
  inputs: Record<string, string>;
  computed: bigint;
  capCut: bigint;
  overlapCut: bigint;
  amount: bigint;
  province: bigint;
  city: bigint;
  local: bigint;
};

async function verifyRun(
  tx: Tx,
  runId: bigint,
  resultHash: string,
  schemes: ReadonlyMap<number, Scheme>,
): Promise<Finding[]> {
  const found: Finding[] = [];
  const hash = createHash('sm3');
  for (let after = 0; ; ) {
    const { rows } = await sql<Stored>`
      select seq, for_year as "forYear", certificate_id as "certificateId", quarter, guarantor_id as "guarantorId",
             guarantee_id as "guaranteeId", contract_no as "contractNo", county, primary_tag as "primaryTag",
             scheme_id as "schemeId", version_id as "versionId", is_eligible as "isEligible", failed, inputs, computed,
             cap_cut as "capCut", overlap_cut as "overlapCut", amount, province, city, local
        from subsidies.seen_entitlement
       where run_id = ${runId} and seq > ${after}
       order by seq
       limit 5000`.execute(tx);
    for (const row of rows) {
      const wrong = wrongWith(row, schemes.get(row.versionId));
      if (wrong && found.length < findingsMax)
        found.push(finding(`批次 ${runId} 第 ${row.seq} 行 合同 ${row.contractNo}`, wrong));
      hash.update(`${copyRow(hashedOf(row))}\n`);
    }
    if (rows.length < 5000) break;
    after = rows.at(-1)!.seq;
  }
  if (found.length === 0 && hashOf({ rows: hash.digest('hex'), ...(await accountsOf(tx, runId)) }) !== resultHash) {
    found.push(finding(`批次 ${runId}`, '逐笔应补与账户的摘要与测算时不符'));
  }
  return found;
}

const hashedOf = (row: Stored) => [
  ...[
    row.seq,
    row.forYear,
    row.certificateId,
    row.quarter,
    row.guarantorId,
    row.guaranteeId,
    row.contractNo,
    row.county,
    row.primaryTag,
  ],
  ...[row.schemeId, row.versionId, row.isEligible, row.failed, canonicalJson(row.inputs)],
  ...[row.computed, row.capCut, row.overlapCut, row.amount, row.province, row.city, row.local],
];

function wrongWith(row: Stored, scheme: Scheme | undefined): string | undefined {
  if (!scheme) return `没有所依据的办法版本 ${row.versionId}`;
  const values = valuesOfSnapshot(row.inputs);
  if (scheme.inputNames.some((name) => !values[name])) return '缺少公式所需的输入';
  const kind = { primaryTag: Number(row.inputs.主标签), sizeClass: row.inputs.划型 ?? '' };
  const failed = firstFailed(scheme.conditions, values, kind);
  if (failed !== null)
    return row.failed === failed && row.amount === 0n ? undefined : `按存档输入不符合第 ${failed} 项条件，却记为可补`;
  if (row.failed !== null && row.failed > 0) return '按存档输入符合全部条件，却记为不补';
  const { computed } = explainFormula(scheme, values);
  if (computed !== row.computed)
    return `按存档输入重算为 ${formatYuan(computed as Fen)} 元，记为 ${formatYuan(row.computed as Fen)} 元`;
  if (row.amount !== row.computed - row.capCut - row.overlapCut) return '金额不等于公式结果减上限与重复补助核减';
  const split = splitOf(row.amount, scheme);
  const isSplit = split.province === row.province && split.city === row.city && split.county === row.local;
  return isSplit ? undefined : '三级分担与办法的比例不符';
}

/** Accounts as they were hashed when computed. */
async function accountsOf(tx: Tx, runId: bigint) {
  const { rows: years } = await sql`
    select for_year as "forYear", guarantor_id as "guarantorId", county, scheme_id as "schemeId", payer, loans, computed, before,
           cap_cut as "capCut", entitled
      from subsidies.year_line where run_id = ${runId}
     order by for_year, guarantor_id, county, scheme_id, array_position(array['province', 'city', 'county'], payer)`.execute(
    tx,
  );
  const { rows: lines } = await sql`
    select guarantor_id as "guarantorId", county, scheme_id as "schemeId", payer, payer_region as "payerRegion", loans, entitled,
           settled_before as "settledBefore", restatement, carried_in as "carriedIn", prepaid, net, payable,
           claw_back as "clawBack", shortfall, credit
      from subsidies.line where run_id = ${runId} order by seq`.execute(tx);
  return { years, lines };
}

/** What the run should have booked and what the ledger holds under its keys, per guarantor and posting. */
async function verifyLedger(
  tx: Tx,
  run: { id: bigint; kind: string; year: number; approvedOn: string },
): Promise<Finding[]> {
  const { rows: paid } = await sql<{ id: bigint; guarantorId: number; direction: string; amount: Fen }>`
    select p.id, p.guarantor_id as "guarantorId", p.direction, p.amount
      from subsidies.payment p
      join subsidies.payment_event e on e.payment_id = p.id and e.kind = 'received'
     where p.run_id = ${run.id}`.execute(tx);
  const own = run.kind === 'prepay' ? account.prepaidFunds : account.subsidyReceivable;
  const wanted = new Map<string, string>();
  for (const each of paid) {
    const sides = each.direction === 'pay' ? `${account.bank}→${own}` : `${own}→${account.bank}`;
    wanted.set(`${each.guarantorId} subsidy/${run.id}/payment/${each.id}`, `${sides} ${formatYuan(each.amount)}`);
  }
  const transfers = run.kind === 'settle' ? await recognised(tx, run, run.approvedOn as never) : [];
  for (const each of transfers)
    wanted.set(`${each.guarantorId} ${each.key}`, `${each.debit}→${each.credit} ${formatYuan(each.amount)}`);
  const { rows: booked } = await sql<{ guarantorId: number; key: string; debit: number; credit: number; amount: Fen }>`
    select guarantor_id as "guarantorId", key, debit, credit, amount
      from ledger.transfer
     where key like ${`subsidy/${run.id}/%`} and state = 1`.execute(tx);
  const held = new Map(
    booked.map((each) => [
      `${each.guarantorId} ${each.key}`,
      `${each.debit}→${each.credit} ${formatYuan(each.amount)}`,
    ]),
  );
  return [...new Set([...wanted.keys(), ...held.keys()])]
    .filter((key) => wanted.get(key) !== held.get(key))
    .map((key) =>
      finding(
        `批次 ${run.id} 机构与记账编号 ${key}`,
        `应记 ${wanted.get(key) ?? '无'}，总账为 ${held.get(key) ?? '无'}`,
      ),
    );
}
