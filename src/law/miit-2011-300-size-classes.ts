import { day } from '../kernel/day.ts';
import { wan } from '../kernel/money.ts';
import { articleOf, lawDocument } from './document.ts';
import { parameter, showLimit } from './parameter.ts';

/** 《中小企业划型标准规定》. 没有证据表明2021年修订征求意见稿已经施行（CLS-4），故仍用此表。 */
export const sizeStandard = lawDocument({
  document: '中小企业划型标准规定',
  number: '工信部联企业〔2011〕300号',
  issuer: '工业和信息化部、国家统计局、国家发展改革委、财政部',
  inForceOn: day('2011-06-18'),
  caveat: '印发日凭记忆；2021年修订征求意见稿是否施行未见依据，待核实',
});
const from = sizeStandard.inForceOn;

/** The sixteen rows of the standard, named as it names them. */
export type Industry =
  | '农、林、牧、渔业'
  | '工业'
  | '建筑业'
  | '批发业'
  | '零售业'
  | '交通运输业'
  | '仓储业'
  | '邮政业'
  | '住宿业'
  | '餐饮业'
  | '信息传输业'
  | '软件和信息技术服务业'
  | '房地产开发经营'
  | '物业管理'
  | '租赁和商务服务业'
  | '其他未列明行业';

/** 从业人员（人）、营业收入（分）、资产总额（分）. */
export type SizeMetric = 'staff' | 'revenue' | 'assets';

/** The least values that make an enterprise large, medium and small by one metric: persons for staff, 分 for money. */
export type SizeBounds = {
  readonly metric: SizeMetric;
  readonly large: bigint;
  readonly medium: bigint;
  readonly small: bigint;
};

export type SizeRow = { readonly industry: Industry; readonly bounds: readonly SizeBounds[] };

const staff = (large: number, medium: number, small: number): SizeBounds => ({
  metric: 'staff',
  large: BigInt(large),
  medium: BigInt(medium),
  small: BigInt(small),
});
const money = (metric: 'revenue' | 'assets') => (large: number, medium: number, small: number) => ({
  metric,
  large: wan(large),
  medium: wan(medium),
  small: wan(small),
});
const revenue = money('revenue');
const assets = money('assets');
const row = (industry: Industry, ...bounds: readonly SizeBounds[]): SizeRow => ({ industry, bounds });

/** 第四条：各行业划型标准，每格为该档的下限；金额单位为万元。 */
export const article4 = articleOf(sizeStandard, '第四条');
/** 第四条所列十六个行业的从业人员、营业收入、资产总额下限，依次为大型、中型、小型。 */
export const sizeThresholds = parameter<readonly SizeRow[]>(
  'CLS-1',
  '大中小微型企业划分标准',
  [
    {
      from,
      source: article4,
      value: [
        row('农、林、牧、渔业', revenue(20_000, 500, 50)),
        row('工业', staff(1000, 300, 20), revenue(40_000, 2000, 300)),
        row('建筑业', revenue(80_000, 6000, 300), assets(80_000, 5000, 300)),
        row('批发业', staff(200, 20, 5), revenue(40_000, 5000, 1000)),
        row('零售业', staff(300, 50, 10), revenue(20_000, 500, 100)),
        row('交通运输业', staff(1000, 300, 20), revenue(30_000, 3000, 200)),
        row('仓储业', staff(200, 100, 20), revenue(30_000, 1000, 100)),
        row('邮政业', staff(1000, 300, 20), revenue(30_000, 2000, 100)),
        row('住宿业', staff(300, 100, 10), revenue(10_000, 2000, 100)),
        row('餐饮业', staff(300, 100, 10), revenue(10_000, 2000, 100)),
        row('信息传输业', staff(2000, 100, 10), revenue(100_000, 1000, 100)),
        row('软件和信息技术服务业', staff(300, 100, 10), revenue(10_000, 1000, 50)),
        row('房地产开发经营', revenue(200_000, 1000, 100), assets(10_000, 5000, 2000)),
        row('物业管理', staff(1000, 300, 100), revenue(5000, 1000, 500)),
        row('租赁和商务服务业', staff(300, 100, 10), assets(120_000, 8000, 100)),
        row('其他未列明行业', staff(300, 100, 10)),
      ],
    },
  ],
  (rows) => rows.map(({ industry, bounds }) => `${industry}：${bounds.map(showBounds).join('、')}`).join('；'),
);

/** 从业人员, 营业收入, 资产总额. */
export const metricTitles: Record<SizeMetric, string> = { staff: '从业人员', revenue: '营业收入', assets: '资产总额' };

/** A value of a metric as people read it: 300人, 2,000万元. */
export const showMetric = (metric: SizeMetric, value: bigint): string =>
  metric === 'staff' ? `${value}人` : showLimit(value as ReturnType<typeof wan>);

const showBounds = ({ metric, large, medium, small }: SizeBounds): string =>
  `${metricTitles[metric]} ${[large, medium, small].map((each) => showMetric(metric, each)).join('/')}`;
