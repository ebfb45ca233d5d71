import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { yuan } from '../src/kernel/money.ts';
import { demoSchemes } from '../src/modules/subsidies/schemes-demo.ts';
import { type OwnProduct, type Page, startProduct, type Visitor } from './support/index.ts';

/** J17–J21 in one book: a day sent, faults found, a quarter certified, money prepaid and settled next year, one 分 followed back. */

const county = 140122;
/** A prepayment takes the last four quarters; the settlement the four of the year. */
const earlier = ['2025-Q4', '2026-Q1', '2026-Q2'] as const;
const quarter = '2026-Q3';
/** Ends the year that was prepaid in it: certified and settled in the next one. */
const lastQuarter = '2026-Q4';
const nextYearsDay = '2027-01-20';
const endOf: Record<string, string> = {
  '2025-Q4': '2025-12-31',
  '2026-Q1': '2026-03-31',
  '2026-Q2': '2026-06-30',
  '2026-Q3': '2026-09-30',
  '2026-Q4': '2026-12-31',
};
let product: OwnProduct;
let checker: Visitor;
let bureau: Visitor;
let province: Visitor;
let prepayId: string;
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'rongdan-chain-'));

beforeAll(async () => {
  await open();
  for (const each of [...earlier, quarter]) await send(checker.page, '/api/exchange/submissions', { day: endOf[each] });
  for (const each of earlier) await certifyWithoutFaults(each);
  await adoptSchemes();
}, 600_000);

afterAll(async () => {
  await close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Starts the product on the same data, on the day given or today, with three people at their browsers. */
async function open(today = ''): Promise<void> {
  product = await startProduct({
    size: 800,
    env: { DATA_DIR: dataDir, RONGDAN_DEMO_STORY: '0', RONGDAN_TODAY: today },
  });
  [checker, bureau, province] = await Promise.all([product.visit(), product.visit(), product.visit()]);
  for (const { page } of [checker, bureau, province]) page.setDefaultTimeout(60_000);
  await checker.signIn('demo-hedui');
  await bureau.signIn('demo-yangqu');
  await province.signIn('demo-caizhengting');
}

async function close(): Promise<void> {
  for (const visitor of [checker, bureau, province]) await visitor?.close();
  await product?.stop();
}

test('日报送：立即报送昨日，看板上全部已接收', async () => {
  const { page } = checker;
  await page.goto('/exchange');
  await page.getByText('监测系统替身').first().waitFor();
  await page.getByRole('button', { name: '立即报送' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /报\s*送/ })
    .click();
  await page.getByRole('button', { name: '知道了' }).click({ timeout: 100_000 });
  await page.locator('tbody button.exchange-cell').last().click();
  await page.getByText('内容摘要（SM3）').waitFor();
  await page.getByText('有效', { exact: true }).waitFor();
  await checker.screenshot('chain-package');
}, 180_000);

test('数据核对：替身丢两笔、改两笔，核对正好找出这四条；说明后封存', async () => {
  const { page } = checker;
  await orderFault('丢失若干笔', 2, endOf[quarter]!);
  await orderFault('改动若干笔', 2, endOf[quarter]!);
  const harmed = await page.locator('.exchange-faults .figure').allTextContents();
  expect(harmed).toHaveLength(4);
  await checker.screenshot('chain-faults');
  const runId = await reconcile(quarter);
  await page.goto(`/reconciliation/${runId}`);
  await page.getByText('对账小结').waitFor();
  await page.getByRole('button', { name: '处理差异（4 条待处理）' }).waitFor();
  expect(await page.getByText('各项之和').count()).toBe(0);
  await checker.screenshot('chain-run');
  await page.getByRole('button', { name: '处理差异（4 条待处理）' }).click();
  await page.locator('tbody .badge-bad').nth(3).waitFor();
  expect(await page.locator('tbody').getByText('遗漏').count()).toBe(2);
  for (const contractNo of harmed) expect(await page.locator('tbody').getByText(contractNo).count()).toBe(1);
  await page.locator('tbody tr').filter({ hasText: '在保余额' }).first().click();
  await page.getByText('两边记录').waitFor();
  await checker.screenshot('chain-difference');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '处理筛选出的全部' }).click();
  await page.getByLabel('处理说明').fill('替身演示造错，已与对方逐笔核实');
  await page
    .getByRole('button', { name: /处\s*理$/ })
    .last()
    .click();
  await page.getByText('已处理 4 条').waitFor();
  await page.goto(`/reconciliation/${runId}`);
  await page.getByRole('button', { name: /封\s*存/ }).click();
  await agree(page, '/seal');
  await page.getByRole('link', { name: '打印 PDF' }).waitFor();
}, 180_000);

