import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUscc } from '../db/seed/identities.ts';
import type { CaseDetail } from '../src/modules/cases/contract/detail.ts';
import { type Page, type Product, sharedProduct, type Visitor } from './support/index.ts';

/** J1: a bank files a single case; it is looked into, reviewed, decided by committee, signed, paid out, in force, filed. */

let product: Product;
const visitors = new Map<string, Visitor>();
let path = '';
let number = '';
beforeAll(async () => {
  product = await sharedProduct();
});
afterAll(() => product?.stop());

async function pageOf(account: string): Promise<Page> {
  let visitor = visitors.get(account);
  if (!visitor) {
    visitor = await product.visit();
    await visitor.signIn(account);
    visitor.page.setDefaultTimeout(15_000);
    visitors.set(account, visitor);
  }
  return visitor.page;
}
const picture = (account: string, name: string) => visitors.get(account)!.screenshot(name);
async function open(account: string, tab?: string): Promise<Page> {
  const page = await pageOf(account);
  if (path === '') throw new Error('前一段没有提交成功');
  await page.goto(`${path}${tab ? `?tab=${tab}` : ''}`);
  await page.getByText(number).first().waitFor();
  return page;
}
const option = async (page: Page, text: string) => {
  await page
    .locator('.ant-select-item-option:visible, .ant-cascader-menu-item:visible', { hasText: text })
    .first()
    .click();
  // The list fades away; the next one must not be taken for it.
  await page
    .locator('.ant-select-dropdown:not(.ant-cascader-dropdown)')
    .filter({ visible: true })
    .waitFor({ state: 'hidden' });
};
const stateIs = (page: Page, state: string) => page.locator('h1', { hasText: state }).waitFor();
const dialogOf = (page: Page) => page.getByRole('dialog').filter({ visible: true });
const caseNow = async (account: string): Promise<CaseDetail> =>
  (await (await pageOf(account)).request.get(`/api${path}`)).json() as Promise<CaseDetail>;

/** The person does the verb to the own open task of the approval. */
async function decide(account: string, instanceId: string, decision: object): Promise<void> {
  const { request } = await pageOf(account);
  const { mine } = (await (await request.get(`/api/approvals/${instanceId}`)).json()) as { mine: { seq: number }[] };
  const answer = await request.post(`/api/approvals/${instanceId}/tasks/${mine[0]?.seq}`, {
    headers: { 'x-requested-with': 'rongdan' },
    data: decision,
  });
  expect(answer.ok(), `${account} ${await answer.text()}`).toBe(true);
}

test('银行录入：自动保存、当场核验、缺什么说什么，补齐后提交', async () => {
  const page = await pageOf('demo-yinhang');
  await page.goto('/cases/new');
  await page.getByLabel('担保机构').fill('太原市融资');
  await option(page, '太原市融资担保有限公司');
  await page.getByRole('button', { name: '开始填写' }).click();
  await page.getByLabel('产品').click();
  await option(page, '小微企业担保');
  await page.getByLabel('申请金额').fill('600');
  await page.getByLabel('期限（月）').fill('12');
  await page.getByLabel('业务所在县（市、区）').fill('小店区');
  await option(page, '小店区');
  await page.getByRole('textbox', { name: '贷款用途' }).fill('购买生产用钢材');
  await page.getByRole('textbox', { name: '还款来源' }).fill('产品销售回款');
  await page.getByRole('radio', { name: '企业', exact: true }).check();
  await page.getByLabel('名称或姓名').fill('太原旅程装备有限公司');
  const uscc = makeUscc('91', 140105, 990_001);
  await page.getByLabel('证件号码', { exact: true }).fill(`${uscc.slice(0, -1)}${uscc.endsWith('1') ? '2' : '1'}`);
  await page.getByText('校验不通过').waitFor();
  await page.getByLabel('证件号码', { exact: true }).fill(uscc);
  await page.getByText('校验通过').waitFor();
  await page.getByLabel('住所').fill('太原市小店区旅程路1号');
  await page.getByLabel('行业代码（GB/T 4754-2017）').fill('3360');
  await page.getByLabel('从业人员（人）').fill('100');
  await page.getByLabel('上年营业收入').fill('900');
  await page.getByLabel('联系人').fill('王旅程');
  await page.getByLabel('联系电话').fill('0351-0000000');
  await page.getByRole('checkbox', { name: '支小' }).check();
  await page.getByRole('radio', { name: '支小' }).check();
  await page.getByLabel('标签依据').fill('划型为小型企业');
  await page.getByText('已自动保存').waitFor();
  await page
    .getByText(/资料清单缺/)
    .first()
    .waitFor();
  for (const item of ['identity', 'size', 'statements', 'purpose', 'credit']) {
    const row = page.getByTestId(`file-${item}`);
    await row.locator('input[type=file]').setInputFiles({
      name: `${item}.pdf`,
      mimeType: 'application/pdf',
      buffer: Buffer.from(`%PDF-1.7\n${item}\n%%EOF\n`),
    });
    await row.getByText('已有 1 份').waitFor();
  }
  await page.getByText('可以提交').waitFor();
  await picture('demo-yinhang', 'case-application');
  await page.getByRole('button', { name: '提交申请' }).click();
  await stateIs(page, '待受理');
  path = new URL(page.url()).pathname;
  number = ((await caseNow('demo-yinhang')) as CaseDetail).number;
});

