import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan } from '../../kernel/money.ts';
import { formatDecimal } from '../../kernel/ratio.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Explain } from '../../wire/wire.ts';
import { findDifference, findRun } from './actions/resolve.ts';
import {
  type Cause,
  type ComparedField,
  causeTitles,
  type DecompositionRow,
  type DifferenceDetail,
  type DifferenceRow,
  fieldTitles,
  kindTitles,
  moneyFields,
  type RunDetail,
  type RunRow,
} from './contract.ts';
import { decompose } from './rules/compare.ts';
import { isWithin, positionOf, showValue } from './rules/record.ts';
import { matchRate, type RunFigures, sealBlockers, summarise } from './rules/words.ts';
import { keyOf, loadBookFacts } from './store/facts.ts';
import { type DifferenceRecord, loadHistory, loadOtherRecord } from './store/read-differences.ts';
import {
  type GuarantorCounts,
  loadBreakdown,
  loadByGuarantor,
  loadCarried,
  loadHeatMap,
  loadTotals,
  type RunRecord,
} from './store/read-runs.ts';
import { loadSeal } from './store/seal.ts';

/** The title of a field or of the whole record. */
export const titleOf = (field: string): string =>
  field === 'record' ? '整笔' : (fieldTitles[field as ComparedField] ?? field);

const countsOf = (row: Omit<GuarantorCounts, 'guarantorId' | 'name' | 'open'>) => ({
  ours: row.oursCount,
  theirs: row.theirsCount,
  matched: row.matched,
  different: row.different,
  onlyOurs: row.onlyOurs,
  onlyTheirs: row.onlyTheirs,
  duplicateKey: row.duplicateKey,
  nullKey: row.nullKey,
});

const rateOf = (matched: number, ours: number, theirs: number): string | null => {
  const rate = matchRate(matched, ours, theirs);
  return rate && formatDecimal(rate, 6);
};

/** A run as the list shows it. */
export const runRowOf = (run: RunRecord): RunRow => ({
  id: String(run.id),
  guarantorId: run.guarantorId,
  guarantorName: run.guarantorName,
  asOf: run.asOf,
  knownAt: run.knownAt,
  otherSide: run.otherSide,
  sourceName: run.sourceName,
  status: run.status,
  counts: countsOf(run),
  matchRate: rateOf(run.matched, run.oursCount, run.theirsCount),
  openCount: run.openCount,
  explainedCount: run.explainedCount,
  fixedCount: run.fixedCount,
  startedByName: run.startedByName,
  startedAt: run.startedAt.toISOString(),
});

/** A run with its decomposition, 小结, breakdowns and seal; of the rows the caller may see. */
export async function runDetailOf(tx: Tx, id: bigint): Promise<RunDetail> {
  const run = await findRun(tx, id);
  const totals = await loadTotals(tx, id);
  const breakdown = await loadBreakdown(tx, id);
  const carried = await loadCarried(tx, id);
  const seal = await loadSeal(tx, id);
  const decomposition = moneyFields
    .filter((field) => run.fields.includes(field))
    .map((field) => decompositionOf(field, breakdown, totals));
  const blockers = sealBlockers({ status: run.status, open: run.openCount, fixed: run.fixedCount });
  return {
    ...runRowOf(run),
    summary: summarise(figuresOf(run, breakdown, totals, carried)),
    ours: { ...run.ours, knownAt: run.knownAt },
    theirs: { ...run.theirs, knownAt: run.theirs.knownAt ?? run.knownAt },
    fields: run.fields,
    tolerances: run.tolerances,
    sourceHash: run.sourceHash,
    recordsHash: run.recordsHash,
    recordsCount: Number(run.recordsCount),
    previousRunId: run.previousRunId === null ? null : String(run.previousRunId),
    carried,
    decomposition,
    byField: grouped(breakdown, 'field').map(({ key, ...rest }) => ({ field: key, title: titleOf(key), ...rest })),
    byCause: grouped(breakdown, 'cause').map(({ key, ...rest }) => ({
      ...{ cause: key as Cause, title: causeTitles[key as Cause] },
      ...rest,
    })),
    byGuarantor: (await loadByGuarantor(tx, id)).map((row) => ({
      ...{ guarantorId: row.guarantorId, name: row.name, counts: countsOf(row), open: row.open },
      matchRate: rateOf(row.matched, row.oursCount, row.theirsCount),
    })),
    sealable: blockers.length === 0,
    sealBlockers: blockers,
    seal: seal ? { ...seal, sealedAt: seal.sealedAt.toISOString() } : null,
    explain: explainRun(run, decomposition[0]),
  };
}

