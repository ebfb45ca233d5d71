import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GapRow } from '../src/modules/bankreports/contract.ts';
import type { GuaranteeDetail, GuaranteeRow } from '../src/modules/guarantees/contract.ts';
import { agreeInTurn } from './support/approve.ts';
import { Cast } from './support/cast.ts';
import { type Page, type Product, sharedProduct } from './support/index.ts';

/** What happens after the money has gone out: J8 the bank's daily word, J7 release, J9 a warning and its clock. */

let product: Product;
let folder: string;
const cast = new Cast(() => product);
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-aftercare-'));
  product = await sharedProduct();
});
afterAll(async () => {
  expect(cast.errors()).toEqual([]);
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const pageOf = (account: string) => cast.page(account);
const picture = (account: string, name: string) => cast.picture(account, name);
const rowsOf = async <Row>(page: Page, url: string): Promise<Row[]> => {
  const answer = await page.request.get(url);
  if (!answer.ok()) throw new Error(`${url}：${answer.status()} ${await answer.text()}`);
  return ((await answer.json()) as { rows: Row[] }).rows;
};

test('J8 银行报送一日：坏行退回，漏报的一笔在应报未报里，沉默不等于零', async () => {
  const page = await pageOf('demo-yinhang');
  const { today } = (await (await page.request.get('/api/me')).json()) as { today: string };
  const owed = await rowsOf<GapRow>(page, `/api/bank-reports/gaps?day=${today}&limit=500`);
  const [silent, ...said] = owed as [GapRow, ...GapRow[]];
  const head = '业务日,担保机构代码,保证合同号,状态代码,当日放款,当日还款本金,逾期天数,逾期金额,贷款余额,展期到期日';
  const lines = said.map((row) => `${today},,${row.contractNo},10,0,0,0,0,${row.outstanding},`);
  const file = path.join(folder, '逐笔状态.csv');
  writeFileSync(file, `\ufeff${[head, ...lines, `${today},,没有的合同,10,0,0,0,0,100,`].join('\r\n')}\r\n`);
  await page.goto('/bank-reports');
  await page
    .getByRole('button', { name: /报\s*送/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[type=file]').setInputFiles(file);
  await dialog.getByText(/已收到，回执 ZB/).waitFor();
  await dialog.getByText('应报未报 1 笔').waitFor();
  await dialog.getByText('没有本行的保证合同 没有的合同').waitFor();
  await picture('demo-yinhang', 'aftercare-receipt');
  await dialog.getByRole('button', { name: /完\s*成/ }).click();
  await picture('demo-yinhang', 'aftercare-board');
  await page.getByRole('button', { name: new RegExp(`${today} (未到期|部分未报)`) }).click();
  await page.locator('.ant-table-row', { hasText: silent.contractNo }).waitFor();
  expect(await page.locator('.ant-table-row').count()).toBe(1);
  await picture('demo-yinhang', 'aftercare-gaps');
});

test('J7 解保：退费试算写明天数与算法，审批通过后退费、出函、解除反担保', async () => {
  const page = await pageOf('demo-baohou');
  const held = await rowsOf<GuaranteeRow>(page, '/api/guarantees?status=in-force&limit=60');
  let chosen: GuaranteeRow | undefined;
  for (const row of held) {
    const detail = (await (
      await page.request.get(`/api/guarantees/${row.guarantorId}/${row.id}`)
    ).json()) as GuaranteeDetail;
    if (detail.movements.some((movement) => movement.kind === 'fee')) chosen = row;
    if (chosen) break;
  }
  if (!chosen) throw new Error('演示数据里没有收过费的在保业务');
  await page.goto(`/guarantees/${chosen.guarantorId}/${chosen.id}`);
  await page.getByRole('button', { name: '保后档案' }).click();
  await page.getByRole('tab', { name: '解保' }).click();
  await page.getByRole('button', { name: '申请解保' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('button', { name: /试\s*算/ }).click();
  await drawer.getByTestId('refund-preview').waitFor();
  expect(await drawer.getByTestId('refund-preview').textContent()).toMatch(/未到期天数 ÷ 365（ACT\/365）/);
  await picture('demo-baohou', 'aftercare-release');
  await drawer.getByLabel('解保原因').fill('借款人提前结清');
  await drawer.getByRole('button', { name: '提交审批' }).click();
  await page.locator('.ant-table-row', { hasText: '审批中' }).waitFor();
  await agreeInTurn(cast, ['demo-caiwu', 'demo-fengkong', 'demo-pingshen'], { search: chosen.contractNo, text: '解' });
  await page.reload();
  const row = page.locator('.ant-table-row', { hasText: '已解保' });
  await row.waitFor();
  expect(await row.textContent()).toMatch(/〔解〕|解〔/);
  await page.goto(`/guarantees/${chosen.guarantorId}/${chosen.id}`);
  await page.getByText('已解保').first().waitFor();
}, 240_000);

test('J9 预警：知悉日起按工作日计时，方案、任务、关闭', async () => {
  const page = await pageOf('demo-baohou');
  const [held] = await rowsOf<GuaranteeRow>(page, '/api/guarantees?status=in-force&limit=1');
  await page.goto(`/aftercare/guarantees/${held!.guarantorId}/${held!.id}?tab=warnings`);
  await page.getByRole('button', { name: '登记预警' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('情况').fill('被供应商起诉，标的 50 万元');
  await dialog.getByRole('button', { name: /登\s*记/ }).click();
  await page.locator('.ant-table-row', { hasText: '剩 3 个工作日' }).click();
  await page.getByRole('button', { name: '制定方案' }).click();
  await dialog.getByLabel('处置方案').fill('与银行联合约谈并追加担保');
  await dialog.getByLabel('任务').fill('约谈实际控制人');
  await dialog.getByLabel('完成期限').fill('2027-01-15');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: '提交方案' }).click();
  await page.getByText('待银行确认').waitFor();
  await picture('demo-baohou', 'aftercare-warning');
  await page
    .getByRole('button', { name: /关\s*闭/ })
    .first()
    .click();
  await dialog.getByLabel('关闭原因').fill('已撤诉，风险解除');
  await dialog.getByRole('button', { name: '确认关闭' }).click();
  await dialog.getByText('还有 1 项任务未完成').waitFor();
  await dialog.getByRole('button', { name: /取\s*消/ }).click();
  await page.getByRole('button', { name: '登记完成' }).click();
  await dialog.getByLabel('完成情况').fill('已约谈');
  await dialog.getByRole('button', { name: '确认完成' }).click();
  await page.getByRole('button', { name: '登记完成' }).waitFor({ state: 'detached' });
  await page
    .getByRole('button', { name: /关\s*闭/ })
    .first()
    .click();
  await dialog.getByLabel('关闭原因').fill('已撤诉，风险解除');
  await dialog.getByRole('button', { name: '确认关闭' }).click();
  await page.getByText('已关闭').first().waitFor();
});

test('保后各清单：预警、检查、反担保、变更，各有本机构的行', async () => {
  const page = await pageOf('demo-baohou');
  for (const [path, name] of [
    ['/aftercare', 'warnings'],
    ['/aftercare/inspections', 'inspections'],
    ['/aftercare/counters', 'counters'],
    ['/aftercare/changes', 'changes'],
  ] as const) {
    await page.goto(path);
    await page.locator('.ant-table-row').first().waitFor();
    await picture('demo-baohou', `aftercare-list-${name}`);
  }
});