test('A、B角尽调：受理、清单、走访、结论，转评审', async () => {
  const kehu = await open('demo-kehu');
  await kehu.getByRole('button', { name: /^受\s*理$/ }).click();
  await dialogOf(kehu).getByLabel('A角（主办）').click();
  await option(kehu, '王建国');
  await dialogOf(kehu).getByLabel('B角（协办）').click();
  await option(kehu, '孙丽');
  await dialogOf(kehu)
    .getByRole('button', { name: /确\s*认/ })
    .click();
  await stateIs(kehu, '尽调中');
  await kehu.getByRole('tab', { name: '尽调' }).click();
  await kehu.getByRole('button', { name: '其余各项均符合' }).click();
  await kehu.getByRole('button', { name: '保存清单' }).click();
  await expect
    .poll(async () => (await caseNow('demo-kehu')).diligence.items.filter((each) => each.finding).length)
    .toBe(9);
  await picture('demo-kehu', 'case-diligence');
  const kehu2 = await open('demo-kehu2', 'diligence');
  await kehu2.getByRole('button', { name: '登记走访' }).click();
  await dialogOf(kehu2).getByLabel('走访日期').fill('2026-11-20');
  await dialogOf(kehu2).getByLabel('时间', { exact: true }).fill('10:00');
  await dialogOf(kehu2).getByLabel('地点').fill('太原市小店区旅程路1号厂房');
  await dialogOf(kehu2).getByLabel('走访情况').fill('设备在用，库存与订单相符');
  await dialogOf(kehu2)
    .getByRole('button', { name: /确\s*认/ })
    .click();
  await kehu2.getByText('设备在用，库存与订单相符').first().waitFor();
  for (const page of [kehu2, kehu]) {
    await page.getByRole('button', { name: '出具尽调结论' }).click();
    await dialogOf(page).getByLabel('意见').fill('经营稳定，同意担保');
    await dialogOf(page)
      .getByRole('button', { name: /确\s*认/ })
      .click();
    await dialogOf(page).waitFor({ state: 'hidden' });
  }
  await stateIs(kehu, '评审中');
});

