import type { Article } from '../../kernel/article.ts';
import { type Fen, formatYuan, showMoney } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { guideArticle15, guideArticle16 } from '../../law/shanxi-reform-guide.ts';
import type { Tx } from '../../platform/db.ts';
import { payers, payerTitles } from './contract.ts';
import { placeholderReason } from './placeholder.ts';
import { describeConditions, explainFormula } from './rules/entitle.ts';
import type { Step } from './rules/evaluate.ts';
import { inputs as inputDefinitions, valuesOfSnapshot } from './rules/inputs.ts';
import { showUnit, showValue } from './rules/units.ts';
import { type Amounts, type LineFilter, totalsOf } from './store/lines.ts';
import { entitlementRows, runParts, runRows } from './store/reads.ts';
import { versionsById } from './store/schemes.ts';

const money = (amount: bigint): string => formatYuan(amount as Fen);
const shown = (amount: bigint): string => `${showMoney(amount as Fen, '元')}元`;
const basis = '已定稿的季度反馈凭证（指引第十五条），合同口径';

/** 怎么算的 of one loan under one scheme: every condition and step with its own numbers, or why it is not paid for. (404) unknown. */
export async function explainEntitlement(tx: Tx, runId: bigint, seq: number) {
  const [row] = await entitlementRows(tx, runId, { seq }, 0, 1);
  if (!row) throw new Refused({ code: 'entitlement-unknown', message: '没有这一笔，或不在您的权限范围内' }, 404);
  const scheme = (await versionsById(tx, [row.versionId])).get(row.versionId)!;
  const values = valuesOfSnapshot(row.inputs);
  const kind = { primaryTag: Number(row.inputs.主标签), sizeClass: row.inputs.划型 ?? '' };
  const conditions = describeConditions(scheme.conditions, values, kind);
  const steps: Step[] = row.failed !== null && row.failed > 0 ? [] : explainFormula(scheme, values).steps;
  if (row.overlapCut !== 0n) steps.push({ text: '减：同一用途已由其他办法补助', value: shown(-row.overlapCut) });
  if (row.capCut !== 0n) steps.push({ text: '减：单笔年度上限（或以本年已补为限的冲回）', value: shown(-row.capCut) });
  if (row.eligible) steps.push({ text: '应补', value: shown(row.amount) });
  const share = { province: row.province, city: row.city, county: row.local };
  return {
    title: `${row.contractNo} ${row.scheme} ${row.quarter}${row.eligible ? '' : '：不补'}`,
    value: money(row.amount),
    unit: '元' as const,
    formula: row.eligible ? scheme.formulaText : (row.reason ?? ''),
    articles: [scheme.article, guideArticle15],
    ...(row.placeholder ? { unverified: placeholderReason } : {}),
    asOf: null,
    basis,
    inputs: scheme.inputNames.map((name) => {
      const { unit, title } = inputDefinitions.get(name)!;
      return {
        name,
        value: showValue(values[name]!, unit),
        unit: showUnit(unit),
        source: `${row.certificateNumber} ${title}`,
      };
    }),
    placeholder: row.placeholder,
    eligible: row.eligible,
    steps,
    conditions,
    loan: { guarantorId: row.guarantorId, guaranteeId: String(row.guaranteeId), contractNo: row.contractNo },
    split: payers.map((payer) => ({ payer, title: payerTitles[payer], amount: money(share[payer]) })),
    certificate: { id: String(row.certificateId), number: row.certificateNumber, contentHash: row.certificateHash },
    scheme: {
      id: row.schemeId,
      title: row.scheme,
      versionId: row.versionId,
      from: scheme.from,
      document: scheme.document,
      contentHash: scheme.contentHash,
    },
  };
}

