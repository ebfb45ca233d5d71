import { createHash, type Hash } from 'node:crypto';
import { type Fen, yuan } from '../../kernel/money.ts';
import type { Quarter } from '../../kernel/month.ts';
import { parseRatio } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import { guideArticle15 } from '../../law/shanxi-reform-guide.ts';
import { canonicalJson, hashOf } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { certificateRows, type FinalCertificate, loadFinalCertificate } from '../feedback/index.ts';
import { type ComputeRun, payers } from './contract.ts';
import { addRunEvent } from './events.ts';
import { type Piece, type Plan, planRun } from './plan.ts';
import { type Entitled, entitle, YearSoFar } from './rules/entitle.ts';
import {
  capGuarantors,
  compareKeys,
  type Key,
  keyOf,
  type Line,
  prepayLines,
  settleLines,
  type YearLine,
} from './rules/settle.ts';
import { type Before, beforeLines, countStillFinal, standingsOf } from './store/facts.ts';
import { copyEntitlements, copyRow, insertDeltas, insertRun, nextRunId, runOfInputs } from './store/runs.ts';

/** A final certificate as an input of a run: nothing else is accepted, by type and (content hash, standing) when it runs. */
export type RunInput = {
  readonly forYear: number;
  readonly certificate: FinalCertificate;
  readonly schemes: Piece['schemes'];
};
export type Computed = { readonly id: bigint; readonly existing: boolean };

/**
 * Computes a run and keeps it as a draft; the same inputs answer the run that is there. Refusals: see `planRun`,
 * `loadFinalCertificate`. Under `dryRun` nothing is kept.
 */
export async function computeSubsidies(tx: Tx, context: Context, command: ComputeRun): Promise<Computed> {
  const plan = await planRun(tx, command, context.clock.today());
  const facts = await factsOf(tx, command, plan);
  const inputHash = inputHashOf(command, plan, facts.hash);
  const existing = await runOfInputs(tx, inputHash);
  if (existing !== undefined) return { id: existing, existing: true };
  const inputs: RunInput[] = [];
  for (const { forYear, head, schemes } of plan.pieces) {
    inputs.push({ forYear, schemes, certificate: await loadFinalCertificate(tx, head.id) });
  }
  const id = await nextRunId(tx);
  const done = await entitleAll(tx, id, inputs);
  const years = yearLinesOf(done.sums, facts.before, plan);
  const lines = linesOf(command, years, facts, plan);
  const resultHash = hashOf({ rows: done.hash.digest('hex'), years, lines });
  const versions = new Map(plan.pieces.flatMap((each) => each.schemes).map((each) => [each.versionId, each]));
  const total = lines.reduce((sum, each) => sum + each.entitled, 0n);
  await insertRun(
    tx,
    {
      id,
      inputHash,
      kind: command.kind,
      regionCode: command.regionCode,
      year: command.year,
      asOf: context.clock.today(),
      parameters: {
        prepayRatio: command.kind === 'prepay' ? command.prepayRatio : null,
        budgets: command.budgets,
        overpaid: command.overpaid,
        schemeIds: plan.schemeIds,
        excluded: plan.excluded,
      },
      factsHash: facts.hash,
      resultHash,
      isPlaceholder: [...versions.values()].some((each) => each.isPlaceholder),
      rowCount: done.rowCount,
      eligibleCount: done.eligibleCount,
      total,
    },
    plan.pieces.map(({ forYear, head }) => ({ forYear, ...head, rowCount: done.rowsOf.get(head.id) ?? 0 })),
    [...versions.values()],
    years,
    lines,
    context.actor.userId,
    context.clock.now(),
  );
  await insertDeltas(tx, id, plan.coverage);
  await addRunEvent(tx, context, id, 'computed', '');
  await appendAudit(tx, context, {
    chain: 0,
    action: `subsidies.compute-${command.kind}`,
    subject: `subsidy-run:${id}`,
    detail: { inputHash, resultHash, rows: done.rowCount, total },
  });
  return { id, existing: false };
}

/** Everything that goes into a run, as one hash. */
export const inputHashOf = (command: ComputeRun, plan: Plan, factsHash: string): string =>
  hashOf({
    ...command,
    schemeIds: plan.schemeIds,
    pieces: plan.pieces.map((each) => [
      each.forYear,
      each.head.contentHash,
      each.schemes.map((scheme) => scheme.contentHash),
    ]),
    facts: factsHash,
  });

/** What earlier runs and payments contribute, and its hash: asked again when the run is approved. */
export async function factsOf(tx: Tx, command: Pick<ComputeRun, 'kind' | 'year'>, plan: Plan) {
  if (command.kind === 'prepay') return { before: [], standings: [], hash: hashOf([]) };
  const codes = plan.counties.map((each) => each.code);
  const covered = new Set(plan.coverage.map((each) => `${each.runId}/${each.forYear}/${each.county}/${each.schemeId}`));
  const all = await beforeLines(tx, [...new Set(plan.coverage.map((each) => each.runId))]);
  const before = all.filter((each) => covered.has(`${each.runId}/${each.forYear}/${each.county}/${each.schemeId}`));
  const standings = await standingsOf(tx, command.year, codes, plan.schemeIds);
  return { before, standings, hash: hashOf({ before, standings }) };
}

type Sum = Key & { forYear: number; loans: number; computed: bigint };
type Done = {
  readonly sums: Map<string, Sum>;
  readonly rowsOf: Map<bigint, number>;
  readonly hash: Hash;
  rowCount: number;
  eligibleCount: number;
};