type Breakdown = Awaited<ReturnType<typeof loadBreakdown>>;
type Totals = Awaited<ReturnType<typeof loadTotals>>;

function decompositionOf(field: (typeof moneyFields)[number], breakdown: Breakdown, totals: Totals): DecompositionRow {
  const at = moneyFields.indexOf(field);
  const { byCause, difference } = decompose(field, breakdown, totals.tolerated);
  const [ours, theirs] = [fen(totals.ours[at]!), fen(totals.theirs[at]!)];
  if (ours - theirs !== difference) throw new Error(`差额分解不平：${field}`);
  const { timing, basis, entry, omission } = byCause;
  return {
    field,
    title: fieldTitles[field],
    ours: formatYuan(ours),
    theirs: formatYuan(theirs),
    difference: formatYuan(difference),
    byCause: {
      timing: formatYuan(timing),
      basis: formatYuan(basis),
      entry: formatYuan(entry),
      omission: formatYuan(omission),
    },
    tolerated: formatYuan(fen(totals.tolerated[at]!)),
  };
}

function figuresOf(run: RunRecord, breakdown: Breakdown, totals: Totals, carried: RunFigures['carried']): RunFigures {
  const count = (cause: Cause) => breakdown.reduce((sum, row) => (row.cause === cause ? sum + row.count : sum), 0);
  return {
    scope: run.guarantorName,
    asOf: run.asOf,
    sourceName: run.sourceName,
    ours: run.oursCount,
    theirs: run.theirsCount,
    matched: run.matched,
    open: run.openCount,
    explained: run.explainedCount,
    fixed: run.fixedCount,
    oursOutstanding: fen(totals.ours[0]!),
    theirsOutstanding: fen(totals.theirs[0]!),
    byCause: decompose('outstanding', breakdown, totals.tolerated).byCause,
    countByCause: {
      timing: count('timing'),
      basis: count('basis'),
      entry: count('entry'),
      omission: count('omission'),
    },
    tolerated: fen(totals.tolerated[0]!),
    carried,
  };
}

