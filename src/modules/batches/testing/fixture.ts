import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeUscc } from '../../../../db/seed/identities.ts';
import { day } from '../../../kernel/day.ts';
import { fixedClock } from '../../../platform/clock.ts';
import { systemActor } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import type { TestDatabase } from '../../../platform/testing/index.ts';
import { loadBaseline } from '../../products/index.ts';
import { batchFields } from '../contract.ts';
import { runBatch } from '../run.ts';
import { type SubmitCommand, submitBatch } from '../submit.ts';

/** The day on which the tests stand. */
export const today = day('2026-11-20');
/** The program itself on that day. */
export const context: Context = { actor: systemActor, clock: fixedClock(today) };

/** Two guarantors, two banks, the 总对总 product with its versions, agreements 20:30:20:30. */
export async function seedReference(test: TestDatabase): Promise<void> {
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000),
      (140105, '小店区', 3, 140100), (140106, '迎泽区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value values
      (1, 'G1', '太原市融资担保有限公司', '太原担保', 'guarantor', 2, 140100),
      (2, 'G2', '大同市融资担保有限公司', '大同担保', 'guarantor', 2, 140100),
      (8, 'B2', '中国工商银行股份有限公司', '工商银行', 'bank', 1, 140000),
      (9, 'B1', '晋商银行股份有限公司', '晋商银行', 'bank', 1, 140000);
    select setval('institutions.institution_id_seq', 100);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values
      (1, '2026-01-01', 2000000000000, 2000000000000, '审计报告'), (2, '2026-01-01', 2000000000000, 2000000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values ('batch', '总对总批量担保', 'loan', '国融担〔2020〕23号'),
      ('loan', '小微贷款担保', 'loan', '测试') on conflict do nothing;
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) overriding system value values
      (1, 1, 9, 'batch', 'XY-1'), (2, 2, 9, 'batch', 'XY-2'), (1, 3, 9, 'loan', 'XY-3');
    select setval('agreements.agreement_id_seq', 100);
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, claim_ratio_cap, document)
      values (1, 1, 1, '2021-01-01', 0.2, 0.3, 0.2, 0.3, 0.008, 0.03, '总对总合作协议'),
             (2, 2, 1, '2021-01-01', 0.2, 0.3, 0.2, 0.3, 0.008, 0.03, '总对总合作协议'),
             (1, 3, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.008, null, '协议');`);
  await test.db.transaction(systemActor, (tx) => loadBaseline(tx, context));
}

/** Empties what the batches of one test left. */
export const emptyBook = (test: TestDatabase) =>
  test.owner.query(`truncate batches.batch, batches.chunk, batches.verdict, batches.loan, batches.part, batches.trial_chunk, batches.trial_verdict,
    batches.trial_part, batches.sample, batches.sample_row, batches.exclusion, batches.pickup, batches.visit, batches.source, filings.record, limits.reservation, limits.book_base, limits.bank_line, limits.bank_allocation, limits.guarantor_line,
    ledger.transfer, guarantees.movement, guarantees.guarantee, customers.customer, customers.related_group cascade`);

/** A good row in the template's fields, with changes. */
export const row = (n: number, change: Record<string, string> = {}): Record<string, string> => ({
  contractNo: `ZDZ-${n}`,
  loanContractNo: `JK-${n}`,
  customerName: `第${n}号公司`,
  customerKind: '企业',
  identityNo: makeUscc('91', 140105, n),
  industryCode: '5191',
  staff: '12',
  revenue: '8000000.00',
  county: '140105',
  principal: '1000000.00',
  feeRate: '0.008',
  startsOn: '2026-11-02',
  endsOn: '2027-11-01',
  tags: '支小',
  ...change,
});

/** The template's CSV of such rows. */
export function csvOf(rows: readonly Record<string, string>[]): string {
  const fields = Object.keys(batchFields) as (keyof typeof batchFields)[];
  const lines = [
    fields.map((field) => batchFields[field].title),
    ...rows.map((each) => fields.map((field) => each[field] ?? '')),
  ];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** A folder of files that goes away, and a way to send one of them. */
export async function desk(test: TestDatabase) {
  const folder = await mkdtemp(path.join(tmpdir(), 'rongdan-batches-'));
  const file = async (name: string, content: string | Buffer) => {
    const at = path.join(folder, name);
    await writeFile(at, content);
    return at;
  };
  const submit = async (content: string | Buffer, more: Partial<SubmitCommand> = {}) => {
    const at = await file('upload.csv', content);
    const command = { bankId: 9, batchNo: 'P1', guarantorCode: 'G1', productCode: 'batch', channel: 'api' as const };
    const source = createReadStream(at);
    const taken = await submitBatch(test.db, context, {
      ...command,
      fileName: 'upload.csv',
      folder: path.join(folder, 'kept'),
      ...more,
      source,
    });
    return taken;
  };
  return {
    folder,
    file,
    submit,
    /** Submits and runs to the end. */
    send: async (content: string | Buffer, more: Partial<SubmitCommand> = {}) => {
      const { batch } = await submit(content, more);
      return runBatch(test.db, context.clock, batch.id);
    },
    end: () => rm(folder, { recursive: true, force: true }),
  };
}
