import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUscc } from '../db/seed/identities.ts';
import type { CaseDetail } from '../src/modules/cases/contract/detail.ts';
import { Cast, dialogOf, takeOption } from './support/cast.ts';
import { type Page, type Product, sharedProduct } from './support/index.ts';

/** J1: a bank files a single case; it is looked into, reviewed, decided by committee, signed, paid out, in force, filed. */

let product: Product;
let path = '';
let number = '';
const cast = new Cast(() => product);
beforeAll(async () => {
  product = await sharedProduct();
});
afterAll(() => product?.stop());

const pageOf = (account: string) => cast.page(account);
const picture = (account: string, name: string) => cast.picture(account, name);
async function open(account: string, tab?: string): Promise<Page> {
  const page = await pageOf(account);
  if (path === '') throw new Error('前一段没有提交成功');
  await page.goto(`${path}${tab ? `?tab=${tab}` : ''}`);
  await page.getByText(number).first().waitFor();
  return page;
}
const option = (page: Page, text: string) => takeOption(page, text);
const stateIs = (page: Page, state: string) => page.locator('h1', { hasText: state }).waitFor();
const confirm = (page: Page) =>
  dialogOf(page)
    .getByRole('button', { name: /确\s*认/ })
    .click();
const caseNow = (account: string) => cast.read<CaseDetail>(account, `/api${path}`);
const instanceId = async (): Promise<string> => {
  const { approval } = await caseNow('demo-kehu');
  if (!approval) throw new Error('没有审批');
  return approval.instanceId;
};
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A customer in force at an institution of another city: what the search across institutions finds. */
async function strangerInForce(): Promise<string> {
  const { rows } = await cast.read<{ rows: { guarantorId: number; guarantorName: string; customerId: string }[] }>(
    'demo-shenji',
    '/api/guarantees?status=in-force&limit=200',
  );
  const elsewhere = rows.filter((each) => !each.guarantorName.startsWith('太原'));
  for (const row of elsewhere.slice(0, 30)) {
    const url = `/api/customers/${row.guarantorId}/${row.customerId}`;
    const { kind, identityNo } = await cast.read<{ kind: string; identityNo: string }>('demo-shenji', url);
    if (kind === 'enterprise') return identityNo;
  }
  throw new Error('别的机构没有在保的企业');
}

test('银行录入：自动保存、当场核验、缺什么说什么，补齐即可提交', async () => {
  const page = await pageOf('demo-yinhang');
  await page.goto('/cases/new');
  await page.getByLabel('担保机构').fill('太原市融资');
  await option(page, '太原市融资担保有限公司');
  await page.getByRole('button', { name: '开始填写' }).click();
  await page.getByLabel('产品').click();
  await option(page, '小微企业担保');
  await page.getByLabel('申请金额').fill('600');
  await page.getByLabel('期限（月）').fill('24');
  await page.getByLabel('业务所在县（市、区）').fill('小店区');
  await page.locator('.ant-cascader-menu-item:visible', { hasText: '小店区' }).first().click();
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
}, 300_000);

test('准入模拟：不符合的条款与改到多少即可；关联方跨机构查重；提交', async () => {
  const page = await pageOf('demo-yinhang');
  await page.getByLabel('申请金额').fill('1500');
  const clause = page.locator('.case-side .case-finding', { hasText: /本次不超过/ }).first();
  await clause.waitFor();
  await picture('demo-yinhang', 'case-ineligible');
  await page.getByLabel('申请金额').fill('600');
  await page.getByRole('button', { name: '增加关联方' }).click();
  await page.getByLabel('关系').click();
  await option(page, '实际控制人');
  await page.getByLabel('姓名或名称').fill('别处在保有限公司');
  const related = page.locator('.panel', { has: page.getByRole('heading', { name: '关联方' }) });
  await related.getByLabel('证件类型').click();
  await option(page, '统一社会信用代码');
  await page.getByLabel('证件号码（关联方）').fill(await strangerInForce());
  await page.getByText('关联方别处在保有限公司在全省其他机构有在保业务').first().waitFor();
  await page.getByText('可以提交').waitFor();
  await picture('demo-yinhang', 'case-application');
  await page.getByRole('button', { name: '提交申请' }).click();
  await stateIs(page, '待受理');
  path = new URL(page.url()).pathname;
  number = (await caseNow('demo-yinhang')).number;
}, 300_000);