function grouped(breakdown: Breakdown, by: 'field' | 'cause') {
  const groups = new Map<string, { key: string; count: number; open: number }>();
  for (const row of breakdown) {
    const group = groups.get(row[by]) ?? { key: row[by], count: 0, open: 0 };
    groups.set(row[by], { key: row[by], count: group.count + row.count, open: group.open + row.open });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

const basisTitle = { contract: '合同口径', actual: '实际承担口径' } as const;

function explainRun(run: RunRecord, outstanding: DecompositionRow | undefined): Explain {
  return {
    title: '在保余额差额',
    value: outstanding?.difference ?? null,
    unit: '元',
    formula: '我方合计 − 对方合计 ＝ 时间差 ＋ 口径差 ＋ 录入差 ＋ 遗漏 ＋ 容差内',
    articles: [],
    asOf: run.asOf,
    basis: basisTitle[run.ours.amountBasis],
    inputs: outstanding
      ? [
          { name: '我方合计', value: outstanding.ours, unit: '元', source: `截至 ${run.asOf}，${run.knownAt} 所知` },
          {
            name: '对方合计',
            value: outstanding.theirs,
            unit: '元',
            source: `${run.sourceName}，SM3 ${run.recordsHash}`,
          },
          ...Object.entries(outstanding.byCause).map(([cause, value]) => ({
            ...{ name: causeTitles[cause as Cause], value, unit: '元' },
          })),
          { name: '容差内', value: outstanding.tolerated, unit: '元' },
        ]
      : [],
    rows: {
      url: `/api/reconciliation/runs/${run.id}/differences`,
      count: run.openCount + run.explainedCount + run.fixedCount,
    },
  };
}

/** A difference as the list shows it; its age counts working days from first sight to `today`. */
export const differenceRowOf = (row: DifferenceRecord, today: Day): DifferenceRow => ({
  id: String(row.id),
  runId: String(row.runId),
  guarantorId: row.guarantorId,
  guarantorName: row.guarantorName,
  guaranteeId: row.guaranteeId === null ? null : String(row.guaranteeId),
  county: row.county === 0 ? null : row.county,
  countyName: row.countyName,
  contractNo: row.contractNo,
  line: row.line,
  kind: row.kind,
  kindTitle: kindTitles[row.kind],
  field: row.field,
  fieldTitle: titleOf(row.field),
  ours: row.ours,
  theirs: row.theirs,
  delta: row.deltaFen === null ? null : formatYuan(row.deltaFen),
  cause: row.cause,
  causeTitle: causeTitles[row.cause],
  reason: row.reason,
  status: row.status,
  firstSeenOn: row.firstSeenOn,
  ageWorkingDays: Math.max(0, workingDaysBetween(row.firstSeenOn, today).value),
  ownerInstitutionName: row.ownerInstitutionName,
  ownerUserId: row.ownerUserId,
  ownerUserName: row.ownerUserName,
  resolution: row.resolution,
  evidenceReference: row.evidenceReference,
  resolvedByName: row.resolvedByName,
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
  previousId: row.previousId === null ? null : String(row.previousId),
  version: row.version,
});

const historyTitles: Record<string, string> = {
  carried: '延续',
  assigned: '分派',
  comment: '备注',
  explained: '说明',
  fixed: '标为已改正',
  reopened: '重新打开',
};

/** One difference with both sides' whole records, evidence and history. */
export async function differenceDetailOf(tx: Tx, id: bigint, today: Day): Promise<DifferenceDetail> {
  const row = await findDifference(tx, id);
  const run = await findRun(tx, row.runId);
  const history = await loadHistory(tx, id);
  const record = await bothRecords(tx, run, row);
  return {
    ...differenceRowOf(row, today),
    evidence: row.evidence,
    record,
    history: history.map((each) => ({
      ...each,
      kindTitle: historyTitles[each.kind] ?? each.kind,
      recordedAt: each.recordedAt.toISOString(),
    })),
    explain: {
      title: `${titleOf(row.field)}差异的原因（推测）`,
      value: row.deltaFen === null ? null : formatYuan(row.deltaFen),
      unit: row.deltaFen === null ? '无' : '元',
      formula: `${causeTitles[row.cause]}：${row.reason}`,
      articles: [],
      asOf: run.asOf,
      basis: basisTitle[run.ours.amountBasis],
      inputs: [
        { name: '我方', value: row.ours, unit: '', source: row.guaranteeId === null ? '无此笔' : '本系统台账' },
        {
          name: '对方',
          value: row.theirs,
          unit: '',
          source: row.line === null ? '无此笔' : `对方数据第 ${row.line} 行`,
        },
        ...row.evidence.map((each) => ({ ...each, unit: '' })),
      ],
    },
  };
}

async function bothRecords(tx: Tx, run: RunRecord, row: DifferenceRecord): Promise<DifferenceDetail['record']> {
  const facts =
    row.contractNo === null || row.guaranteeId === null
      ? undefined
      : (await loadBookFacts(tx, [{ guarantorId: row.guarantorId, contractNo: row.contractNo }])).get(
          keyOf(row.guarantorId, row.contractNo),
        );
  const cut = { ...run.ours, knownAt: run.knownAt };
  const position =
    facts &&
    positionOf(
      facts,
      facts.movements.filter((each) => isWithin(each, cut)),
      run.ours.amountBasis,
    );
  const ours: Record<string, Fen | number | string | null> = facts
    ? { principal: facts.principal, guaranteed: facts.guaranteed, ...facts.fixed, ...position }
    : {};
  const line = row.line === null ? undefined : await loadOtherRecord(tx, run.id, row.line);
  return run.fields.map((field) => {
    const [a, b] = [ours[field] ?? null, line?.[field] ?? null];
    const same = a !== null && String(a) === String(b);
    return { field, title: fieldTitles[field], ours: showValue(a), theirs: showValue(b as Fen | null), same };
  });
}

/** 热力图: cells with match rates, and the axes. */
export async function heatMapOf(tx: Tx, from: Day, to: Day) {
  const cells = await loadHeatMap(tx, from, to);
  const guarantors = new Map(cells.map((cell) => [cell.guarantorId, cell.name]));
  return {
    days: [...new Set(cells.map((cell) => cell.day))].sort(),
    guarantors: [...guarantors].map(([id, name]) => ({ id, name })),
    cells: cells.map((cell) => ({
      guarantorId: cell.guarantorId,
      day: cell.day,
      runId: String(cell.runId),
      matchRate: rateOf(cell.matched, cell.ours, cell.theirs),
      differences: Math.max(cell.ours, cell.theirs) - cell.matched,
      status: cell.status,
    })),
  };
}
