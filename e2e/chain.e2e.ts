import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Agent, fetch as fetchFrom } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoSchemes } from '../src/modules/subsidies/schemes-demo.ts';
import { type Page, type Product, startProduct, type Visitor } from './support/index.ts';

/** J17–J21 in one book: a day sent, faults found and resolved, a quarter certified, money computed, one 分 followed back. */

const county = 140122;
const lastYear = ['2025-Q1', '2025-Q2', '2025-Q3', '2025-Q4'] as const;
const quarter = '2026-Q3';
const endOf: Record<string, string> = {
  '2025-Q1': '2025-03-31',
  '2025-Q2': '2025-06-30',
  '2025-Q3': '2025-09-30',
  '2025-Q4': '2025-12-31',
  '2026-Q3': '2026-09-30',
};

let product: Product;
let checker: Visitor;
let bureau: Visitor;
let province: Visitor;

beforeAll(async () => {
  product = await startProduct({ size: 800, env: { RONGDAN_DEMO_STORY: '0' } });
  [checker, bureau, province] = await Promise.all([product.visit(), product.visit(), product.visit()]);
  for (const { page } of [checker, bureau, province]) page.setDefaultTimeout(60_000);
  await checker.signIn('demo-hedui');
  await bureau.signIn('demo-yangqu');
  await province.signIn('demo-caizhengting');
  for (const each of [...lastYear, quarter])
    await send(checker.page, '/api/exchange/submissions', { day: endOf[each] });
  for (const each of lastYear) await certifyWithoutFaults(each);
  await adoptSchemes();
}, 600_000);

afterAll(async () => {
  for (const visitor of [checker, bureau, province]) await visitor?.close();
  await product?.stop();
});

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
  // Contracts in force at the quarter's end: a fault in a later one would not show in this run.
  const [one, two, three, four] = await contractsAt(endOf[quarter]!);
  await orderFault({ kind: 'lose-rows', contractNos: [one, two] });
  await orderFault({ kind: 'alter-rows', contractNos: [three, four], field: 'outstanding' });
  const { runId } = await send<{ runId: string }>(page, '/api/reconciliation/runs', reconcileBody(quarter));
  await page.goto(`/reconciliation/${runId}`);
  await page.getByText('对账小结').waitFor();
  await page.getByRole('button', { name: '处理差异（4 条待处理）' }).waitFor();
  expect(await page.getByText('各项之和').count()).toBe(0);
  await checker.screenshot('chain-run');
  await page.getByRole('button', { name: '处理差异（4 条待处理）' }).click();
  await page.locator('tbody .badge-bad').nth(3).waitFor();
  expect(await page.locator('tbody').getByText('遗漏').count()).toBe(2);
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

test('预拨与清算：试算、提交、另一人核定、通知书；一分钱查到借款与条款', async () => {
  await computeAndApprove('prepay', 2026);
  const runId = await computeAndApprove('settle', 2025);
  const { page } = bureau;
  await page.getByText('两边相等，分毫不差').first().waitFor();
  await bureau.screenshot('chain-settlement');
  await page.goto(`/subsidies/${runId}?tab=loans&eligible=true`);
  await page.locator('tbody tr.ant-table-row').first().click();
  await page.getByText('条件（依次看，有一条不满足即不补）').waitFor();
  await page.getByText('第十六条').first().waitFor();
  await bureau.screenshot('chain-how-computed');
  await page.locator('.ant-drawer').getByRole('link', { name: /^SX-/ }).click();
  await page.getByText('已定稿').first().waitFor();
  for (const visitor of [checker, bureau, province]) expect(visitor.errors).toEqual([]);
}, 240_000);

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
  for (const scheme of demoSchemes) {
    const { id } = await send<{ id: number }>(province.page, '/api/subsidies/schemes', scheme);
    const adoption = { regionCode: county, from: '2020-01-01', document: '演示采用文件（占位）' };
    await send(bureau.page, `/api/subsidies/schemes/${id}/adoptions`, adoption);
  }
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
  const { runId } = await send<{ runId: string }>(page, '/api/reconciliation/runs', reconcileBody(of));
  await send(page, `/api/reconciliation/runs/${runId}/seal`, {});
  await send(page, '/api/feedback/quarters', { quarter: of });
  const { id } = await certificateOf(of);
  await confirmByAll(id);
  await send(page, `/api/feedback/certificates/${id}/finalisation`, {}).catch(() => undefined);
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

/** Contracts of the stand-in's data set with a balance on a day. */
async function contractsAt(asOf: string): Promise<string[]> {
  const text = await askStandIn('GET', `/v1/records?asOf=${asOf}`);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { kind: string; contract_no?: string; outstanding?: string })
    .filter(({ kind, outstanding }) => kind === 'record' && Number(outstanding) > 0)
    .map(({ contract_no }) => contract_no!);
}

/** Tells the stand-in what to do wrong, as its operator would. */
const orderFault = (body: unknown) => askStandIn('POST', '/v1/faults', body);

async function askStandIn(method: 'GET' | 'POST', url: string, body?: unknown): Promise<string> {
  const link = JSON.parse(readFileSync(path.join(product.dataDir, 'monitor', 'link.json'), 'utf8')) as {
    url: string;
    token: string;
  };
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const answer = await fetchFrom(`${link.url}${url}`, {
    method,
    dispatcher,
    headers: { authorization: `Bearer ${link.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  await dispatcher.close();
  if (!answer.ok) throw new Error(text);
  return text;
}
