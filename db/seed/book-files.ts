import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { addDays, type Day, daysBetween } from '../../src/kernel/day.ts';
import { formatYuan } from '../../src/kernel/money.ts';
import { importProfile } from '../../src/modules/imports/contract.ts';
import type { ImportProfile } from '../../src/modules/imports/index.ts';
import { type PlannedCustomer, type PlannedGuarantee, planCustomer, planGuarantee } from './plan.ts';
import type { Random } from './random.ts';

/** A guarantor with the counties it serves and the banks it has agreements with. */
export type BookOwner = {
  readonly guarantorId: number;
  readonly prefix: string;
  readonly counties: readonly { readonly code: number; readonly name: string }[];
  readonly banks: readonly string[];
  readonly guarantees: number;
};

const guaranteeTitles = [
  '合同号',
  '借款合同号',
  '客户名称',
  '客户类型',
  '证件类型',
  '证件号码',
  '行业代码',
  '从业人员',
  '营业收入（万元）',
  '合作银行',
  '业务所在县',
  '产品',
  '主债权金额（元）',
  '担保责任比例',
  '年费率',
  '起始日',
  '到期日',
  '标签',
  '主标签',
];
const movementTitles = ['合同号', '变动类型', '发生日', '金额（元）', '展期到期日', '流水号'];

/** The profiles of the two files: the mapping a guarantor would make for its own system's exports. */
export const demoProfiles: { guarantees: ImportProfile; movements: ImportProfile } = {
  guarantees: importProfile.parse({
    code: 'demo-guarantees',
    title: '存量保函（演示机构业务系统导出）',
    target: 'guarantee',
    fields: {
      contractNo: '合同号',
      loanContractNo: '借款合同号',
      customerName: '客户名称',
      customerKind: '客户类型',
      identityKind: '证件类型',
      identityNo: '证件号码',
      industryCode: '行业代码',
      staff: '从业人员',
      revenue: { column: '营业收入（万元）', unit: '万元' },
      bank: '合作银行',
      county: '业务所在县',
      product: '产品',
      principal: '主债权金额（元）',
      guaranteedShare: '担保责任比例',
      feeRate: '年费率',
      startsOn: '起始日',
      endsOn: '到期日',
      tags: '标签',
      primaryTag: '主标签',
    },
    codes: {
      customerKind: { 企业: 'enterprise', 个体工商户: 'individual-business', 农户: 'farmer' },
      identityKind: { 统一社会信用代码: 'uscc', 身份证: 'resident-id' },
      product: { 小微企业担保: 'ordinary', 农户担保: 'agri', 总对总批量担保: 'batch', 科技创新专项: 'tech' },
    },
  }),
  movements: importProfile.parse({
    code: 'demo-movements',
    title: '保函变动流水（演示机构业务系统导出）',
    target: 'movement',
    fields: {
      contractNo: '合同号',
      kind: '变动类型',
      occurredOn: '发生日',
      amount: '金额（元）',
      extendedToOn: '展期到期日',
      reference: '流水号',
    },
    codes: {
      kind: {
        放款: 'disburse',
        还款: 'repay',
        展期: 'extend',
        代偿: 'claim-paid',
        追偿: 'recovery',
        收费: 'fee',
        核销: 'write-off',
      },
    },
  }),
};

const customerKinds = { enterprise: '企业', 'individual-business': '个体工商户', farmer: '农户' } as const;
const movementKinds = {
  disburse: '放款',
  repay: '还款',
  extend: '展期',
  'claim-paid': '代偿',
  recovery: '追偿',
  fee: '收费',
  refund: '退费',
  'write-off': '核销',
} as const;
const tagNames = [
  [1, '支小'],
  [2, '支农'],
  [4, '支新'],
  [8, '支创'],
] as const;

/** What was written, and the newest contracts, for the days that are entered one by one. */
export type BookFiles = { readonly guarantees: string; readonly movements: string; readonly rows: number };

/**
 * Writes the two CSV files of a guarantor's book: guarantees started between `from` and `today`, more each year, and all that
 * happened to them until `today`.
 */
export async function writeBook(
  owner: BookOwner,
  span: { from: Day; today: Day },
  folder: string,
  random: Random,
): Promise<BookFiles> {
  const paths = {
    guarantees: join(folder, `${owner.prefix}-保函.csv`),
    movements: join(folder, `${owner.prefix}-变动.csv`),
  };
  const guarantees = createWriteStream(paths.guarantees);
  const movements = createWriteStream(paths.movements);
  guarantees.write(`\ufeff${guaranteeTitles.join(',')}\n`);
  movements.write(`\ufeff${movementTitles.join(',')}\n`);
  const days = daysBetween(span.from, span.today);
  let customer: PlannedCustomer | undefined;
  let flow = 0;
  for (let index = 1; index <= owner.guarantees; index += 1) {
    // Three guarantees in ten go to the customer before: borrowers come back.
    if (!customer || random.chance(0.7)) customer = planCustomer(random.pick(owner.counties), index, random);
    // The square root leans the starts towards today: the book grows.
    const startsOn = addDays(span.from, Math.floor(Math.sqrt(random.next()) * days));
    const plan = planGuarantee(customer, startsOn, span.today, random);
    const contractNo = `${owner.prefix}-${startsOn.slice(0, 4)}-${String(index).padStart(6, '0')}`;
    const line = guaranteeLine(contractNo, plan, random.pick(owner.banks), index);
    if (!guarantees.write(`${line.join(',')}\n`)) await once(guarantees);
    for (const each of plan.movements) {
      flow += 1;
      const row = [
        contractNo,
        movementKinds[each.kind],
        each.on,
        formatYuan(each.amount),
        each.extendedTo ?? '',
        `${owner.prefix}L${String(flow).padStart(8, '0')}`,
      ];
      if (!movements.write(`${row.join(',')}\n`)) await once(movements);
    }
  }
  guarantees.end();
  movements.end();
  await Promise.all([finished(guarantees), finished(movements)]);
  return { ...paths, rows: owner.guarantees + flow };
}

function guaranteeLine(contractNo: string, plan: PlannedGuarantee, bank: string, index: number): (string | number)[] {
  const { customer } = plan;
  const tags = tagNames.filter(([bit]) => (plan.tags & bit) !== 0).map(([, name]) => name);
  const primary = tagNames.find(([bit]) => bit === plan.primaryTag)?.[1] ?? '';
  return [
    contractNo,
    `JK${contractNo.replaceAll('-', '')}`,
    customer.name,
    customerKinds[customer.kind],
    customer.identityKind === 'uscc' ? '统一社会信用代码' : '身份证',
    customer.identityNo,
    customer.industryCode,
    customer.staff ?? '',
    customer.revenueWan ?? '',
    bank,
    customer.county,
    productOf(plan, index),
    formatYuan(plan.principal),
    '0.8',
    plan.feeRate,
    plan.startsOn,
    plan.endsOn,
    tags.join('、'),
    primary,
  ];
}

function productOf({ customer, tags }: PlannedGuarantee, index: number): string {
  if (customer.kind === 'farmer') return '农户担保';
  if ((tags & 4) !== 0) return '科技创新专项';
  return index % 5 === 0 ? '总对总批量担保' : '小微企业担保';
}

const once = (stream: NodeJS.WritableStream): Promise<void> => new Promise((resolve) => stream.once('drain', resolve));
