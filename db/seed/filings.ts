import { Readable } from 'node:stream';
import { sql } from 'kysely';
import PDFDocument from 'pdfkit';
import { addDays, addMonths, type Day } from '../../src/kernel/day.ts';
import { firstDayOfMonth, type Month, monthOf } from '../../src/kernel/month.ts';
import { Refused } from '../../src/kernel/refusal.ts';
import { addAttachment, receiveFile } from '../../src/modules/attachments/index.ts';
import { recordAuthorisation } from '../../src/modules/creditinfo/index.ts';
import { changeCustomer } from '../../src/modules/customers/update.ts';
import { checkFilings, decideFilings, prepareFilings, submitBatch } from '../../src/modules/filings/index.ts';
import { askDocuments } from '../../src/modules/portal/index.ts';
import { type Db, systemActor } from '../../src/platform/db.ts';
import type { Context } from '../../src/platform/http.ts';

const monthsBack = 4;
/** The telephones of the demo's customers in the portal: 13800000001, 13800000002, … */
const phoneOf = (index: number): string => `138${String(index + 1).padStart(8, '0')}`;

type Owner = { guarantorId: number; statistician: number | null };

/**
 * The demo's filings: some months' worth prepared and handed in up to the month before last and confirmed, but for a few that were denied;
 * the last month handed in by most and half looked at, and still to be done by the guarantor whose people sign in. Through the actions
 * people use, each over a whole guarantor. Answers one line for the operator.
 */
export async function seedFilings(db: Db, context: Context, today: Day): Promise<string> {
  const thisMonth = firstDayOfMonth(monthOf(today));
  const [last, before] = [monthOf(addMonths(thisMonth, -1)), monthOf(addMonths(thisMonth, -2))];
  const owners = await ownersOf(db);
  const count = await db.transaction(systemActor, async (tx) => {
    const { prepared } = await prepareFilings(tx, context, { from: addMonths(thisMonth, 1 - monthsBack), to: today });
    return prepared;
  });
  for (const [index, owner] of owners.entries()) {
    await db.transaction(systemActor, async (tx) => {
      const hand = (month: Month) => submitIfAny(tx, context, owner.guarantorId, month);
      const first = await hand(before);
      if (first) {
        if (index % 4 === 0) await denyOne(tx, context, owner.guarantorId, first);
        await confirmRest(tx, context, owner.guarantorId, first);
      }
      if (owner.statistician !== null || index % 7 === 3) return;
      const second = await hand(last);
      if (second && index % 2 === 0) await confirmRest(tx, context, owner.guarantorId, second);
    });
  }
  await db.transaction(systemActor, (tx) => checkFilings(tx, context, { statuses: ['prepared'] }));
  const customers = await seedCustomers(db, context, owners);
  return `再担保备案近 ${monthsBack} 个月 ${count} 笔；客户查询可用 ${customers} 户`;
}

/** In a small demo the one that was denied may have been the whole batch. */
const confirmRest = (tx: Tx, context: Context, guarantorId: number, batchId: bigint) =>
  decideFilings(tx, context, { guarantorId, verdict: 'confirm', batchId }).catch((error) => {
    if (!(error instanceof Refused)) throw error;
  });

async function ownersOf(db: Db): Promise<Owner[]> {
  const { rows } = await db.read(systemActor, (tx) =>
    sql<Owner>`
      select i.id as "guarantorId", min(g.user_id) as statistician
        from institutions.institution i
        left join identity.user_account u on u.institution_id = i.id
        left join identity.role_grant g on g.user_id = u.id and g.role_code = 'r06-statistics'
       where i.kind = 'guarantor'
       group by i.id
       order by i.id`.execute(tx),
  );
  return rows;
}

type Tx = Parameters<typeof submitBatch>[0];

/** Hands the month in; undefined when there is nothing of it, or nothing that passes the checks. */
async function submitIfAny(tx: Tx, context: Context, guarantorId: number, month: Month): Promise<bigint | undefined> {
  try {
    return (await submitBatch(tx, context, { guarantorId, month })).batchId;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

async function denyOne(tx: Tx, context: Context, guarantorId: number, batchId: bigint): Promise<void> {
  const { rows } = await sql<{ id: bigint }>`
    select id from filings.record where guarantor_id = ${guarantorId} and batch_id = ${batchId} and status = 'submitted' and kind = 'new'
     order by id desc limit 1`.execute(tx);
  if (!rows[0]) return;
  await decideFilings(tx, context, {
    guarantorId,
    verdict: 'deny',
    ids: [rows[0].id],
    reason: '借据号、贷款利率未填，请补充后再报',
  });
}

/** A few customers of the guarantor whose people sign in: telephone on file, papers asked for, an authorisation. */
async function seedCustomers(db: Db, context: Context, owners: readonly Owner[]): Promise<number> {
  const home = owners.find((owner) => owner.statistician !== null);
  if (!home) return 0;
  const { guarantorId } = home;
  const { rows } = await db.read(systemActor, (tx) =>
    sql<{ id: bigint }>`
      select distinct on (c.kind) c.id
        from guarantees.guarantee g
        join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
       where g.guarantor_id = ${guarantorId} and g.status = 'in-force'
       order by c.kind, g.starts_on desc, g.id desc`.execute(tx),
  );
  for (const [index, { id }] of rows.entries()) {
    await db.transaction(systemActor, async (tx) => {
      await changeCustomer(tx, context, { guarantorId, id, contactName: '演示联系人', contactPhone: phoneOf(index) });
      await askDocuments(tx, context, {
        guarantorId,
        customerId: id,
        items: [{ code: 'bank-statement', title: '近 6 个月银行流水' }],
        note: '保后检查需要，拍照清楚即可',
        dueOn: addDays(context.clock.today(), 10),
      });
    });
  }
  if (rows[0] && process.env.DATA_DIR) await seedAuthorisation(db, context, guarantorId, rows[0].id);
  return rows.length;
}

async function seedAuthorisation(db: Db, context: Context, guarantorId: number, customerId: bigint): Promise<void> {
  const subject = `customer:${guarantorId}/${customerId}`;
  const paper = new PDFDocument({ size: 'A4' });
  paper.fontSize(14).text('Authorisation of a credit information query (demo, made up)').end();
  const kept = await receiveFile(db, context, {
    subject,
    name: '信用信息查询授权书（演示）.pdf',
    source: Readable.from(paper as unknown as AsyncIterable<Buffer>),
  });
  await db.transaction(systemActor, async (tx) => {
    const { id } = await addAttachment(tx, context, { subject, itemCode: 'credit-authorisation', kept });
    const today = context.clock.today();
    await recordAuthorisation(tx, context, {
      guarantorId,
      customerId,
      purpose: 'aftercare',
      platform: 'credit-platform',
      fromOn: addMonths(today, -1),
      untilOn: addMonths(today, 11),
      attachmentId: id,
    });
  });
}
