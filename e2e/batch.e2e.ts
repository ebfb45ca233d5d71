import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeUscc } from '../db/seed/identities.ts';
import { addDays, type Day, day } from '../src/kernel/day.ts';
import { startSshd, whyNoSshd } from '../src/modules/batches/testing/sshd.ts';
import { Cast, dialogOf, takeOption } from './support/cast.ts';
import { type Page, type Product, sharedProduct } from './support/index.ts';

let product: Product;
let bank: Page;
let today: Day;
let guarantor: { id: number; code: string };
let bankCode: string;
const cast = new Cast(() => product);
beforeAll(async () => {
  product = await sharedProduct();
  bank = await cast.page('demo-yinhang');
  const get = async (url: string) => (await bank.request.get(url)).json();
  const me = await get('/api/me');
  today = day(me.today);
  bankCode = (await get(`/api/institutions/${me.institution.id}`)).code;
  const { rows } = await get('/api/agreements?limit=500');
  const { guarantorId } = rows.find((row: { productCode: string }) => row.productCode === 'batch');
  guarantor = await get(`/api/institutions/${guarantorId}`);
}, 60_000);
afterAll(async () => {
  expect(cast.errors()).toEqual([]);
  await product?.stop();
});

type Change = { readonly county?: string; readonly fee?: string };
const titles = [
  ...['担保机构代码', '担保业务编号', '借款合同号', '借款人名称', '借款人类型', '证件号码', '行业代码', '从业人员'],
  ...['营业收入', '业务发生县（市、区）', '贷款金额', '年担保费率', '起始日', '到期日', '业务标签'],
];
const line = (n: string, change: Change = {}): string[] => [
  ...[guarantor.code, `E2E-B-${n}`, `JK-E2E-B-${n}`, `演示接入第${n}号商贸有限公司`, '企业'],
  ...[makeUscc('91', 140105, 8_100_000 + ([...n].reduce((sum, each) => sum * 37 + each.charCodeAt(0), 0) % 90_000))],
  ...['5191', '12', '8000000.00', change.county ?? '140105', '100000.00', change.fee ?? '0.008'],
  ...[addDays(today, -20), addDays(today, 340), '支小'],
];
const csv = (heads: readonly string[], ...lines: readonly string[][]) =>
  `\ufeff${[heads, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('')}`;
const fileOf = (name: string, content: string): string => {
  const at = path.join(product.dataDir, name);
  writeFileSync(at, content);
  return at;
};

test('银行上传一批先试算，仪表照出而账不动；接受后承保；下载退回行，只补报退回行；备案随之备好', async () => {
  const content = csv(titles, line('1'), line('2'), line('3', { county: '不存在县' }), line('4', { fee: '0.02' }));
  await bank.goto('/batches');
  await bank.getByRole('button', { name: '报送一批' }).click();
  await bank.getByLabel('批次号').fill('E2E-1');
  await cast.picture('demo-yinhang', 'batch-new');
  await bank.locator('input[type=file]').setInputFiles(fileOf('批量.csv', content));
  await bank.getByText('已试算，未承保').waitFor();
  await bank.getByText('代偿率仪表：本批前后（试算）').waitFor();
  await cast.picture('demo-yinhang', 'batch-tried');
  const entered = async () =>
    (await (await bank.request.get('/api/guarantees?q=E2E-B-1&limit=10')).json()).rows.filter(
      (row: { contractNo: string }) => row.contractNo === 'E2E-B-1',
    ).length;
  expect(await entered()).toBe(0);
  await bank.getByRole('button', { name: '接受这一批' }).click();
  await bank.getByRole('button', { name: /^承\s*保$/ }).click();
  await bank.getByText('已处理', { exact: true }).waitFor();
  expect(await entered()).toBe(1);
  await cast.picture('demo-yinhang', 'batch-verdicts');

  const downloading = bank.waitForEvent('download');
  await bank.getByRole('link', { name: /下载退回行（2）/ }).click();
  const bad = path.join(product.dataDir, '退回.csv');
  await (await downloading).saveAs(bad);
  const returned = readFileSync(bad, 'utf8');
  expect(returned).not.toContain('E2E-B-1,');
  expect(returned).toContain('batch-fee-ceiling');
  writeFileSync(bad, returned.replaceAll('不存在县', '140105').replaceAll(',0.02,', ',0.008,'));
  await bank.getByRole('button', { name: '补报改好的行' }).click();
  await bank.getByText('直接承保').click();
  await bank.locator('input[type=file]').setInputFiles(bad);
  await bank.getByText('批次 E2E-1-补1').waitFor();
  await bank.getByText('全部行已处理完毕。').waitFor();

  const statistician = await cast.page('r06-statistics');
  const filings = `/api/filings?guarantorId=${guarantor.id}&q=E2E-B-1&limit=10`;
  const { rows } = await (await statistician.request.get(filings)).json();
  expect(rows.map(({ kind, status }: { kind: string; status: string }) => [kind, status])).toEqual([
    ['new', 'prepared'],
  ]);
}, 120_000);