type Field = keyof Amounts;
const fieldTitles: Readonly<Record<Field, string>> = {
  entitled: '应补',
  settledBefore: '本年度已清算',
  restatement: '以前年度更正',
  carriedIn: '上期结转',
  prepaid: '已预拨',
  net: '应拨',
  payable: '本次拨付',
  clawBack: '收回',
  shortfall: '结转待补',
  credit: '结转抵扣',
};
const partsOf: Readonly<Record<'prepay' | 'settle', Partial<Record<Field, { formula: string; of: Field[] }>>>> = {
  prepay: {
    net: { formula: '测算额 × 预拨比例，逐个账户四舍五入到分', of: ['entitled'] },
    payable: {
      formula: '应预拨 − 预算不足（按各账户应预拨额占比分配预算，尾差归金额最大的账户）',
      of: ['net', 'shortfall'],
    },
  },
  settle: {
    net: {
      formula: '应补 − 本年度已清算 + 以前年度更正 + 上期结转 − 已预拨',
      of: ['entitled', 'settledBefore', 'restatement', 'carriedIn', 'prepaid'],
    },
    payable: {
      formula: '应拨 + 收回 + 结转抵扣 − 结转待补（预算不足部分按占比核减，尾差归金额最大的账户）',
      of: ['net', 'clawBack', 'credit', 'shortfall'],
    },
    prepaid: { formula: 'Σ 本年度已核定的预拨（各账户，须均已到账或撤销）', of: [] },
    settledBefore: { formula: 'Σ 本年度此前已核定的清算所认定的应补', of: [] },
    restatement: { formula: 'Σ（更正后应补 − 此前已清算应补），逐笔见以前年度更正明细', of: [] },
  },
};

/** 怎么算的 of any sum of accounts of a run: its parts, the schemes' formulas, the certificates, and the loans behind it. */
export async function explainAmount(tx: Tx, runId: bigint, field: Field, filter: LineFilter) {
  const [run] = await runRows(tx, { id: runId }, undefined, 1);
  if (!run) throw new Refused({ code: 'run-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  const totals = await totalsOf(tx, runId, filter);
  const { schemes, certificates } = await runParts(tx, runId);
  const versions = await versionsById(
    tx,
    schemes.map((each) => each.versionId),
  );
  const own = [...versions.values()].filter(
    (each) => filter.schemeId === undefined || each.schemeId === filter.schemeId,
  );
  const part = partsOf[run.kind][field];
  const link = (of: Field, path = `explain?field=${of}&`) => `/api/subsidies/runs/${runId}/${path}${queryOf(filter)}`;
  const used = certificates.filter((each) => filter.county === undefined || each.county === filter.county);
  return {
    title: `${run.regionName}${run.year}年${run.kind === 'prepay' ? '预拨' : '清算'}：${fieldTitles[field]}`,
    value: money(totals[field]),
    unit: '元' as const,
    formula: part?.formula ?? own.map((each) => `${each.title}：Σ 逐笔（${each.formulaText}）`).join('；'),
    articles: distinct([guideArticle16, guideArticle15, ...own.map((each) => each.article)]),
    ...(run.placeholder ? { unverified: placeholderReason } : {}),
    asOf: run.asOf,
    basis,
    inputs: [
      ...(part?.of ?? []).map((of) => ({
        name: fieldTitles[of],
        value: money(totals[of]),
        unit: '元',
        explain: link(of),
      })),
      ...(run.kind === 'prepay' && field === 'net'
        ? [{ name: '预拨比例', value: run.parameters.prepayRatio, unit: '比例' }]
        : []),
      ...(field === 'payable' || field === 'shortfall'
        ? run.parameters.budgets.map((each) => ({
            name: `${payerTitles[each.payer]}预算（${each.regionCode}）`,
            value: each.amount,
            unit: '元',
          }))
        : []),
    ],
    rows:
      field === 'restatement'
        ? { url: `/api/subsidies/runs/${runId}/deltas`, count: 0 }
        : { url: link(field, 'entitlements?eligible=true&'), count: totals.loans },
    placeholder: run.placeholder,
    certificates: used.map(({ id, number, contentHash }) => ({ id, number, contentHash })),
    schemes: own.map(({ title, formulaText, from, document, article }) => ({
      title,
      formula: formulaText,
      from,
      document,
      article,
    })),
  };
}

const distinct = (articles: readonly Article[]): Article[] => [
  ...new Map(articles.map((each) => [`${each.document} ${each.number} ${each.article}`, each])).values(),
];

const queryOf = (filter: LineFilter): string =>
  Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