test('季度反馈：封存、县里提异议、答复、确认、定稿；任何人可验证', async () => {
  const { page } = checker;
  await page.goto(`/feedback?quarter=${quarter}`);
  await page.getByRole('button', { name: '封存并出具凭证' }).click();
  await agree(page, '/quarters');
  await page.getByRole('link', { name: '山西省' }).waitFor({ timeout: 100_000 });
  await checker.screenshot('chain-quarter');

  const { id, verificationCode } = await certificateOf(quarter);
  await bureau.page.goto(`/feedback/${id}?tab=rows`);
  await bureau.page
    .getByRole('button', { name: /^异\s*议$/ })
    .first()
    .click();
  await bureau.page.getByLabel('异议理由').fill('该企业注册地已迁出本县，请核实');
  await bureau.page.getByRole('button', { name: '提出异议' }).click();
  await bureau.page.getByRole('button', { name: '再异议' }).waitFor();

  await page.goto('/feedback/objections');
  await page
    .getByRole('button', { name: /答\s*复/ })
    .first()
    .click();
  await page.getByLabel('答复理由').fill('放款时业务发生地在本县，维持原数');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /答\s*复/ })
    .click();
  await page.getByText('维持原数', { exact: true }).first().waitFor();

  await confirmByAll(id);
  await page.goto(`/feedback/${id}`);
  const finalise = page.getByRole('button', { name: /^定\s*稿$/ });
  await page.getByText('按主标签').first().waitFor();
  if (await finalise.isVisible()) {
    await finalise.click();
    await agree(page, '/finalisation');
  }
  await page.getByText('已定稿').first().waitFor();
  await checker.screenshot('chain-certificate');

  const anyone = await product.visit();
  await anyone.page.goto(`/verify?code=${encodeURIComponent(verificationCode)}`);
  await anyone.page.getByText('凭证真实有效').first().waitFor();
  await anyone.screenshot('chain-verify');
  await anyone.close();
}, 240_000);

test('预拨：试算、提交、另一人核定、通知书；指标文、拨付、到账都有凭据', async () => {
  prepayId = await computeAndApprove('prepay', 2026);
  await payAll(prepayId);
  for (const visitor of [checker, bureau, province]) expect(visitor.errors).toEqual([]);
}, 240_000);

test('次年清算：应补＝预拨＋清算；通知书人人可查，一分钱从通知书到县、到借款、到条款', async () => {
  await close();
  await open(nextYearsDay);
  expect(product.output()).toContain(`业务日期设为 ${nextYearsDay}`);
  await checker.page.goto('/exchange');
  await checker.page.getByText(`演示日期 ${nextYearsDay}`).waitFor();
  await checker.page.getByRole('button', { name: '全部撤销' }).click();
  await checker.page.locator('.exchange-faults').waitFor({ state: 'detached' });
  await send(checker.page, '/api/exchange/submissions', { day: endOf[lastQuarter] });
  await certifyWithoutFaults(lastQuarter);

  const runId = await computeAndApprove('settle', 2026);
  type Run = { totals: Record<'entitled' | 'prepaid' | 'net', string>; letters: { number: string; amount: string }[] };
  const { totals, letters } = await ask<Run>(bureau.page, `/api/subsidies/runs/${runId}`);
  const prepaid = (await ask<Run>(bureau.page, `/api/subsidies/runs/${prepayId}`)).totals.net;
  expect([Number(totals.prepaid) > 0, totals.prepaid]).toEqual([true, prepaid]);
  expect(yuan(totals.entitled)).toBe(yuan(prepaid) + yuan(totals.net));

  const { page } = bureau;
  await page.getByText('两边相等，分毫不差').first().waitFor();
  await bureau.screenshot('chain-next-year');
  await page.getByRole('tab', { name: '文书与拨付' }).click();
  const check = page.getByRole('link', { name: '查验' }).first();
  const anyone = await product.visit();
  await anyone.page.goto((await check.getAttribute('href'))!);
  await anyone.page.getByText('通知书真实有效').waitFor();
  await anyone.page.getByText(letters[0]!.number).first().waitFor();
  await anyone.page.getByText(shownYuan(letters[0]!.amount)).waitFor();
  await anyone.screenshot('chain-letter-check');
  await anyone.page.getByLabel('核验码').fill('AAAA-BBBB-CCCC');
  await anyone.page.getByRole('button', { name: /查\s*验/ }).click();
  await anyone.page.getByText('没有编号与核验码都相符的通知书').waitFor();
  expect(anyone.errors).toEqual([]);
  await anyone.close();

  await page.getByRole('tab', { name: '给谁多少' }).click();
  await page.locator('tbody tr', { hasText: '阳曲县' }).locator('td.num button').first().click();
  const loan = page.locator('.ant-drawer tbody button.text-button').first();
  await loan.waitFor();
  await bureau.screenshot('chain-county-amount');
  await loan.click();
  await page.getByText('条件（依次看，有一条不满足即不补）').waitFor();
  await bureau.screenshot('chain-how-computed');
  const drawer = page.locator('.ant-drawer');
  const linkOf = (name: RegExp) => drawer.getByRole('link', { name }).first().getAttribute('href');
  const [certificate, article] = [await linkOf(/^SX-2026Q/), await linkOf(/第十六条/)];
  await drawer.locator('a[href^="/guarantees/"]').click();
  await page.waitForURL(/\/guarantees\/\d+\/\d+/);
  await page.goto(certificate!);
  await page.getByText('已定稿').first().waitFor();
  await page.goto(article!);
  await page.locator('.law-card-here', { hasText: '第十六条' }).waitFor();
  for (const visitor of [checker, bureau, province]) expect(visitor.errors).toEqual([]);
}, 240_000);

