import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUscc } from '../db/seed/identities.ts';
import { addDays, day } from '../src/kernel/day.ts';
import { type Product, sharedProduct, type Visitor } from './support/index.ts';

let product: Product;
let visitor: Visitor;
beforeAll(async () => {
  product = await sharedProduct();
  visitor = await product.visit();
});
afterAll(async () => {
  await visitor?.close();
  await product?.stop();
});

const titles =
  '担保机构代码,担保业务编号,借款合同号,借款人名称,借款人类型,证件号码,行业代码,从业人员,营业收入,业务发生县（市、区）,贷款金额,年担保费率,起始日,到期日,业务标签';

test('银行上传一批 → 逐行结论 → 下载退回行 → 只补报退回行 → 仪表变动 → 风控抽样', async () => {
  const { page } = visitor;
  page.setDefaultTimeout(30_000);
  await visitor.signIn('demo-yinhang');
  const today = day(await page.evaluate(async () => (await (await fetch('/api/me')).json()).today));
  const parties = await page.evaluate(async () => {
    const { rows } = await (await fetch('/api/agreements?limit=500')).json();
    const { guarantorId } = rows.find((row: { productCode: string }) => row.productCode === 'batch');
    return (await fetch(`/api/institutions/${guarantorId}`)).json();
  });
  const line = (n: number, change: { county?: string; fee?: string; name?: string } = {}) =>
    [
      ...[parties.code, `E2E-B-${n}`, `JK-E2E-B-${n}`, change.name ?? `演示接入第${n}号商贸有限公司`, '企业'],
      ...[
        makeUscc('91', 140105, 8_100_000 + n),
        '5191',
        '12',
        '8000000.00',
        change.county ?? '140105',
        '500000.00',
        change.fee ?? '0.008',
      ],
      ...[addDays(today, -20), addDays(today, 340), '支小'],
    ].join(',');
  const file = path.join(product.dataDir, '批量.csv');
  writeFileSync(
    file,
    `\ufeff${[titles, line(1), line(2), line(3, { county: '不存在县' }), line(4, { fee: '0.02' })].join('\r\n')}\r\n`,
  );

  await page.goto(`${product.url}/batches`);
  await visitor.screenshot('batch-list');
  await page.getByRole('button', { name: '报送一批' }).click();
  await page.getByLabel('批次号').fill('E2E-20261124');
  await visitor.screenshot('batch-new');
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText('已处理', { exact: true }).waitFor();
  await page.getByText('代偿率仪表：本批前后').waitFor();
  await visitor.screenshot('batch-verdicts');

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: /下载退回行（2）/ }).click();
  const bad = path.join(product.dataDir, '退回.csv');
  await (await downloading).saveAs(bad);
  const returned = readFileSync(bad, 'utf8');
  expect(returned).not.toContain('E2E-B-1,');
  expect(returned).toContain('batch-fee-ceiling');
  writeFileSync(bad, returned.replaceAll('不存在县', '140105').replaceAll(',0.02,', ',0.008,'));
  await page.getByRole('button', { name: '补报改好的行' }).click();
  await page.locator('input[type=file]').setInputFiles(bad);
  await page.getByText('批次 E2E-20261124-补1').waitFor();
  await page.getByText('全部行已处理完毕。').waitFor();

  await page.goto(`${product.url}/batches/meters`);
  await page.getByText('代偿与可代偿额度').waitFor();
  await page.locator('canvas').first().waitFor();
  await visitor.screenshot('batch-meters');

  const auditor = await product.visit();
  const desk = auditor.page;
  desk.setDefaultTimeout(30_000);
  await auditor.signIn('demo-fengkong');
  await desk.goto(`${product.url}/batches/samples`);
  await desk.getByText('demo-2026-sample').first().click();
  await desk.getByRole('button', { name: '登记结果' }).first().waitFor();
  await auditor.screenshot('batch-sample');
  await desk.getByRole('button', { name: '登记结果' }).first().click();
  await desk.getByText('不合格', { exact: true }).last().click();
  await desk.getByLabel('发现').fill('借款人实际控制人与另一户相同');
  await desk
    .getByRole('button', { name: /登\s*记$/ })
    .last()
    .click();
  await desk.getByRole('button', { name: '提出剔除' }).first().click();
  await desk.getByLabel('依据条款').fill('国融担〔2020〕23号批量业务条件');
  await desk
    .getByRole('button', { name: /提\s*出$/ })
    .last()
    .click();
  await desk.getByText('已提出剔除').first().waitFor();
  await auditor.screenshot('batch-excluded');
  expect([...visitor.errors, ...auditor.errors]).toEqual([]);
  await auditor.close();
}, 240_000);