test('银行的文件列不同：建立映射、试读、保存，整批试算后接受', async () => {
  const heads = titles.map(
    (each) => ({ 担保业务编号: '担保流水号', 贷款金额: '授信金额（万元）', 起始日: '起息日' })[each] ?? each,
  );
  const own = (n: string) => line(n).map((cell, at) => (titles[at] === '贷款金额' ? '10' : cell));
  await bank.goto('/batches/new');
  await bank.getByRole('button', { name: '文件的列不同：建立映射' }).click();
  await bank.locator('input[type=file]').setInputFiles(fileOf('核心导出.csv', csv(heads, own('M1'), own('M2'))));
  await bank.getByRole('button', { name: '新建映射' }).click();
  for (const [field, column] of [
    ['担保业务编号', '担保流水号'],
    ['贷款金额', '授信金额（万元）'],
    ['起始日', '起息日'],
  ] as const) {
    await bank.getByLabel(`${field}取自`).fill(column);
    await takeOption(bank, column);
  }
  await cast.picture('demo-yinhang', 'batch-mapping');
  await bank.getByRole('button', { name: '试读前 50 行' }).click();
  await bank.getByText('接受 2 行').waitFor();
  await cast.picture('demo-yinhang', 'batch-mapping-tried');
  await bank.getByLabel('批次号').fill('E2E-M');
  await bank.getByRole('button', { name: '保存映射，试算全部行' }).click();
  await bank.getByText('已试算，未承保').waitFor();
  await bank.getByRole('button', { name: '接受这一批' }).click();
  await bank.getByRole('button', { name: /^承\s*保$/ }).click();
  await bank.getByText('全部行已处理完毕。').waitFor();
  await bank.locator('.batch-aside', { hasText: '20.00' }).waitFor();
}, 120_000);