/** Enters what shows that the prepayment arrived: one payment in its dialogue, step after step, the others through the interface. */
async function payAll(runId: string): Promise<void> {
  const { page } = bureau;
  await page.goto(`/subsidies/${runId}?tab=money`);
  const row = page.locator('tbody tr.ant-table-row').first();
  for (const [step, reference] of [
    ['指标文', '并财金〔2026〕9号'],
    ['拨付', '支付令 0001'],
    ['到账', '流水 0001'],
  ] as const) {
    await row.getByRole('button', { name: '登记凭据' }).click();
    const dialog = page.getByRole('dialog');
    // The next step is offered by itself.
    await dialog.locator('.ant-select').getByText(step, { exact: true }).waitFor();
    await dialog.getByLabel('文号、凭证号或流水号').fill(reference);
    if (step === '指标文') await bureau.screenshot('chain-evidence');
    await dialog.getByRole('button', { name: /登\s*记/ }).click();
    await row.getByText(reference).waitFor();
    await dialog.waitFor({ state: 'detached' });
  }
  expect(await row.getByRole('button', { name: '登记凭据' }).count()).toBe(0);
  await bureau.screenshot('chain-paid');
  const { rows } = await ask<{ rows: { id: string; state: string; events: unknown[] }[] }>(
    page,
    `/api/subsidies/payments?runId=${runId}&limit=500`,
  );
  const { today } = await ask<{ today: string }>(page, '/api/me');
  for (const payment of rows.filter((each) => each.events.length === 0)) {
    for (const kind of ['index', 'disbursed', 'received'])
      await send(page, `/api/subsidies/payments/${payment.id}/evidence`, {
        kind,
        on: today,
        reference: `${kind} ${payment.id}`,
      });
  }
}

/** As the page shows it. */
const shownYuan = (amount: string) => amount.replace(/\B(?=(\d{3})+(?=\.))/g, ',');

/** Tries, keeps and submits as the county's bureau; approves as the province; answers the run's id with its page open at the bureau. */
async function computeAndApprove(kind: 'prepay' | 'settle', year: number): Promise<string> {
  const { page } = bureau;
  await page.goto('/subsidies/new');
  if (kind === 'settle') await page.getByText('清算（年度终了后）').click();
  await page.getByLabel('年度', { exact: true }).fill(String(year));
  await page.getByRole('button', { name: /试\s*算/ }).click();
  await page.getByText('试算结果').first().waitFor();
  await page.getByText('占位').first().waitFor();
  await bureau.screenshot(`chain-try-${kind}`);
  await page.getByRole('button', { name: '保存为草稿' }).click();
  await page.getByRole('button', { name: '提交核定' }).click();
  await page.getByText('待核定').first().waitFor();
  const runId = new URL(page.url()).pathname.split('/').at(-1)!;
  await province.page.goto(`/subsidies/${runId}`);
  await province.page.getByRole('button', { name: /^核\s*定$/ }).click();
  await agree(province.page, '/approve');
  await province.page.getByRole('link', { name: '通知书 PDF' }).waitFor();
  await page.goto(`/subsidies/${runId}`);
  await page.getByRole('link', { name: '通知书 PDF' }).waitFor();
  return runId;
}

