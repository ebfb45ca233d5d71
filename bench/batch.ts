import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeUscc } from '../db/seed/identities.ts';
import { addDays, day } from '../src/kernel/day.ts';
import { runBatch, submitBatch } from '../src/modules/batches/index.ts';
import { loadBaseline } from '../src/modules/products/index.ts';
import { fixedClock } from '../src/platform/clock.ts';
import { systemActor } from '../src/platform/db.ts';
import { copyBack, copyOut, measure, numberOption, report, rounded, startBenchDatabase } from './harness.ts';

/**
 * A bank's batch of `size` rows under every rule and limit (identity, size, tags, product, fee, term, split, duplicates in file and book,
 * concentration of customer and group, leverage, product caps, bank line, yearly line, claim cap), with the filing that each accepted row
 * owes, as the application's role under row level security; one row in a hundred is bad. Against the limit: COPY of the very same accepted
 * rows and filings into the very same tables with their indexes and constraints, as the owner without row security.
 */
const size = numberOption('size', 100_000);
const chunkRows = numberOption('chunk-rows', 0);
const today = day('2026-11-20');
const context = { actor: systemActor, clock: fixedClock(today) };

const tables = [
  ['customers.customer', '*'],
  ['guarantees.guarantee', '*'],
  [
    'guarantees.movement',
    'guarantor_id, guarantee_id, seq, kind, amount, cash, occurred_on, recorded_at, extended_to_on, reverses_seq, cause, reference, batch_id',
  ],
  ['ledger.transfer', '*'],
  ['batches.loan', '*'],
  ['batches.verdict', 'batch_id, line, bank_id, verdict, guarantor_id, guarantee_id, code, contract_no, reasons'],
  ['filings.record', '*'],
] as const;

const bench = await startBenchDatabase();
const folder = await mkdtemp(path.join(tmpdir(), 'rongdan-bench-'));
const file = path.join(folder, 'batch.csv');
try {
  await prepare();
  await writeBatch();
  let accepted = 0;
  const before = process.cpuUsage();
  let used = before;
  const ours = await measure(async () => {
    const { batch } = await submitBatch(bench.db, context, {
      ...{ bankId: 9, batchNo: 'BENCH', guarantorCode: 'G1', productCode: 'batch', channel: 'api' },
      ...{ fileName: 'batch.csv', folder, source: createReadStream(file) },
      ...(chunkRows ? { chunkRows } : {}),
    });
    const done = await runBatch(bench.db, context.clock, batch.id);
    accepted = done.accepted;
    used = process.cpuUsage(before);
    console.error(
      `接受 ${done.accepted}，待补正 ${done.needsCompleting}，拒绝 ${done.refused}，文件 ${(await stat(file)).size} 字节`,
    );
    if (done.accepted < size * 0.98 || done.refused === 0) throw new Error('测速批次的结论不对');
  });
  await copyOut(bench.owner, tables, folder, (table) =>
    table === 'batches.verdict' ? "where verdict = 'accepted'" : '',
  );
  await bench.owner.query(`truncate ${tables.map(([table]) => table).join(', ')} cascade`);
  const limit = await measure(() => copyBack(bench.owner, tables, folder));
  report({
    bench: 'batch',
    size,
    accepted,
    ours_s: rounded(ours.seconds),
    limit_s: rounded(limit.seconds),
    ratio: rounded(ours.seconds / limit.seconds),
    cpu_s: rounded((used.user + used.system) / 1e6),
    rows_per_s: Math.round(size / ours.seconds),
    rss_mb_max: ours.rssMb,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
  await bench.stop();
}

async function prepare(): Promise<void> {
  await bench.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000) on conflict do nothing;
    insert into institutions.region (code, name, level, parent_code) select code, '县' || code, 3, 140100 from unnest(array[140105, 140106, 140107, 140108]) code on conflict do nothing;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原市融资担保有限公司', '太原担保', 'guarantor', 2, 140100), (9, 'B1', '晋商银行股份有限公司', '晋商银行', 'bank', 1, 140000);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values (1, '2026-01-01', 4000000000000, 4000000000000, '测速');
    insert into agreements.product (code, name, class, source) values ('batch', '总对总批量担保', 'loan', '测速') on conflict do nothing;
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) values (1, 1, 9, 'batch', 'XY-1');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, claim_ratio_cap, document)
      values (1, 1, 1, '2021-01-01', 0.2, 0.3, 0.2, 0.3, 0.008, 0.03, '协议');
    insert into limits.bank_line (bank_id, version, from_on, to_on, amount, document, recorded_by) values (9, 1, '2026-01-01', '2026-12-31', 1000000000000000, '测速', 0);
    insert into limits.bank_allocation (bank_id, version, guarantor_id, product_code, amount) values (9, 1, 1, null, 1000000000000000)`);
  await bench.db.transaction(systemActor, (tx) => loadBaseline(tx, context));
}

/** Two rows to a customer; every hundredth has a fee above the ceiling. The same arguments give the same bytes. */
async function writeBatch(): Promise<void> {
  const lines = function* () {
    yield '担保业务编号,借款合同号,借款人名称,借款人类型,证件号码,行业代码,从业人员,营业收入,业务发生县（市、区）,贷款金额,年担保费率,起始日,到期日,业务标签\r\n';
    for (let index = 0; index < size; index += 1) {
      const customer = index >> 1;
      const county = 140105 + (customer % 4);
      const startsOn = addDays(day('2026-01-05'), index % 300);
      const fee = index % 100 === 99 ? '0.012' : '0.008';
      yield `ZDZ${String(index).padStart(9, '0')},JK${index},第${customer}号装备制造有限公司,企业,${makeUscc('91', county, customer)},3360,${20 + (customer % 200)},${3_000_000 + (customer % 5000) * 1000}.00,${county},${(10 + (index % 90)) * 10_000}.00,${fee},${startsOn},${addDays(startsOn, 360)},支小\r\n`;
    }
  };
  await pipeline(lines(), createWriteStream(file));
}