test('风控抽查不合格，看过后果提出剔除，负责人批准，保函解除', async () => {
  const desk = await cast.page('demo-fengkong');
  await desk.goto('/batches/samples');
  await desk.getByText('demo-2026-sample').first().click();
  await desk.getByRole('button', { name: '登记结果' }).first().click();
  await desk.getByText('不合格', { exact: true }).last().click();
  await desk.getByLabel('发现').fill('借款人实际控制人与另一户相同');
  await dialogOf(desk)
    .getByRole('button', { name: /登\s*记$/ })
    .click();
  await desk.getByRole('button', { name: '提出剔除' }).first().click();
  const dialog = dialogOf(desk);
  await dialog.getByText('保障：解除的在保余额').waitFor();
  await dialog.getByLabel('依据条款').fill('国融担〔2020〕23号批量业务条件');
  await cast.picture('demo-fengkong', 'batch-exclude');
  const title = await dialog.getByText(/^提出剔除 /).textContent();
  const contractNo = title!.replace('提出剔除 ', '');
  await dialog.getByRole('button', { name: '提出并送审' }).click();
  await desk.locator('.ant-table-row', { hasText: contractNo }).getByText('剔除审批中').waitFor();

  for (const who of ['demo-fengkong', 'demo-pingshen']) {
    const page = await cast.page(who);
    await page.goto(`/approvals?box=todo&q=${encodeURIComponent(contractNo)}`);
    await page.locator('.ant-table-row', { hasText: contractNo }).click();
    await page.getByRole('heading', { name: /^待我办理/ }).waitFor();
    await cast.picture(who, 'batch-exclusion-approval');
    await page.getByRole('button', { name: /^同\s*意$/ }).click();
    await dialogOf(page)
      .getByLabel(/^(意见|理由)$/)
      .fill('情况属实');
    await dialogOf(page).getByRole('button', { name: '确定同意' }).click();
    await dialogOf(page).waitFor({ state: 'hidden' });
  }
  await desk.goto('/batches/samples');
  await desk.getByRole('tab', { name: '剔除' }).click();
  await desk.locator('.ant-table-row', { hasText: contractNo }).click();
  await desk.getByText('已剔除').waitFor();
  await cast.picture('demo-fengkong', 'batch-excluded');
  await bank.goto('/batches/meters');
  await bank.getByText('代偿与可代偿额度').waitFor();
  await bank.locator('canvas').first().waitFor();
  await cast.picture('demo-yinhang', 'batch-meters');
}, 120_000);

const noSshd = whyNoSshd();
if (noSshd) console.warn(`跳过 SFTP 取件的 1 段旅程：${noSshd}`);

test.skipIf(noSshd !== undefined)(
  `管理员设置银行的 SFTP 来源并现在取件（真实的 OpenSSH）；银行看到取件${noSshd ?? ''}`,
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'rongdan-e2e-sftp-'));
    const sshd = await startSshd(folder, inject('sftpKey'));
    try {
      writeFileSync(
        path.join(sshd.root, 'inbox', 'E2E-SFTP.csv'),
        csv(titles, line('S1'), line('S2', { fee: '0.02' })),
      );
      writeFileSync(path.join(sshd.root, 'inbox', 'E2E-SFTP.csv.ok'), '');
      const admin = await cast.page('r17-system-admin');
      await admin.goto('/batches/sources');
      await admin.getByRole('button', { name: '新增来源' }).click();
      const dialog = dialogOf(admin);
      await dialog.getByLabel('银行', { exact: true }).fill(bankCode);
      await takeOption(admin, '');
      for (const [label, value] of [
        ['服务器地址', '127.0.0.1'],
        ['端口', String(sshd.port)],
        ['用户名', sshd.username],
        ['私钥所在的环境变量', 'RONGDAN_SFTP_KEY_E2E'],
        ['服务器公钥指纹（SHA256: 之后 43 位）', sshd.hostKeySha256],
        ['取件文件夹', path.join(sshd.root, 'inbox')],
        ['放回文件夹', path.join(sshd.root, 'outbox')],
        ['移走文件夹', path.join(sshd.root, 'done')],
      ] as const)
        await dialog.getByLabel(label).fill(value);
      await cast.picture('r17-system-admin', 'batch-source-form');
      await dialog.getByRole('button', { name: /^保\s*存$/ }).click();
      await dialog.waitFor({ state: 'hidden' });
      await admin.getByRole('button', { name: '现在取件' }).click();
      const visit = admin.locator('.ant-table-row', { hasText: 'E2E-SFTP.csv' });
      await visit.getByText('完毕').waitFor();
      await cast.picture('r17-system-admin', 'batch-sources');
      expect(readdirSync(path.join(sshd.root, 'outbox')).sort()).toEqual([
        'E2E-SFTP.receipt.json',
        'E2E-SFTP.result.csv',
      ]);
      await bank.goto('/batches/pickups');
      await bank.locator('.ant-table-row', { hasText: 'E2E-SFTP.csv' }).getByText('已处理').waitFor();
      await cast.picture('demo-yinhang', 'batch-pickups');
      await bank.getByRole('link', { name: 'E2E-SFTP.csv' }).click();
      await bank.getByText('批次 E2E-SFTP').waitFor();
    } finally {
      await sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