/** The province sets the placeholder schemes, the county adopts them as they are. */
async function adoptSchemes(): Promise<void> {
  const [first, ...others] = demoSchemes;
  const document = '演示采用文件（占位）';
  for (const scheme of others) {
    const { id } = await send<{ id: number }>(province.page, '/api/subsidies/schemes', scheme);
    await send(bureau.page, `/api/subsidies/schemes/${id}/adoptions`, {
      regionCode: county,
      from: '2020-01-01',
      document,
    });
  }
  await send(province.page, '/api/subsidies/schemes', first);
  const { page } = bureau;
  await page.goto('/subsidies/schemes');
  await page
    .locator('.panel', { hasText: first!.title })
    .getByRole('button', { name: /采\s*用/ })
    .click();
  await page.getByLabel('自何日起').fill('2020-01-01');
  await page.getByLabel('自何日起').press('Enter');
  await page.getByLabel('采用文件（文号）').fill(document);
  await bureau.screenshot('chain-adopt');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /采\s*用/ })
    .click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('.panel', { hasText: first!.title }).getByText('阳曲县').waitFor();
}

/** Says yes in the question that is open and waits for the answer of the interface; a refusal fails with its words. */
async function agree(page: Page, endOfUrl: string): Promise<void> {
  const answering = page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith(endOfUrl));
  await page.locator('.ant-popover:visible .ant-btn-primary').click();
  const answer = await answering;
  if (!answer.ok()) throw new Error(`${endOfUrl}：${answer.status()} ${await answer.text()}`);
}

/** Reconciles, seals and certifies an earlier quarter, and makes the county's certificate final. */
async function certifyWithoutFaults(of: string): Promise<void> {
  const { page } = checker;
  const runId = await reconcile(of);
  await send(page, `/api/reconciliation/runs/${runId}/seal`, {});
  await send(page, '/api/feedback/quarters', { quarter: of });
  const { id } = await certificateOf(of);
  await confirmByAll(id);
  await send(page, `/api/feedback/certificates/${id}/finalisation`, {}).catch(() => undefined);
}

/** Asks for a reconciliation as of a quarter's end and waits until it is whole; answers its id. */
async function reconcile(of: string): Promise<string> {
  const { page } = checker;
  const { runId } = await send<{ runId: string }>(page, '/api/reconciliation/runs', reconcileBody(of));
  const isDone = async () =>
    expect((await ask<{ status: string }>(page, `/api/reconciliation/runs/${runId}/state`)).status).toBe('done');
  await vi.waitFor(isDone, { timeout: 100_000, interval: 200 });
  return runId;
}

const reconcileBody = (of: string) => ({
  ours: { asOf: endOf[of] },
  theirs: { asOf: endOf[of] },
  source: { kind: 'monitor' },
});

async function certificateOf(of: string): Promise<{ id: string; verificationCode: string }> {
  const list = await ask<{ rows: { id: string }[] }>(
    checker.page,
    `/api/feedback/certificates?quarter=${of}&region=${county}&level=3`,
  );
  return ask(checker.page, `/api/feedback/certificates/${list.rows[0]!.id}`);
}

/** The county's bureau says so itself; the others' letters are entered. */
async function confirmByAll(id: string): Promise<void> {
  await send(bureau.page, `/api/feedback/certificates/${id}/confirmations`, {});
  const parties = await ask<{ rows: { id: string; kind: string; regionCode: string }[] }>(
    checker.page,
    `/api/institutions?region=${county}&limit=100`,
  );
  for (const party of parties.rows.filter((each) => each.kind === 'regulator' && each.regionCode === String(county)))
    await send(checker.page, `/api/feedback/certificates/${id}/paper-confirmations`, {
      institutionId: Number(party.id),
      document: '阳金函〔2026〕1号',
    });
}

/** Calls the interface as the person signed in on the page. Throws with the answer when it is refused. */
async function send<T>(page: Page, url: string, body: unknown): Promise<T> {
  const answer = await page.request.post(`${product.url}${url}`, {
    data: body,
    headers: { 'x-requested-with': 'rongdan', 'idempotency-key': crypto.randomUUID() },
    timeout: 120_000,
  });
  if (!answer.ok()) throw new Error(`${url}：${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function ask<T>(page: Page, url: string): Promise<T> {
  const answer = await page.request.get(`${product.url}${url}`);
  if (!answer.ok()) throw new Error(`${url}：${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Tells the stand-in what to do wrong, on the page of the daily packages, and waits until it is listed as done. */
async function orderFault(kind: string, count: number, asOf: string): Promise<void> {
  const { page } = checker;
  await page.goto('/exchange');
  await page.getByLabel('出什么错').click();
  await page.locator('.ant-select-dropdown:visible').getByText(kind, { exact: true }).click();
  await page.getByLabel('笔数').fill(String(count));
  await page.getByLabel('取自何日在保').fill(asOf);
  await page.getByLabel('取自何日在保').press('Enter');
  await page.getByRole('button', { name: '让它出错' }).click();
  await page.locator('.exchange-faults').getByText(kind).waitFor();
}