test('风控评审、评分；A角提交审批；评审会与负责人批准', async () => {
  const risk = await open('demo-fengkong', 'review');
  await risk.getByRole('button', { name: '出具风险意见' }).click();
  await dialogOf(risk).getByLabel('风险意见').fill('第一还款来源充足，风险可控');
  await dialogOf(risk)
    .getByRole('button', { name: /确\s*认/ })
    .click();
  await risk.getByText('第一还款来源充足，风险可控').first().waitFor();
  await risk.getByRole('button', { name: /^评\s*分$/ }).click();
  const score = dialogOf(risk);
  for (const [label, value] of [
    ['经营年限（年）', '6'],
    ['资产负债率（%）', '52'],
    ['营业收入增长率（%）', '8'],
    ['近两年逾期次数（次）', '0'],
  ] as const)
    await score.getByLabel(label).fill(value);
  await score.getByLabel('第一还款来源').click();
  await option(risk, '充足');
  await score.getByLabel('反担保').click();
  await option(risk, '信用');
  await score.getByRole('button', { name: /确\s*认/ }).click();
  await risk
    .getByText(/90 分，A 级/)
    .first()
    .waitFor();
  await picture('demo-fengkong', 'case-review');
  const kehu = await open('demo-kehu');
  await kehu.getByRole('button', { name: '提交审批' }).click();
  await dialogOf(kehu)
    .getByRole('button', { name: /确\s*认/ })
    .click();
  await stateIs(kehu, '审批中');
  const { approval } = await caseNow('demo-kehu');
  const id = approval!.instanceId;
  for (const account of ['demo-kehu2', 'demo-fengkong', 'demo-caiwu'])
    await decide(account, id, { verb: 'agree', opinion: '同意' });
  for (const account of ['demo-pingshen', 'demo-pingshen2', 'demo-pingshen3'])
    await decide(account, id, { verb: 'vote', vote: 'agree', opinion: '同意' });
  for (let turn = 0; turn < 3 && (await caseNow('demo-kehu')).state === 'approving'; turn += 1) {
    const { mine } = (await (await (await pageOf('demo-pingshen')).request.get(`/api/approvals/${id}`)).json()) as {
      mine: { verbs: string[] }[];
    };
    await decide('demo-pingshen', id, {
      verb: mine[0]?.verbs.includes('conclude') ? 'conclude' : 'agree',
      opinion: '同意',
    });
  }
  await kehu.reload();
  await stateIs(kehu, '已批准');
});

test('收费计划、意向函、签约、放款通知书；银行报放款，计入在保并生成备案', async () => {
  const kehu = await open('demo-kehu', 'fees');
  await kehu.getByRole('button', { name: '确定收费计划' }).click();
  await dialogOf(kehu)
    .getByRole('button', { name: /确\s*认/ })
    .click();
  await kehu.getByText('ACT/365，算头不算尾').first().waitFor();
  await picture('demo-kehu', 'case-fees');
  await kehu.getByRole('tab', { name: '文书' }).click();
  const made = (title: string) => kehu.locator('.case-files b', { hasText: title }).first().waitFor();
  await kehu.getByRole('button', { name: '制作意向函' }).click();
  await made('意向函');
  await kehu.getByRole('button', { name: '开始签约' }).click();
  await dialogOf(kehu).getByLabel('借款合同号').fill('JK-2026-旅程');
  await dialogOf(kehu)
    .getByRole('button', { name: /确\s*认/ })
    .click();
  await stateIs(kehu, '签约待放款');
  for (const title of ['委托担保合同', '保证合同', '放款通知书']) {
    await kehu.getByRole('button', { name: `制作${title}` }).click();
    await made(title);
  }
  await picture('demo-kehu', 'case-papers');
  const bank = await open('demo-yinhang');
  expect(await bank.getByRole('tab', { name: '评审' }).count()).toBe(0);
  await bank.getByRole('button', { name: '登记放款' }).click();
  await dialogOf(bank).getByLabel('放款凭证号').fill('FK-2026-旅程');
  await dialogOf(bank).getByRole('button', { name: '放款入账' }).click();
  await stateIs(bank, '已放款在保');
  await picture('demo-yinhang', 'case-in-force');
  const found = await caseNow('demo-kehu');
  const { request } = await pageOf('demo-kehu');
  const guarantee = (await (await request.get(`/api/guarantees/${found.guarantorId}/${found.guaranteeId}`)).json()) as {
    status: string;
    outstanding: string;
  };
  expect([guarantee.status, guarantee.outstanding]).toEqual(['in-force', '6000000.00']);
  const filings = await (await request.get(`/api/filings?guarantorId=${found.guarantorId}&limit=200`)).text();
  expect(filings).toContain(found.guaranteeNo);
  await kehu.goto('/cases');
  await kehu.getByRole('tab', { name: /已放款在保/ }).waitFor();
  await kehu.getByText('太原旅程装备有限公司').first().waitFor();
  await picture('demo-kehu', 'case-list');
  for (const [account, visitor] of visitors) expect(visitor.errors, account).toEqual([]);
});
