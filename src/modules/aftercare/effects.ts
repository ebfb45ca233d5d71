import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, minus, plus, share, showMoney } from '../../kernel/money.ts';
import { parseRatio, type Ratio, showPercent, zeroRatio } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { versionInForce } from '../agreements/index.ts';
import { claimCash, type RiskSplit, splitGuaranteedSide } from '../guarantees/index.ts';
import { type HeadroomLine, headroom } from '../limits/index.ts';
import type { AskChange } from './changes.ts';
import type { Held, Shares } from './guarantee.ts';

/** One line of what a change does: to the share of a party, to a limit. Amounts in 元, or a count of guarantees. */
export type EffectLine = {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly note: string;
  readonly isCount?: boolean;
};

/** A loan as it stands or will stand: what is outstanding, what of it the guarantee bears, and how the parties share that. */
type Position = { readonly outstanding: Fen; readonly borne: Fen; readonly split: RiskSplit };

/** What a change does to everybody's share and to every limit, before and after. Refused with every limit that it would breach. */
export async function effectsOf(tx: Tx, context: Context, asked: AskChange, held: Held): Promise<EffectLine[]> {
  const before = positionNow(held);
  const after = asked.renewal ? await renewedPosition(tx, held, asked.renewal) : changedPosition(asked, held);
  const lines = await testLimits(tx, context, held, {
    amount: minus(after.outstanding, before.outstanding),
    borne: minus(after.borne, before.borne),
  });
  return [...shareLines(before, after), ...(await customerLine(tx, asked, held)), ...lines.map(limitLine)];
}

const borneOf = (outstanding: Fen, { principal, guaranteed }: Pick<Held, 'principal' | 'guaranteed'>): Fen =>
  claimCash(outstanding, { principal, guaranteed });

const positionNow = (held: Held): Position => ({
  outstanding: held.outstanding,
  borne: borneOf(held.outstanding, held),
  split: splitOf(held.shares),
});

function changedPosition(asked: AskChange, held: Held): Position {
  const outstanding = asked.amount ?? held.outstanding;
  return { outstanding, borne: borneOf(outstanding, held), split: splitOf(held.shares) };
}

/** A renewal is a new contract: the agreement in force on its first day splits it. */
async function renewedPosition(tx: Tx, held: Held, renewal: { principal: Fen; startsOn: Day }): Promise<Position> {
  const { guarantorId, bankId, productCode } = held;
  const version = await versionInForce(tx, { guarantorId, bankId, productCode, on: renewal.startsOn });
  if (!version)
    throw new Refused({
      code: 'agreement-not-in-force',
      field: 'renewal.startsOn',
      message: `${renewal.startsOn} 没有与该银行就此产品生效的合作协议，请先登记协议`,
    });
  const split = splitOf(version);
  const { principal } = renewal;
  return { outstanding: principal, borne: minus(principal, share(principal, split.bank, 'half-up')), split };
}

const exact = (text: string): Ratio => parseRatio(text) ?? zeroRatio;
const splitOf = (shares: Shares): RiskSplit => ({
  bank: exact(shares.bankShare),
  guarantor: exact(shares.guarantorShare),
  province: exact(shares.provinceShare),
  fund: exact(shares.fundShare),
  other: exact(shares.otherShare),
});

const partyTitles = {
  bank: '银行',
  guarantor: '担保机构',
  province: '省级再担保',
  fund: '国家融担基金',
  other: '其他',
};

/** What each party stands for, before and after: the bank what is not guaranteed, the others their parts of the rest. */
function shareLines(before: Position, after: Position): EffectLine[] {
  const partsOf = ({ outstanding, borne, split }: Position) =>
    new Map<string, Fen>([['bank', minus(outstanding, borne)], ...splitGuaranteedSide(borne, split)]);
  const [was, willBe] = [partsOf(before), partsOf(after)];
  const tiers = Object.entries(partyTitles).flatMap(([party, title]) => {
    const [from, to] = [was.get(party) ?? fen(0n), willBe.get(party) ?? fen(0n)];
    if (from === 0n && to === 0n) return [];
    const rates = [before, after].map(({ split }) => showPercent(split[party as keyof RiskSplit]));
    const note = rates[0] === rates[1] ? `分担比例 ${rates[0]} 不变` : `分担比例 ${rates[0]} → ${rates[1]}`;
    return { title: `${title}分担`, before: formatYuan(from), after: formatYuan(to), note };
  });
  const borne = { before: formatYuan(before.borne), after: formatYuan(after.borne) };
  return [{ title: '担保责任余额（实际承担口径）', ...borne, note: '银行分担以外的部分' }, ...tiers];
}

/** A customer has one name: all its guarantees go by it. */
async function customerLine(tx: Tx, asked: AskChange, held: Held): Promise<EffectLine[]> {
  if (asked.kind !== 'name') return [];
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from guarantees.guarantee
     where guarantor_id = ${held.guarantorId} and customer_id = ${held.customerId} and outstanding > 0`.execute(tx);
  const count = String(rows[0]?.count ?? 0);
  const note = '曾用名留存，仍可按曾用名查到';
  return [{ title: '一并更名的在保保函（笔）', before: count, after: count, note, isCount: true }];
}

/** Asks every limit what it says of what is added (or, below nil, taken off); refused with each that is breached by adding. */
export async function testLimits(
  tx: Tx,
  context: Context,
  held: Held,
  change: { readonly amount: Fen; readonly borne: Fen },
): Promise<HeadroomLine[]> {
  const lines = await headroom(tx, {
    ...{ guarantorId: held.guarantorId, customerId: held.customerId, bankId: held.bankId },
    ...{ productCode: held.productCode, county: held.county, amount: change.amount, guaranteed: change.borne },
    on: context.clock.today(),
  });
  const breached = change.amount > 0n ? lines.filter((line) => line.isBreached && line.binds) : [];
  if (breached.length === 0) return lines;
  throw new Refused(
    breached.map((line) => ({
      code: line.code,
      field: 'renewal.principal',
      message: `超过${line.title}：${line.cure}`,
      ...(line.article ? { article: line.article } : {}),
      ...(line.unverified ? { unverified: line.unverified } : {}),
      figures: {
        上限: line.limit === null ? '—' : formatYuan(line.limit),
        已用: formatYuan(line.used),
        本次增加: formatYuan(change.amount),
        办理之后: formatYuan(line.after),
      },
    })),
  );
}

function limitLine(line: HeadroomLine): EffectLine {
  const isOver = line.isBreached ? '，已超' : '';
  return {
    title: line.title,
    before: formatYuan(plus(line.used, line.reserved)),
    after: formatYuan(line.after),
    note: line.limit === null ? (line.note ?? '未设上限') : `上限 ${showMoney(line.limit, '万元')} 万元${isOver}`,
  };
}

/** What a renewal adds to the debt and to what is borne; carrying it out tests the limits with it again. */
export async function addedByRenewal(tx: Tx, held: Held, renewal: { principal: Fen; startsOn: Day }) {
  const [before, after] = [positionNow(held), await renewedPosition(tx, held, renewal)];
  return { amount: minus(after.outstanding, before.outstanding), borne: minus(after.borne, before.borne) };
}
