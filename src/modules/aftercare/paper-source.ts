import { addMonths, type Day } from '../../kernel/day.ts';
import { fen, formatYuan } from '../../kernel/money.ts';
import { formatDecimal, percent, quotient } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { PaperFacts, PaperSource } from '../documents/index.ts';
import { counterKinds } from './contract/titles.ts';
import { guaranteeFor, type Held } from './guarantee.ts';
import { releaseFields } from './letter.ts';
import { listCounters } from './lists.ts';
import { releaseById } from './releases.ts';

/** What the book knows of the papers about a guarantee: parties, debt, contracts, days, what secures it. */
export const guaranteePaper: PaperSource = async (tx, context, { guarantorId, id }) => {
  const held = await guaranteeFor(tx, guarantorId, id).catch(ifUnknown);
  return held && factsOf(tx, held, context.clock.today());
};

/** What a release knows of its letter, beside what the guarantee says. */
export const releasePaper: PaperSource = async (tx, context, { guarantorId, id }) => {
  const release = await releaseById(tx, guarantorId, id).catch(ifUnknown);
  if (!release) return undefined;
  const held = await guaranteeFor(tx, guarantorId, release.guaranteeId);
  const facts = await factsOf(tx, held, context.clock.today());
  // Once released, the book's balance is what is left after it.
  const isDone = release.status === 'approved';
  const before = { ...held, outstanding: isDone ? fen(held.outstanding + release.amount) : held.outstanding };
  return { ...facts, fields: { ...facts.fields, ...releaseFields(before, release) } };
};

async function factsOf(tx: Tx, held: Held, today: Day): Promise<PaperFacts> {
  const own = { guarantorId: held.guarantorId, guaranteeId: String(held.id) };
  const { rows } = await listCounters(tx, own, undefined, 200, today);
  const standing = rows.filter((row) => row.releasedOn === null);
  const share = quotient(held.guaranteed, held.principal) ?? percent('0');
  return {
    title: `${held.contractNo}　${held.customerName}`,
    customerName: held.customerName,
    bankId: held.bankId,
    bankName: held.bankName,
    fields: {
      ...{ 银行名称: held.bankName, 借款人: held.customerName, 产品名称: held.productName, 证件号码: held.identityNo },
      ...{ 主债权金额: formatYuan(held.principal), 担保责任金额: formatYuan(held.guaranteed) },
      ...{ 担保责任比例: formatDecimal(share, 6), 担保费率: held.feeRate },
      期限月数: String(monthsOf(held)),
      ...{ 起始日: held.startsOn, 到期日: held.dueOn, 计费起日: held.startsOn, 计费止日: held.dueOn },
      ...{ 借款合同号: held.loanContractNo ?? '', 保证合同号: held.contractNo },
      反担保措施:
        standing.map((row) => `${row.ownerName}${counterKinds[row.kind]}（${row.title}）`).join('；') || '免反担保',
    },
    rows: {
      反担保物: standing
        .filter((row) => row.kind !== '10000')
        .map((row) => ({
          名称: row.title,
          权证号码: row.certificateNo ?? '—',
          评估价值: row.value === null ? '' : formatYuan(row.value),
        })),
    },
  };
}

function ifUnknown(error: unknown): undefined {
  if (error instanceof Refused && error.status === 404) return undefined;
  throw error;
}

/** The term in months, a begun one counted. */
function monthsOf({ startsOn, dueOn }: Held): number {
  let months = 0;
  while (addMonths(startsOn, months) < dueOn) months += 1;
  return months;
}
