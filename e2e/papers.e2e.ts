import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds } from '../src/modules/documents/contract/kinds.ts';
import { sampleValues } from '../src/modules/documents/values.ts';
import { buildDocx, writeDocx } from '../src/platform/docx/index.ts';
import { type Product, sharedProduct, type Visitor } from './support/index.ts';

/** A risk officer keeps the institution's own text, a paper is made, printed, checked by a stranger, revoked and checked again. */

let product: Product;
let visitor: Visitor;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-papers-'));
  product = await sharedProduct();
  visitor = await product.visit();
  await visitor.signIn('r02-risk');
  visitor.page.setDefaultTimeout(15_000);
});
afterAll(async () => {
  await visitor?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('模板：上传即见字段，写错的字段按名退回，预览、启用、与样例比较', async () => {
  const { page } = visitor;
  const file = async (name: string, ...lines: string[]) => {
    const at = path.join(folder, name);
    writeFileSync(at, await writeDocx(buildDocx(lines.map((text) => ({ kind: 'text', text })))));
    return at;
  };
  await page.goto('/documents/templates');
  await page.getByText('样例文本').first().waitFor();
  await visitor.screenshot('documents-templates');
  await page.getByText('意向函', { exact: true }).first().click();
  await page.getByText('担保意向函').waitFor();
  await page.getByRole('button', { name: '上传新版本' }).click();
  await page.locator('input[type=file]').setInputFiles(await file('错.docx', '致{{银行}}：{{借款人}}'));
  await page.getByText('没有这些字段：银行').waitFor();
  await visitor.screenshot('documents-template-refused');
  const good = await file(
    '意向函.docx',
    '{{文号}}',
    '致{{银行名称}}：同意为{{借款人}}担保{{主债权金额}}元（{{主债权金额大写}}）。',
    '{{担保机构}}{{印章}}',
  );
  await page.locator('input[type=file]').setInputFiles(good);
  await page.getByText('致某银行太原分行').waitFor();
  await page.getByRole('button', { name: '启用' }).first().click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /启\s*用/ })
    .click();
  await page.getByText('已启用').first().waitFor();
  await visitor.screenshot('documents-template');
  await page.getByLabel('预览哪个版本').click();
  await page.locator('.ant-select-item-option', { hasText: '比较两个版本' }).click();
  await page.getByText('＋ 致{{银行名称}}').waitFor();
  await visitor.screenshot('documents-compare');
});

test('文书：制作两份、合并打印、签章回传、扫码查验、作废后再查验', async () => {
  const { page } = visitor;
  const me = (await (await page.request.get('/api/me')).json()) as { institution: { id: string } };
  const issue = async (template: 'intent-letter' | 'entrust-contract') => {
    const answer = await page.request.post('/api/documents', {
      headers: { 'x-requested-with': 'rongdan' },
      data: {
        template,
        subject: `case:${me.institution.id}/1`,
        ...sampleValues(kinds[template]),
        customerName: '晋样装备制造有限公司',
      },
    });
    expect(answer.status(), await answer.text()).toBe(201);
    return (await answer.json()) as { guarantorId: number; id: string; number: string };
  };
  const [letter, contract] = [await issue('intent-letter'), await issue('entrust-contract')];
  await page.goto('/documents');
  await page.getByText(contract.number).waitFor();
  for (const { number } of [letter, contract]) await page.getByLabel(`选择 ${number}`).check();
  await visitor.screenshot('documents-list');
  const [printed] = await Promise.all([page.waitForEvent('download'), page.getByText('合并打印（2份）').click()]);
  expect(printed.suggestedFilename()).toContain('2份');
  await page.getByText(contract.number).click();
  await page.getByText('第一条　担保的主债权').waitFor();
  const scan = path.join(folder, '签章扫描件.pdf');
  writeFileSync(scan, '%PDF-1.7\n%%EOF\n');
  await page.locator('input[type=file]').first().setInputFiles(scan);
  await page.getByText('签章扫描件.pdf').waitFor();
  await visitor.screenshot('documents-detail');
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
  expect([...visitor.errors, ...stranger.errors]).toEqual([]);
  await stranger.close();
});
