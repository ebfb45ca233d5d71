import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildDocx, writeDocx } from '../src/platform/docx/index.ts';
import { agreeInTurn } from './support/approve.ts';
import { Cast, dialogOf, takeOption } from './support/cast.ts';
import { type Page, type Product, sharedProduct } from './support/index.ts';

/** A risk officer keeps the institution's own text, a paper is made, printed, checked by a stranger, revoked and checked again. */

let product: Product;
const cast = new Cast(() => product);
const by = 'demo-fengkong';
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-papers-'));
  product = await sharedProduct();
});
afterAll(async () => {
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('模板：上传即见字段，写错的字段按名退回，预览、启用、与样例比较', async () => {
  const page = await cast.page(by);
  const file = async (name: string, ...lines: string[]) => {
    const at = path.join(folder, name);
    writeFileSync(at, await writeDocx(buildDocx(lines.map((text) => ({ kind: 'text', text })))));
    return at;
  };
  await page.goto('/documents/templates');
  await page.getByText('样例文本').first().waitFor();
  await cast.picture(by, 'documents-templates');
  await page.getByText('意向函', { exact: true }).first().click();
  await page.getByText('担保意向函').waitFor();
  await page.getByRole('button', { name: '上传新版本' }).click();
  await page.locator('input[type=file]').setInputFiles(await file('错.docx', '致{{银行}}：{{借款人}}'));
  await page.getByText('没有这些字段：银行').waitFor();
  await cast.picture(by, 'documents-template-refused');
  const good = await file(
    '意向函.docx',
    '{{文号}}',
    '致{{银行名称}}：同意为{{借款人}}担保{{主债权金额}}元（{{主债权金额大写}}）。',
    '{{担保机构}}{{印章}}',
  );
  await page.locator('input[type=file]').setInputFiles(good);
  await page.getByText('致某银行太原分行').waitFor();
  await page.getByRole('button', { name: '提交审批' }).first().click();
  await dialogOf(page).getByRole('button', { name: '提交审批' }).click();
  await page.locator('.ant-table-row', { hasText: '审批中' }).waitFor();
  // Another risk officer, then the head: who handed it in has no say in it.
  await agreeInTurn(cast, ['demo-fengkong2', 'demo-pingshen'], { search: '意向函模板' });
  await page.reload();
  await page.locator('.ant-table-row', { hasText: '已启用' }).waitFor();
  await cast.picture(by, 'documents-template');
  await page.getByLabel('预览哪个版本').click();
  await page.locator('.ant-select-item-option', { hasText: '比较两个版本' }).click();
  await page.getByText('＋ 致{{银行名称}}').waitFor();
  await cast.picture(by, 'documents-compare');
});

/** Chooses a guarantee and a kind of paper in the form, fills what it says is missing, makes it; what was missing, and its number. */
async function makePaper(page: Page, title: string): Promise<{ number: string; missing: string[] }> {
  await page.goto('/documents/new');
  await page.getByLabel('业务', { exact: true }).click();
  await page.locator('.ant-select-item-option:visible').first().click();
  await page.locator('.ant-select-dropdown').filter({ visible: true }).waitFor({ state: 'hidden' });
  await page.getByLabel('文书种类').click();
  await takeOption(page, title);
  const note = page.getByText(/^(还缺 \d+ 项：.*|模板所用字段都已从业务取得，请核对)$/);
  const missing = /：(.+)$/.exec((await note.textContent()) ?? '')?.[1]?.split('、') ?? [];
  await cast.picture(by, `documents-new-${missing.length === 0 ? 'complete' : 'missing'}`);
  for (const name of missing) await page.getByLabel(name).fill(`${name}（按合同）`);
  await page.getByRole('button', { name: '制作并编号' }).click();
  await page.getByText('打开查验页').waitFor();
  const heading = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
  return { number: heading.replace(title, '').trim(), missing };
}

test('文书：按业务预填、缺什么说什么，制作两份、合并打印、签章回传、扫码查验、作废后再查验', async () => {
  const page = await cast.page(by);
  // The own text in force asks only for what the book knows; the sample of the contract for more.
  const letter = await makePaper(page, '意向函');
  expect(letter.missing).toEqual([]);
  const contract = await makePaper(page, '保证合同');
  expect(contract.missing).toContain('保证期间');
  await page.goto('/documents');
  await page.getByText(contract.number).waitFor();
  for (const { number } of [letter, contract]) await page.getByLabel(`选择 ${number}`).check();
  await cast.picture(by, 'documents-list');
  const [printed] = await Promise.all([page.waitForEvent('download'), page.getByText('合并打印（2份）').click()]);
  expect(printed.suggestedFilename()).toContain('2份');
  await page.getByText(contract.number).click();
  await page.getByText('保证期间（按合同）').first().waitFor();
  const scan = path.join(folder, '签章扫描件.pdf');
  writeFileSync(scan, '%PDF-1.7\n%%EOF\n');
  await page.locator('input[type=file]').first().setInputFiles(scan);
  await page.getByText('签章扫描件.pdf').waitFor();
  await cast.picture(by, 'documents-detail');
  const check = (await page.getByText('打开查验页').getAttribute('href'))!;
  const stranger = await product.visit();
  await stranger.page.goto(check);
  await stranger.page.getByText('文书真实有效').waitFor();
  await stranger.screenshot('verify-letter');
  await page.getByRole('button', { name: /作\s*废/ }).click();
  await page.getByLabel('作废原因').fill('金额有误，另行制作');
  await page.getByRole('button', { name: '确认作废' }).click();
  await page.getByText('金额有误，另行制作').waitFor();
  await stranger.page.goto(check);
  await stranger.page.getByText('文书已作废').waitFor();
  await stranger.screenshot('verify-letter-revoked');
  await stranger.page.goto(check.replace(/.{10}$/, 'AAAAAAAAAA'));
  await stranger.page.getByText('文书未通过查验').waitFor();
  expect([...cast.errors(), ...stranger.errors]).toEqual([]);
  await stranger.close();
});
