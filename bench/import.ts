import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { day } from '../src/kernel/day.ts';
import { importFile } from '../src/modules/imports/index.ts';
import { fixedClock } from '../src/platform/clock.ts';
import { systemActor } from '../src/platform/db.ts';
import { bookGuarantees, bookMovements, writeBook } from './book.ts';
import { copyBack, copyOut, measure, numberOption, report, rounded, startBenchDatabase } from './harness.ts';

/**
 * Imports `size` guarantees and `movements` movements from two files, judged row by row, as the application's role under row
 * level security; against the limit: COPY of the very same final rows (customers, guarantees, movements, transfers) into the
 * very same tables with their indexes and constraints. COPY cannot run under row security, so the limit runs as the owner,
 * without it: a harder limit than the import could reach.
 */
const size = numberOption('size', 1_000_000);
const movements = numberOption('movements', size * 5);
const chunkRows = numberOption('chunk-rows', 0);
const context = { actor: systemActor, clock: fixedClock(day('2026-11-20')) };

const tables = [
  ['customers.customer', '*'],
  ['guarantees.guarantee', '*'],
  [
    'guarantees.movement',
    'guarantor_id, guarantee_id, seq, kind, amount, cash, occurred_on, recorded_at, extended_to_on, reverses_seq, cause, reference, batch_id',
  ],
  ['ledger.transfer', '*'],
] as const;

const bench = await startBenchDatabase();
const folder = await mkdtemp(path.join(tmpdir(), 'rongdan-bench-'));
const files = { guarantees: path.join(folder, 'guarantees.csv'), movements: path.join(folder, 'movements.csv') };
try {
  const counties = [140105, 140106, 140107, 140108, 140109, 140110, 140121, 140122, 140123, 140181];
  await bench.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000) on conflict do nothing;
    insert into institutions.region (code, name, level, parent_code) select code, '县' || code, 3, 140100 from unnest(array[${counties.join(',')}]) code on conflict do nothing;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原市融资担保有限公司', '太原担保', 'guarantor', 2, 140100), (9, 'B1', '晋商银行股份有限公司', '晋商银行', 'bank', 1, 140000);
    insert into agreements.product (code, name, class, source) values ('loan', '小微贷款担保', 'loan', '测速') on conflict do nothing;
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) values (1, 1, 9, 'loan', 'XY-1');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      values (1, 1, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.008, '协议')`);
  await writeBook(files, { guarantees: size, movements }, counties, '晋商银行');
  const ours = await measure(bringIn);
  await copyOut(bench.owner, tables, folder);
  await bench.owner.query(`truncate ${tables.map(([table]) => table).join(', ')} cascade`);
  const limit = await measure(() => copyBack(bench.owner, tables, folder));
  report({
    bench: 'import',
    size,
    ours_s: rounded(ours.seconds),
    limit_s: rounded(limit.seconds),
    ratio: rounded(ours.seconds / limit.seconds),
    rss_mb_max: ours.rssMb,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
  await bench.stop();
}

async function bringIn(): Promise<void> {
  for (const [file, profile] of [
    [files.guarantees, bookGuarantees],
    [files.movements, bookMovements],
  ] as const) {
    const begin = performance.now();
    const batch = await importFile(bench.db, context, {
      guarantorId: 1,
      path: file,
      profile,
      ...(chunkRows ? { chunkRows } : {}),
    });
    console.error(
      profile.title,
      batch.accepted,
      batch.refused,
      batch.needsCompleting,
      Math.round(performance.now() - begin),
      'ms',
    );
    if (batch.refused + batch.needsCompleting + batch.already > 0)
      throw new Error(`测速台账有未入账的行：批次 ${batch.id}`);
  }
}