test('A、B角尽调：受理、清单、走访、结论，转评审', async () => {
  const kehu = await open('demo-kehu');
  await kehu.getByRole('button', { name: /^受\s*理$/ }).click();
  await dialogOf(kehu).getByLabel('A角（主办）').click();
  await option(kehu, '王建国');
  await dialogOf(kehu).getByLabel('B角（协办）').click();
  await option(kehu, '孙丽');
  await confirm(kehu);
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
  await dialogOf(kehu2).getByLabel('会见人').fill('王旅程');
  await dialogOf(kehu2).getByLabel('纬度').fill('37.740000');
  await dialogOf(kehu2).getByLabel('经度').fill('112.560000');
  const photo = { name: '厂房.png', mimeType: 'image/png', buffer: pixel };
  await dialogOf(kehu2).locator('input[type=file]').setInputFiles(photo);
  await dialogOf(kehu2).getByText('照片（1）').waitFor();
  await dialogOf(kehu2).getByLabel('走访情况').fill('设备在用，库存与订单相符');
  await confirm(kehu2);
  await kehu2.getByText('设备在用，库存与订单相符').first().waitFor();
  await kehu2.getByRole('link', { name: '照片 1' }).waitFor();
  for (const page of [kehu2, kehu]) {
    await page.getByRole('button', { name: '出具尽调结论' }).click();
    await dialogOf(page).getByLabel('意见').fill('经营稳定，同意担保');
    await confirm(page);
    await dialogOf(page).waitFor({ state: 'hidden' });
  }
  await stateIs(kehu, '评审中');
}, 300_000);

test('风控评审、评分、反担保法务审查；评审报告由录入数据写成', async () => {
  const risk = await open('demo-fengkong', 'review');
  await risk.getByRole('button', { name: '出具风险意见' }).click();
  await dialogOf(risk).getByLabel('风险意见').fill('第一还款来源充足，风险可控');
  await confirm(risk);
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
  await risk.getByRole('button', { name: '增加反担保' }).click();
  await dialogOf(risk).getByLabel('提供人').fill('王旅程');
  await dialogOf(risk).getByLabel('反担保物或保证内容').fill('法定代表人连带责任保证');
  await confirm(risk);
  await risk.getByText('待法务审查').waitFor();
  await risk.getByRole('button', { name: /^审\s*查$/ }).click();
  await dialogOf(risk).getByLabel('审查意见').fill('保证合同要件齐备');
  await confirm(risk);
  await risk.getByText('审查通过', { exact: true }).waitFor();
  const memo = risk.locator('.case-memo');
  for (const text of ['购买生产用钢材', '设备在用，库存与订单相符', '第一还款来源充足，风险可控', '90 分'])
    await memo.getByText(text).first().waitFor();
  await picture('demo-fengkong', 'case-review');
}, 300_000);

