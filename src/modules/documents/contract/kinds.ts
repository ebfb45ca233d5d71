/**
 * What papers there are and which fields each may hold. A template may use any of them and nothing else; whoever issues a paper gives
 * at least those its template uses. Browser-safe.
 */

/** How a field is given and printed: money '1234567.89' 元, day 'YYYY-MM-DD', ratio '0.008' as 0.80%, text as it stands. */
export type FieldType = 'text' | 'money' | 'day' | 'ratio';
export type Field = { readonly type: FieldType; readonly sample: string };
/** `rows` of a repeated part {{#name}}…{{/name}}: their own fields. */
export type Kind = {
  readonly title: string;
  /** The character of the 字号: 晋担〔意〕. */
  readonly mark: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly rows: Readonly<Record<string, Readonly<Record<string, Field>>>>;
  /** The field whose amount stands in the list, the QR code and the public check. */
  readonly amountField: string | null;
};

const text = (sample: string): Field => ({ type: 'text', sample });
const money = (sample: string): Field => ({ type: 'money', sample });
const day = (sample: string): Field => ({ type: 'day', sample });
const ratio = (sample: string): Field => ({ type: 'ratio', sample });

const parties = { 银行名称: text('某银行太原分行'), 借款人: text('晋样装备制造有限公司') };
const debt = {
  产品名称: text('小微企业流动资金贷款担保'),
  主债权金额: money('3000000.00'),
  担保责任金额: money('2400000.00'),
  担保责任比例: ratio('0.8'),
  期限月数: text('12'),
};
const borrower = { 证件号码: text('91140100MA0SAMPLE0'), 住所: text('山西省太原市小店区样例街1号') };
const contracts = {
  借款合同号: text('JK-2026-0001'),
  保证合同号: text('BZ-2026-0001'),
  委托担保合同号: text('WT-2026-0001'),
};
const fees = { 担保费率: ratio('0.008'), 担保费: money('19200.00') };
const measures = { 反担保措施: text('法定代表人连带责任保证') };

/** Every kind of paper by its code, with the fields a template of it may use. */
export const kinds = {
  'intent-letter': {
    title: '意向函',
    mark: '意',
    fields: { ...parties, ...debt, ...fees, ...measures, 有效期至: day('2026-12-31') },
    rows: {},
    amountField: '主债权金额',
  },
  'entrust-contract': {
    title: '委托担保合同',
    mark: '委',
    fields: { ...parties, ...borrower, ...debt, ...fees, ...measures, ...contracts, 缴费方式: text('一次性缴纳') },
    rows: { 分期: { 期次: text('1'), 应缴日: day('2026-12-01'), 应缴金额: money('19200.00') } },
    amountField: '担保责任金额',
  },
  'guarantee-contract': {
    title: '保证合同',
    mark: '保',
    fields: {
      ...parties,
      ...borrower,
      ...debt,
      ...contracts,
      起始日: day('2026-12-01'),
      到期日: day('2027-11-30'),
      保证期间: text('主债权届满之日起三年'),
    },
    rows: {},
    amountField: '担保责任金额',
  },
  'counter-contract': {
    title: '反担保合同',
    mark: '反',
    fields: {
      ...parties,
      ...borrower,
      ...debt,
      ...measures,
      ...contracts,
      反担保人: text('张样例'),
      反担保人证件号码: text('140105199001010000'),
      反担保方式: text('连带责任保证'),
    },
    rows: {
      反担保物: {
        名称: text('办公用房'),
        权证号码: text('晋2026太原市不动产权第0000001号'),
        评估价值: money('5000000.00'),
      },
    },
    amountField: '担保责任金额',
  },
  'disburse-notice': {
    title: '放款通知书',
    mark: '放',
    fields: { ...parties, ...debt, ...contracts, 有效期至: day('2026-12-31') },
    rows: {},
    amountField: '主债权金额',
  },
  'release-letter': {
    title: '解保函',
    mark: '解',
    fields: {
      ...parties,
      ...contracts,
      主债权金额: money('3000000.00'),
      解除金额: money('3000000.00'),
      解除日期: day('2026-12-01'),
      剩余责任金额: money('0.00'),
      解除原因: text('主债权已结清'),
    },
    rows: {},
    amountField: '解除金额',
  },
  'fee-notice': {
    title: '缴费通知',
    mark: '费',
    fields: {
      ...parties,
      ...debt,
      ...fees,
      ...contracts,
      计费起日: day('2026-12-01'),
      计费止日: day('2027-11-30'),
      计费天数: text('365'),
      缴费截止日: day('2026-12-10'),
      收款账户: text('某银行太原分行 0000 0000 0000 0000'),
    },
    rows: { 分期: { 期次: text('1'), 应缴日: day('2026-12-10'), 应缴金额: money('19200.00') } },
    amountField: '担保费',
  },
  minutes: {
    title: '评审会纪要',
    mark: '评',
    fields: {
      ...parties,
      ...debt,
      ...fees,
      ...measures,
      会议编号: text('第12次'),
      会议日期: day('2026-11-24'),
      主持人: text('李样例'),
      审议事项: text('晋样装备制造有限公司担保项目'),
      表决结果: text('同意3票，不同意0票，回避0票'),
      会议意见: text('同意为该项目提供担保。'),
    },
    rows: { 委员: { 姓名: text('王样例'), 表决: text('同意'), 意见: text('第一还款来源充足'), 回避: text('否') } },
    amountField: '主债权金额',
  },
} as const satisfies Record<string, Kind>;

export type KindCode = keyof typeof kinds;

/** Fields the program fills in itself, in every paper. `印章` marks where the seal goes; it prints as nothing. */
export const ownFields = ['文号', '出具日期', '出具日期大写', '担保机构', '印章'] as const;

/** A money field also has its amount in words under this name: 主债权金额大写. */
export const inWords = (field: string): string => `${field}大写`;

/** The kind of a code; undefined when there is none. */
export const kindOf = (code: string): Kind | undefined => (kinds as Readonly<Record<string, Kind>>)[code];

/** Every name a template of this kind may use outside repeated parts. */
export function usableFields(kind: Kind): Set<string> {
  return new Set([...ownFields, ...namesWithWords(kind.fields)]);
}

/** The names, and for each amount its name in words. */
export const namesWithWords = (fields: Readonly<Record<string, Field>>): string[] =>
  Object.entries(fields).flatMap(([name, { type }]) => (type === 'money' ? [name, inWords(name)] : [name]));
