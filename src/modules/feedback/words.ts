import { type Fen, formatYuan } from '../../kernel/money.ts';
import { formatDecimal } from '../../kernel/ratio.ts';
import { parseFigures } from './content.ts';
import type { CertificateListRow, LoanRow, ObjectionRow } from './contract.ts';
import { lineTitles, metricTitles, statusTitles } from './contract.ts';
import type { ChangedLoan, ListedCertificate, ListedLoan, ListedObjection } from './list-store.ts';
import {
  type AdditiveKey,
  additiveKeys,
  type Delta,
  type Figures,
  isOverlapping,
  lines,
  metricKeys,
  metrics,
  wireValue,
} from './rules.ts';

export const tagTitles: Readonly<Record<number, string>> = { 0: '其他', 1: '支小', 2: '支农', 4: '支新', 8: '支创' };
const objectionTitles = { open: '待答复', rejected: '不成立', upheld: '成立' } as const;

/** One certificate of the list as it crosses the wire. */
export function wireCertificate({ figures, ...row }: ListedCertificate): CertificateListRow {
  const { total } = parseFigures(figures);
  const value = (key: keyof typeof total) => wireValue(key, total)!;
  return {
    ...row,
    id: String(row.id),
    statusTitle: statusTitles[row.status],
    sealedAt: row.sealedAt.toISOString(),
    households: Number(total.households),
    guaranteeCount: Number(total.guaranteeCount),
    outstanding: value('outstanding'),
    outstandingActual: value('outstandingActual'),
    newAmount: value('newAmount'),
    claimCash: value('claimCash'),
  };
}

/** One certificate of the list as its workbook wants it. */
export function sheetCertificate(row: ListedCertificate) {
  const { total } = parseFigures(row.figures);
  return { ...row, statusTitle: statusTitles[row.status], ...total };
}

/** One loan of a certificate as it crosses the wire. */
export const wireLoan = (row: ListedLoan): LoanRow => ({
  ...row,
  certificateId: String(row.certificateId),
  guaranteeId: String(row.guaranteeId),
  objectionId: row.objectionId === null ? null : String(row.objectionId),
  primaryTagTitle: tagTitles[row.primaryTag] ?? '其他',
  feeRate: formatDecimal(row.feeRate),
  principal: formatYuan(row.principal),
  guaranteed: formatYuan(row.guaranteed),
  outstanding: formatYuan(row.outstanding),
  outstandingActual: formatYuan(row.outstandingActual),
  newAmount: formatYuan(row.newAmount),
  newActual: formatYuan(row.newActual),
  feeIncome: formatYuan(row.feeIncome),
  claimAmount: formatYuan(row.claimAmount),
  claimCash: formatYuan(row.claimCash),
  recoveryAmount: formatYuan(row.recoveryAmount),
  releasedAmount: formatYuan(row.releasedAmount),
});

/** What an objection is against, in words. */
const targetOf = (row: ListedObjection): string =>
  row.line && row.metric
    ? `${lineTitles[row.line]} ${metricTitles[row.metric]}`
    : `合同 ${row.contractNo ?? row.guaranteeId}`;

/** One objection as it crosses the wire. */
export const wireObjection = ({ contractNo, settledById, settledByNumber, ...row }: ListedObjection): ObjectionRow => ({
  ...row,
  id: String(row.id),
  certificateId: String(row.certificateId),
  target: targetOf({ contractNo, settledById, settledByNumber, ...row }),
  guaranteeId: row.guaranteeId === null ? null : String(row.guaranteeId),
  statusTitle: objectionTitles[row.status],
  raisedAt: row.raisedAt.toISOString(),
  answeredAt: row.answeredAt?.toISOString() ?? null,
  settledBy: settledById === null ? null : { id: String(settledById), number: settledByNumber ?? '' },
});

/** Every line of figures as it crosses the wire, ratios divided at this level. */
export const wireLines = (figures: Figures) =>
  lines.map((line) => ({
    line,
    title: lineTitles[line],
    overlapping: isOverlapping(line),
    values: Object.fromEntries(metricKeys.map((key) => [key, wireValue(key, figures[line])])),
  }));

/** What a restatement changed, line by line, additive metrics only. */
export const wireDelta = (delta: Delta) =>
  lines.map((line) => ({
    line,
    title: lineTitles[line],
    overlapping: isOverlapping(line),
    values: Object.fromEntries(
      additiveKeys.map((key: AdditiveKey) => [
        key,
        metrics[key].unit === '元' ? formatYuan(BigInt(delta[line][key]) as Fen) : String(delta[line][key]),
      ]),
    ),
  }));

/** What every metric is, for pages that show them. */
export const wireMetrics = metricKeys.map((key) => {
  const { title, additivity, unit } = metrics[key];
  return { key, title, additivity, unit };
});

const changeTitles: Readonly<Record<string, readonly [title: string, isMoney: boolean]>> = {
  contract_no: ['合同编号', false],
  county: ['业务所在县', false],
  size_class: ['企业规模', false],
  tags: ['标签', false],
  primary_tag: ['主标签', false],
  principal: ['主债权金额', true],
  guaranteed: ['担保责任金额', true],
  fee_rate: ['年费率', false],
  starts_on: ['起始日', false],
  ends_on: ['到期日', false],
  outstanding: ['在保余额（合同口径）', true],
  outstanding_actual: ['在保余额（实际承担口径）', true],
  household_outstanding: ['该户全省在保余额', true],
  new_amount: ['新增担保额（合同口径）', true],
  new_actual: ['新增担保额（实际承担口径）', true],
  fee_income: ['担保费收入', true],
  claim_amount: ['代偿本金', true],
  claim_cash: ['代偿金额', true],
  recovery_amount: ['追偿回收', true],
  released_amount: ['解除担保额', true],
  year_claim_amount: ['本年累计代偿本金', true],
  year_released_amount: ['本年累计解除担保额', true],
  balance_days: ['季内余额积数（分·天）', false],
};

/** One changed loan: the fields that differ, before and after. */
export const wireChange = (row: ChangedLoan) => ({
  guarantorId: row.guarantorId,
  guarantorName: row.guarantorName,
  guaranteeId: String(row.guaranteeId),
  contractNo: row.contractNo,
  changes: Object.entries(changeTitles)
    .filter(([field]) => row.before?.[field] !== row.after?.[field])
    .map(([field, [title, isMoney]]) => ({
      field,
      title,
      before: shown(field, row.before?.[field], row.countyBefore, isMoney),
      after: shown(field, row.after?.[field], row.countyAfter, isMoney),
    })),
});

/** What changed in a loan, on one line. */
export const changeText = (row: ChangedLoan): string =>
  wireChange(row)
    .changes.map((each) => `${each.title}：${each.before ?? '（无此笔）'} → ${each.after ?? '（无此笔）'}`)
    .join('；');

function shown(
  field: string,
  value: string | number | undefined,
  county: string | null,
  isMoney: boolean,
): string | null {
  if (value === undefined) return null;
  if (field === 'county') return county ?? String(value);
  if (field === 'primary_tag') return tagTitles[Number(value)] ?? '无';
  if (field === 'tags')
    return (
      [1, 2, 4, 8]
        .filter((tag) => (Number(value) & tag) !== 0)
        .map((tag) => tagTitles[tag])
        .join('、') || '无'
    );
  return isMoney ? formatYuan(BigInt(value) as Fen) : String(value);
}