test('A角提交审批，B角退回补正、选直接回到我，A角续报；评审会与负责人批准', async () => {
  const kehu = await open('demo-kehu');
  const ask = async () => {
    await kehu.getByRole('button', { name: '提交审批' }).click();
    await confirm(kehu);
    await stateIs(kehu, '审批中');
  };
  await ask();
  const id = await instanceId();
  const b = await pageOf('demo-kehu2');
  await b.goto(`/approvals/${id}`);
  await b.getByRole('button', { name: /^退\s*回$/ }).click();
  await dialogOf(b).getByLabel('退回到').click();
  await option(b, '发起人');
  await dialogOf(b).getByLabel('理由').fill('请补写还款来源的测算');
  await dialogOf(b).getByRole('button', { name: '确定退回' }).click();
  await b.getByText('退回补正').first().waitFor();
  await kehu.reload();
  await stateIs(kehu, '评审中');
  await ask();
  expect(await instanceId()).toBe(id);
  await b.reload();
  await b.getByText('直接回到退回人').first().waitFor();
  const does = async (account: string, verb: string, fill?: (page: Page) => Promise<void>) => {
    const page = await pageOf(account);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('button', { name: new RegExp(`^${[...verb].join('\\s*')}$`) }).click();
    await fill?.(page);
    await dialogOf(page)
      .getByRole('button', { name: `确定${verb}` })
      .click();
    await dialogOf(page).waitFor({ state: 'hidden' });
  };
  for (const account of ['demo-kehu2', 'demo-fengkong', 'demo-caiwu']) await does(account, '同意');
  for (const account of ['demo-pingshen', 'demo-pingshen2', 'demo-pingshen3'])
    await does(account, '投票', (page) => dialogOf(page).getByRole('radio', { name: '同意', exact: true }).check());
  await does('demo-pingshen', '同意');
  await kehu.reload();
  await stateIs(kehu, '已批准');
}, 300_000);

test('收费计划、意向函、签约、放款通知书；银行报放款，计入在保并生成备案', async () => {
  const kehu = await open('demo-kehu', 'fees');
  await kehu.getByRole('button', { name: '确定收费计划' }).click();
  await dialogOf(kehu).getByRole('radio', { name: '按年缴纳' }).check();
  await dialogOf(kehu).getByLabel('第二年起各年的年费率（%）').fill('0.3');
  await confirm(kehu);
  await kehu.getByText('ACT/365，算头不算尾').first().waitFor();
  await picture('demo-kehu', 'case-fees');
  await kehu.getByRole('tab', { name: '文书' }).click();
  const made = (title: string) => kehu.locator('.case-files b', { hasText: title }).first().waitFor();
  await kehu.getByRole('button', { name: '制作意向函' }).click();
  await made('意向函');
  await kehu.getByRole('button', { name: '开始签约' }).click();
  await dialogOf(kehu).getByLabel('借款合同号').fill('JK-2026-旅程');
  await confirm(kehu);
  await stateIs(kehu, '签约待放款');
  for (const title of ['委托担保合同', '保证合同', '放款通知书']) {
    await kehu.getByRole('button', { name: `制作${title}` }).click();
    await made(title);
  }
  await picture('demo-kehu', 'case-papers');
  await kehu.getByRole('tab', { name: '收费' }).click();
  await kehu.getByRole('button', { name: '出具缴费通知' }).click();
  await dialogOf(kehu).getByLabel('收款账户').fill('某银行太原分行 0000 0000');
  await confirm(kehu);
  await kehu.getByRole('button', { name: '再出缴费通知（已出 1 份）' }).waitFor();
  await kehu.getByRole('tab', { name: '文书' }).click();
  await made('缴费通知');
  const notice = (await caseNow('demo-kehu')).papers.find((each) => each.template === 'fee-notice');
  const pdf = await kehu.request.get(
    `/api/documents/${(await caseNow('demo-kehu')).guarantorId}/${notice?.documentId}/pdf`,
  );
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
  const caiwu = await open('demo-caiwu', 'fees');
  await caiwu.getByText('第 2 年起').waitFor();
  await caiwu.getByRole('button', { name: '登记收费' }).click();
  await dialogOf(caiwu).getByLabel('收款凭证号').fill('SK-2026-旅程');
  await confirm(caiwu);
  await caiwu.getByText('已缴').first().waitFor();
  await caiwu.getByLabel('解除的主债权金额').fill('200');
  await caiwu.getByText(/解除部分 2000000.00 ÷ 6000000.00 的未到期费用/).waitFor();
  await picture('demo-caiwu', 'case-refund');
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
  expect(cast.errors()).toEqual([]);
}, 300_000);