/** Evaluates every row of the certificates in batches and copies the entitlements in. Memory grows with loans that are paid for. */
export async function entitleAll(tx: Tx, runId: bigint, inputs: readonly RunInput[]): Promise<Done> {
  await requireFinal(
    tx,
    inputs.map((each) => each.certificate),
  );
  const done: Done = { sums: new Map(), rowsOf: new Map(), hash: createHash('sm3'), rowCount: 0, eligibleCount: 0 };
  const years = new Map<number, YearSoFar>();
  let batch: string[] = [];
  for (const { forYear, certificate, schemes } of inputs) {
    const year = years.get(forYear) ?? new YearSoFar();
    years.set(forYear, year);
    let rows = 0;
    for await (const row of certificateRows(tx, certificate)) {
      rows += 1;
      const loan = { ...row, quarter: certificate.quarter, newHousehold: year.newHousehold(row) };
      for (const entitled of entitle(loan, schemes, year)) {
        done.rowCount += 1;
        const values = rowOf(done.rowCount, forYear, certificate.id, certificate.quarter, loan, entitled);
        done.hash.update(`${copyRow(values)}\n`);
        batch.push(copyRow([runId, ...values]));
        if (entitled.failed === null) addUp(done, forYear, loan, entitled);
      }
      if (batch.length >= 20_000) {
        await copyEntitlements(tx, batch);
        batch = [];
      }
    }
    done.rowsOf.set(certificate.id, rows);
  }
  await copyEntitlements(tx, batch);
  return done;
}

/** The columns of an entitlement after run_id, as copied and hashed. */
function rowOf(
  seq: number,
  forYear: number,
  certificateId: bigint,
  quarter: Quarter,
  loan: { guarantorId: number; guaranteeId: bigint; contractNo: string; county: number; primaryTag: number },
  { scheme, failed, inputs, computed, capCut, overlapCut, amount, split }: Entitled,
) {
  const about = [
    seq,
    forYear,
    certificateId,
    quarter,
    loan.guarantorId,
    loan.guaranteeId,
    loan.contractNo,
    loan.county,
    loan.primaryTag,
  ];
  const money = [computed, capCut, overlapCut, amount, split.province, split.city, split.county];
  return [...about, scheme.schemeId, scheme.versionId, failed === null, failed, canonicalJson(inputs), ...money];
}

function addUp(
  done: Done,
  forYear: number,
  loan: { guarantorId: number; county: number },
  { scheme, amount, split }: Entitled,
): void {
  done.eligibleCount += 1;
  if (amount === 0n) return;
  for (const payer of payers) {
    const key = { guarantorId: loan.guarantorId, county: loan.county, schemeId: scheme.schemeId, payer };
    const name = `${forYear}/${keyOf(key)}`;
    const sum = done.sums.get(name);
    if (sum) {
      sum.loans += 1;
      sum.computed += split[payer];
    } else done.sums.set(name, { ...key, forYear, loans: 1, computed: split[payer] });
  }
}

/** Accounts of each year: what its loans give, capped per guarantor, beside what was recognised before (0 where nothing is left). */
function yearLinesOf(sums: Done['sums'], before: readonly Before[], plan: Plan): YearLine[] {
  const known = new Map(before.map((each) => [`${each.forYear}/${keyOf(each)}`, each]));
  // Sorted, so that the account a cap's odd 分 goes to does not hang on the order rows were read in.
  const names = [...new Set([...sums.keys(), ...known.keys()])].sort();
  const merged = names.map((name) => {
    const { forYear, guarantorId, county, schemeId, payer } = (sums.get(name) ?? known.get(name))!;
    const sum = sums.get(name);
    const own = { loans: sum?.loans ?? 0, computed: sum?.computed ?? 0n, before: known.get(name)?.entitled ?? 0n };
    return { forYear, guarantorId, county, schemeId, payer, ...own };
  });
  const schemes = new Map(plan.pieces.flatMap((each) => each.schemes).map((each) => [each.schemeId, each]));
  const byAccount = (a: YearLine, b: YearLine) => a.forYear - b.forYear || compareKeys(a, b);
  return capGuarantors(merged, (schemeId) => schemes.get(schemeId)?.guarantorCap ?? null).sort(byAccount);
}

function linesOf(
  command: ComputeRun,
  years: readonly YearLine[],
  facts: Awaited<ReturnType<typeof factsOf>>,
  plan: Plan,
): Line[] {
  const counties = new Map(plan.counties.map((each) => [each.code, each]));
  const regionOf = ({ county, payer }: Key) => {
    const found = counties.get(county)!;
    return payer === 'county' ? found.code : found[payer];
  };
  const budgets = command.budgets.map((each) => ({ ...each, amount: yuan(each.amount) as Fen }));
  return command.kind === 'prepay'
    ? prepayLines(years, parseRatio(command.prepayRatio)!, regionOf, budgets)
    : settleLines(command.year, years, facts.standings, regionOf, budgets, command.overpaid);
}

/** Refuses whatever is not a final county certificate as it stands in the database now, however it came by its type. */
async function requireFinal(tx: Tx, certificates: readonly FinalCertificate[]): Promise<void> {
  const isWhole = certificates.every((each) => typeof each?.id === 'bigint' && typeof each.contentHash === 'string');
  const isCounty =
    isWhole && certificates.every((each) => each.countyIds?.length === 1 && each.countyIds[0] === each.id);
  if (isCounty && (await countStillFinal(tx, certificates)) === certificates.length) return;
  throw new Refused({
    code: 'not-a-final-certificate',
    message: '补偿补贴只能依据已定稿的县级反馈凭证计算，其他数据一律不受理',
    article: guideArticle15,
  });
}
