import { resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { addDays, type Day, parseDay } from './kernel/day.ts';
import { parseQuarter } from './kernel/month.ts';
import { Refused } from './kernel/refusal.ts';
import { submitDay } from './modules/exchange/index.ts';
import { finaliseDue, sealQuarter } from './modules/feedback/index.ts';
import { syncRoles } from './modules/identity/index.ts';
import { importFile } from './modules/imports/index.ts';
import { startRun } from './modules/reconciliation/contract.ts';
import { fetchFromMonitor, openSealSigner, runReconciliation, sealRun } from './modules/reconciliation/index.ts';
import { computeRun } from './modules/subsidies/contract.ts';
import { computeSubsidies } from './modules/subsidies/index.ts';
import { BackupProblem, backup, restore } from './platform/backup.ts';
import { systemClock } from './platform/clock.ts';
import { type Db, openDb, systemActor, type Tx } from './platform/db.ts';
import { followDemo } from './platform/instance/demo-day.ts';
import { type Instance, openInstance, StartupProblem } from './platform/instance/index.ts';
import { MigrationProblem, migrate } from './platform/migrate.ts';
import { verifyAll } from './verify.ts';

const context = { actor: systemActor, clock: systemClock };
const program = new Command('rongdan')
  .description('融担一体化平台命令行')
  .option('--json', '输出一行 JSON，供脚本使用')
  .showHelpAfterError('（加 --help 查看用法）');

program
  .command('migrate')
  .description('升级数据库并同步角色权限')
  .action(() =>
    withInstance(async ({ ownerUrl }) => {
      const report = await migrate(ownerUrl);
      await syncRoles(ownerUrl);
      answer(report, `已执行 ${report.applied.length} 个脚本，此前已有 ${report.already} 个`);
    }),
  );

program
  .command('demo')
  .description('向空数据库装载演示省份')
  .option('--size <笔数>', '保函笔数', '20000')
  .option('--seed <种子>', '随机种子', '14')
  .action((options: { size: string; seed: string }) =>
    withInstance(async (instance, db) => {
      await migrate(instance.ownerUrl);
      const { loadDemo } = await import('../db/seed/demo.ts');
      const counts = { size: wholeNumber(options.size, '--size'), seed: wholeNumber(options.seed, '--seed') };
      await loadDemo({ db, ownerUrl: instance.ownerUrl, dataDir: instance.dataDir, ...counts, say });
      answer(counts, '演示省份已装载');
    }),
  );

program
  .command('import <file>')
  .description('导入 CSV 或 XLSX；同一文件同一映射重复导入不改变任何数据')
  .requiredOption('--profile <代号>', '映射代号')
  .requiredOption('--guarantor <编号>', '担保机构编号')
  .option('--dry-run', '只试算，不入账')
  .option('--bad-rows <文件>', '把未入账的行按原格式写到此文件')
  .action((file: string, options: { profile: string; guarantor: string; dryRun?: boolean; badRows?: string }) =>
    withInstance(async (_, db) => {
      const batch = await importFile(db, context, {
        guarantorId: wholeNumber(options.guarantor, '--guarantor'),
        path: resolve(file),
        profile: options.profile,
        ...(options.dryRun ? { dryRun: true } : {}),
        ...(options.badRows ? { badRowsTo: resolve(options.badRows) } : {}),
      });
      const { accepted, already, needsCompleting, refused, movements } = batch;
      answer(
        { batch: String(batch.id), phase: batch.phase, accepted, already, needsCompleting, refused, movements },
        `批次 ${batch.id}：可入账 ${accepted}，已在账 ${already}，待补正 ${needsCompleting}，拒绝 ${refused}，变动 ${movements} 笔`,
      );
    }),
  );

program
  .command('submit-daily')
  .description('向监测系统报送一日数据（条15）；可重复执行')
  .option('--day <日期>', '业务日，缺省为昨天')
  .option('--guarantor <编号>', '只报送一家机构')
  .action((options: { day?: string; guarantor?: string }) =>
    withInstance(async (_, db) => {
      const bar = progressBar('报送');
      const report = await submitDay(db, systemClock, {
        day: options.day === undefined ? undefined : dayOption(options.day),
        guarantorId: options.guarantor === undefined ? undefined : wholeNumber(options.guarantor, '--guarantor'),
        onProgress: bar.update,
      });
      bar.stop();
      const lines = report.problems.map((each) => `\n  ${each.name}：${each.message}`).join('');
      answer(
        report,
        `${report.day}：${report.guarantors} 家，已接收 ${report.accepted + report.zero}（其中零报告 ${report.zero}），已送出待回执 ${report.sent}，被退回 ${report.refused}，未应答 ${report.unanswered}${lines}`,
      );
      if (report.problems.length + report.refused + report.unanswered > 0) process.exitCode = 1;
    }),
  );

program
  .command('reconcile')
  .description('与监测系统核对（数据核对）')
  .option('--as-of <日期>', '截至日，缺省为昨天')
  .option('--guarantor <编号>', '只核对一家机构')
  .option('--seal', '无未解释差异时封存')
  .action((options: { asOf?: string; guarantor?: string; seal?: boolean }) =>
    withInstance(async (_, db) => {
      const asOf = options.asOf === undefined ? addDays(systemClock.today(), -1) : dayOption(options.asOf);
      const guarantorId = options.guarantor === undefined ? undefined : wholeNumber(options.guarantor, '--guarantor');
      const command = startRun.parse({ guarantorId, ours: { asOf }, theirs: { asOf }, source: { kind: 'monitor' } });
      const result = await runReconciliation(db, context, command, { fetchRecords: fetchFromMonitor });
      const signer = await openSealSigner();
      if (options.seal && result.status === 'clean')
        await db.transaction(systemActor, (tx) => sealRun(tx, context, BigInt(result.runId), signer));
      answer(
        result,
        `核对 ${result.runId}：差异 ${result.differences} 项${options.seal && result.status === 'clean' ? '，已封存' : ''}`,
      );
      if (result.differences > 0) process.exitCode = 1;
    }),
  );

program
  .command('seal <quarter>')
  .description('封存一个季度并出具反馈证书，如 2026-Q3')
  .option('--finalise', '异议期满且无未答复异议的证书转为正式')
  .action((text: string, options: { finalise?: boolean }) =>
    withInstance(async (_, db) => {
      const quarter = parseQuarter(text);
      if (!quarter) throw new StartupProblem(`季度须写作 2026-Q3，收到的是 ${text}`);
      const sealed = await db.transaction(systemActor, (tx) => sealQuarter(tx, context, { quarter }));
      const finalised = options.finalise
        ? await db.transaction(systemActor, (tx) => finaliseDue(tx, context))
        : undefined;
      answer(
        { ...sealed, finalised },
        `${quarter}：证书 ${sealed.certificates} 张，逐笔 ${sealed.rows} 行${sealed.already ? '（此前已封存）' : ''}`,
      );
    }),
  );

program
  .command('settle <year>')
  .description('按已定稿的反馈凭证测算补偿补贴，存为草稿待批（条16）')
  .requiredOption('--region <代码>', '市或县的区划代码')
  .option('--kind <种类>', 'prepay 预拨，settle 清算', 'settle')
  .option('--dry-run', '只试算，不保存')
  .action((year: string, options: { region: string; kind: string; dryRun?: boolean }) =>
    withInstance(async (_, db) => {
      const command = computeRun.parse({
        kind: options.kind,
        year: wholeNumber(year, '年度'),
        regionCode: wholeNumber(options.region, '--region'),
      });
      const work = (tx: Tx) => computeSubsidies(tx, context, command);
      const run = await (options.dryRun ? db.dryRun(systemActor, work) : db.transaction(systemActor, work));
      answer(run, `批次 ${run.id}${run.existing ? '（此前已测算，内容相同）' : ''}，请另一人审批`);
    }),
  );

program
  .command('verify')
  .description('核验总账、台账、审计链、封存与证书')
  .action(() =>
    withInstance(async (_, db) => {
      const bar = progressBar('核验');
      const report = await verifyAll(db, (_title, done, total) => bar.update(done, total));
      bar.stop();
      const lines = report.checks.flatMap((check) => [
        `${check.findings.length === 0 ? '✓' : '✗'} ${check.title}（${check.seconds.toFixed(1)} 秒）`,
        ...check.findings.map((each) => `    ${each.place}：${each.message}`),
      ]);
      answer(report, [...lines, report.findings === 0 ? '全部通过' : `发现 ${report.findings} 处问题`].join('\n'));
      if (report.findings > 0) process.exitCode = 1;
    }),
  );

program
  .command('backup <folder>')
  .description('备份数据库和附件、文书、导入文件到一个新目录；密钥有意不在其中')
  .action((folder: string) =>
    withInstance(async (instance) => {
      const bar = progressBar('备份');
      const report = await backup(instance, resolve(folder), bar.update);
      bar.stop();
      const lines = [
        `已备份 ${report.tables} 张表、${report.rows} 行、${report.files} 个文件到 ${folder}`,
        `密钥有意不在备份里，请另行离线保管 ${instance.dataDir}/keys：${report.keys.join('、') || '尚无密钥'}`,
        ...report.damaged.map((path) => `内容与摘要不符，已照原样备份：${path}`),
      ];
      answer(report, lines.join('\n'));
      if (report.damaged.length > 0) process.exitCode = 1;
    }),
  );

program
  .command('restore <folder>')
  .description('把备份恢复到空数据库和数据目录；密钥另行放回')
  .action((folder: string) =>
    withInstance(async (instance) => {
      await migrate(instance.ownerUrl);
      const bar = progressBar('恢复');
      const report = await restore(instance, resolve(folder), bar.update);
      bar.stop();
      const missing = report.keysMissing.join('、');
      const keys = missing
        ? `\n这些密钥还没有放回 ${instance.dataDir}/keys，请先放回再启动，否则签名与动态口令不能沿用：${missing}`
        : '';
      answer(report, `已恢复 ${report.rows} 行、${report.files} 个文件${keys}`);
    }),
  );

await program.parseAsync().catch(fail);

/** Opens the installation, joining a running product, and closes everything whatever happens. */
async function withInstance(work: (instance: Instance, db: Db) => Promise<void>): Promise<void> {
  const instance = await openInstance(process.env, { say, borrow: true });
  process.env.DATA_DIR = instance.dataDir;
  const db = openDb(instance.appUrl);
  try {
    await followDemo(instance.ownerUrl);
    await work(instance, db);
  } finally {
    await db.close();
    await instance.stop();
  }
}

function answer(value: object, text: string): void {
  const wire = (_: string, each: unknown) => (typeof each === 'bigint' ? each.toString() : each);
  process.stdout.write(`${program.opts().json ? JSON.stringify(value, wire) : text}\n`);
}

/** Progress and remarks go to stderr, so that stdout holds the answer alone. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function progressBar(title: string): { update(done: number, total: number): void; stop(): void } {
  if (program.opts().json || !process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar({ format: `${title} [{bar}] {value}/{total}`, clearOnComplete: true });
  let started = false;
  return {
    update: (done, total) => {
      if (!started) bar.start(total, done);
      else bar.update(done);
      started = true;
    },
    stop: () => started && bar.stop(),
  };
}

function wholeNumber(text: string, option: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new StartupProblem(`${option} 须为整数，收到的是 ${text}`);
  return Number(text);
}

function dayOption(text: string): Day {
  const value = parseDay(text);
  if (!value) throw new StartupProblem(`日期须为 YYYY-MM-DD 且存在，收到的是 ${text}`);
  return value;
}

function fail(error: unknown): void {
  const told =
    error instanceof Refused ||
    error instanceof StartupProblem ||
    error instanceof MigrationProblem ||
    error instanceof BackupProblem;
  if (program.opts().json && error instanceof Refused)
    process.stdout.write(`${JSON.stringify({ refusals: error.refusals })}\n`);
  console.error(told ? (error as Error).message : error);
  process.exitCode = 2;
}
