import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { addDays, addMonths, type Day } from '../../src/kernel/day.ts';
import { drawSample, runBatch, submitBatch } from '../../src/modules/batches/index.ts';
import { type Db, systemActor } from '../../src/platform/db.ts';
import type { Context } from '../../src/platform/http.ts';
import { makeUscc } from './identities.ts';
import { seeded } from './random.ts';

type Pair = {
  readonly bankId: number;
  readonly bankCode: string;
  readonly guarantorId: number;
  readonly guarantorCode: string;
  readonly county: number;
};

const head =
  '担保业务编号,借款合同号,借款人名称,借款人类型,证件号码,行业代码,从业人员,营业收入,业务发生县（市、区）,贷款金额,年担保费率,起始日,到期日,业务标签,已收担保费';

/**
 * Batches of the demo: of each bank of the first city guarantor one with good and bad rows, sent through the door banks use, and a sample
 * of the first. To be called after the book and the limits are loaded; says how much it did.
 */
export async function seedBatches(db: Db, context: Context, today: Day): Promise<string> {
  const pairs = await db.read(systemActor, async (tx) => {
    const { rows } = await sql<Pair>`
      select distinct on (a.bank_id) a.bank_id as "bankId", b.code as "bankCode", a.guarantor_id as "guarantorId", g.code as "guarantorCode",
             (select min(e.county) from guarantees.guarantee e where e.guarantor_id = g.id) as county
        from agreements.agreement a
        join institutions.institution b on b.id = a.bank_id
        join institutions.institution g on g.id = a.guarantor_id and g.level = 2 and g.region_code = 140100
       where a.product_code = 'batch'
       order by a.bank_id limit 4`.execute(tx);
    return rows;
  });
  const counts = { accepted: 0, bad: 0 };
  for (const [index, pair] of pairs.entries()) {
    const { batch } = await submitBatch(db, context, {
      ...{ bankId: pair.bankId, guarantorCode: pair.guarantorCode, productCode: 'batch', channel: 'sftp' },
      batchNo: `ZDZ${today.replaceAll('-', '')}-0${index + 1}`,
      fileName: `ZDZ${today.replaceAll('-', '')}-0${index + 1}.csv`,
      source: Readable.from(linesOf(pair, index, today)),
    });
    const done = await runBatch(db, context.clock, batch.id);
    counts.accepted += done.accepted;
    counts.bad += done.refused + done.needsCompleting;
    if (index === 0 && done.accepted > 0)
      await db.transaction(systemActor, (tx) =>
        drawSample(tx, context, { guarantorId: pair.guarantorId, batchId: done.id, seed: 'demo-2026-sample' }),
      );
  }
  return `批量业务 ${pairs.length} 批：接受 ${counts.accepted} 笔，退回 ${counts.bad} 行，已抽样一份`;
}

/** Some dozens of rows; one in eight has a fault of the kinds that banks make. */
function* linesOf(pair: Pair, batch: number, today: Day): Generator<string> {
  const random = seeded(1400 + batch);
  yield `${head}\r\n`;
  for (let n = 0; n < 64; n += 1) {
    const startsOn = addDays(today, -random.between(2, 25));
    // Small: the lines of the demo's banks leave little room, and people are to use some of it.
    const wan = random.between(1, 3);
    const fault = n % 8 === 7 ? (n >> 3) % 6 : -1;
    const cells = [
      `${pair.bankCode.slice(-4)}-${batch}-${String(n).padStart(4, '0')}`,
      `JK-${pair.bankCode.slice(-4)}-${batch}-${n}`,
      fault === 0 ? '' : `演示批量第${batch * 1000 + n}号商贸有限公司`,
      '企业',
      fault === 1 ? '91140105MA0AAAAAAX' : makeUscc('91', 140105, 7_000_000 + batch * 1000 + n),
      '5191',
      String(random.between(3, 40)),
      `${random.between(100, 3000)}0000.00`,
      fault === 2 ? '某某县' : String(pair.county),
      fault === 3 ? '10000000.01' : `${wan}0000.00`,
      fault === 4 ? '0.015' : '0.008',
      startsOn,
      fault === 5 ? addMonths(startsOn, 48) : addMonths(startsOn, 12),
      '支小',
      `${(wan * 80).toFixed(2)}`,
    ];
    yield `${cells.join(',')}\r\n`;
  }
}
