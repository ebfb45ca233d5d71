import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { makeUscc } from '../db/seed/identities.ts';
import { addDays, addMonths, day } from '../src/kernel/day.ts';
import { importProfile } from '../src/modules/imports/index.ts';

/** The profile of the guarantee file that `writeBook` writes; the disbursement is derived from the row. */
export const bookGuarantees = importProfile.parse({
  code: 'bench-guarantees',
  title: '测速台账',
  target: 'guarantee',
  fields: {
    contractNo: '合同号',
    customerName: '企业名称',
    identityNo: '统一社会信用代码',
    industryCode: '行业',
    staff: '人数',
    revenue: '营业收入',
    bank: '银行',
    county: '区县',
    product: { value: 'loan' },
    principal: '贷款金额',
    guaranteedShare: '责任比例',
    startsOn: '起始日',
    endsOn: '到期日',
    tags: '标签',
    disbursedOn: '放款日',
    disbursed: '放款金额',
  },
  amounts: { unit: '万元' },
  derive: [{ kind: 'disburse', on: ['disbursedOn'], amount: 'disbursed', whenBlank: 'needs-completing' }],
});

/** The profile of the movement file. */
export const bookMovements = importProfile.parse({
  code: 'bench-movements',
  title: '测速流水',
  target: 'movement',
  fields: { contractNo: '合同号', kind: '类型', occurredOn: '日期', amount: '金额', reference: '流水号' },
});

/**
 * Writes a book as an institution would export it: `guarantees` rows (two to a customer) and, in a second file, `movements`
 * less the disbursements that the guarantee rows carry, grouped by contract. Streams; the same arguments give the same bytes.
 */
export async function writeBook(
  paths: { guarantees: string; movements: string },
  size: { guarantees: number; movements: number },
  counties: readonly number[],
  bank: string,
): Promise<void> {
  const guarantees = createWriteStream(paths.guarantees);
  const movements = createWriteStream(paths.movements);
  guarantees.write(
    '合同号,企业名称,统一社会信用代码,行业,人数,营业收入,银行,区县,贷款金额,责任比例,起始日,到期日,标签,放款日,放款金额\n',
  );
  movements.write('合同号,类型,日期,金额,流水号\n');
  const each = Math.max(1, Math.round(size.movements / size.guarantees) - 1);
  let left = size.movements - size.guarantees;
  const rows: [string[], string[]] = [[], []];
  for (let index = 0; index < size.guarantees; index += 1) {
    const contract = `晋担${String(index).padStart(9, '0')}`;
    const customer = index >> 1;
    const county = counties[customer % counties.length]!;
    const startsOn = addDays(day('2023-01-01'), index % 1000);
    const wan = 20 + (index % 400);
    const uscc = makeUscc('91', county, customer);
    rows[0].push(
      `${contract},第${customer}号装备制造有限公司,${uscc},3360,${20 + (customer % 200)},${300 + (customer % 5000)},${bank},${county},${wan},80%,${startsOn},${addMonths(startsOn, 12)},支小,${startsOn},${wan}\n`,
    );
    const count = index === size.guarantees - 1 ? left : Math.min(each, left);
    left -= count;
    for (let no = 0; no < count; no += 1) rows[1].push(movementRow(contract, index, no, wan, startsOn));
    if (rows[0].length === 2000) await flush([guarantees, movements], rows);
  }
  await flush([guarantees, movements], rows);
  for (const stream of [guarantees, movements]) stream.end();
  await Promise.all([finished(guarantees), finished(movements)]);
}

/** Fee first, then repayments; one contract in fifty ends in a claim that is half recovered. */
function movementRow(
  contract: string,
  index: number,
  no: number,
  wan: number,
  startsOn: ReturnType<typeof day>,
): string {
  const on = addDays(startsOn, Math.min(no * 60, 300));
  const row = (kind: string, value: number) => `${contract},${kind},${on},${value.toFixed(2)},L${index}-${no}\n`;
  if (no === 0) return row('收取担保费', wan * 80);
  if (no === 1) return row('还款', wan * 1000);
  if (no === 2) return row(index % 50 === 0 ? '代偿' : '还款', wan * 1000);
  return index % 50 === 0 ? row('追偿回收', wan * 400 + no) : row('还款', wan * 500 + no / 100);
}

async function flush(streams: readonly WriteStream[], rows: readonly string[][]): Promise<void> {
  for (const [index, stream] of streams.entries()) {
    const text = rows[index]!.join('');
    rows[index]!.length = 0;
    if (!stream.write(text)) await once(stream, 'drain');
  }
}
