import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cast, dialogOf, takeOption } from './support/cast.ts';
import { type Page, type Product, sharedProduct } from './support/index.ts';
import { type Matter, newReleases } from './support/releases.ts';

/** Every verb of an approval, clicked by the person whose work it is, on releases of guarantees (财务 → 风控 → 负责人). */

let product: Product;
let matters: Matter[];
const cast = new Cast(() => product);
beforeAll(async () => {
  product = await sharedProduct();
  matters = await newReleases(cast, 7);
}, 60_000);
afterAll(() => product?.stop());

const nth = (at: number): Matter => {
  const found = matters[at];
  if (!found) throw new Error('没有那么多在保业务可以解保');
  return found;
};
/** Opens the approval from the person's own to-do list, by the contract it is about. */
async function take(account: string, matter: Matter): Promise<Page> {
  const page = await cast.page(account);
  await page.goto(`/approvals?box=todo&q=${encodeURIComponent(matter.contractNo)}`);
  await page.locator('.ant-table-row', { hasText: matter.contractNo }).click();
  await page.getByRole('heading', { name: /^待我办理/ }).waitFor();
  return page;
}
/** Presses a verb and confirms it in its dialog after `fill`. */
async function does(page: Page, verb: string, opinion: string, fill?: () => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${[...verb].join('\\s*')}$`) }).click();
  const dialog = dialogOf(page);
  await fill?.();
  if (opinion) await dialog.getByLabel(/^(意见|理由)$/).fill(opinion);
  await dialog.getByRole('button', { name: `确定${verb}` }).click();
  await dialog.waitFor({ state: 'hidden' });
}
const choose = async (page: Page, label: string, text: string, isMany = false) => {
  await dialogOf(page).getByLabel(label, { exact: true }).click();
  await takeOption(page, text, isMany);
};
const history = (page: Page, ...texts: string[]) =>
  texts.reduce(
    (rows, hasText) => rows.filter({ hasText }),
    page.locator('.panel', { hasText: '经过' }).locator('.ant-table-row'),
  );

test('同意写意见；前加签、后加签；加签人签完才到下一节点', async () => {
  const caiwu = await take('demo-caiwu', nth(0));
  await does(caiwu, '同意', '账目相符');
  await history(caiwu, '同意', '账目相符').waitFor();
  const risk = await take('demo-fengkong', nth(0));
  await does(risk, '前加签', '请先核对客户情况', () => choose(risk, '人员', '王建国', true));
  await history(risk, '前加签', '请王建国先签').waitFor();
  await risk.getByText('等加签').first().waitFor();
  await cast.picture('demo-fengkong', 'approvals-add-before');
  await does(await take('demo-kehu', nth(0)), '同意', '客户已结清部分贷款');
  const again = await take('demo-fengkong', nth(0));
  await does(again, '后加签', '同意，再请孙丽过目', () => choose(again, '人员', '孙丽', true));
  const last = await take('demo-kehu2', nth(0));
  await cast.picture('demo-kehu2', 'approvals-detail');
  await does(last, '同意', '');
  await last.locator('.chain-current', { hasText: '负责人签批' }).waitFor();
});

test('转办；退回到一个节点，选择重走各节点，或直接回到我；补正后续办到办结', async () => {
  const head = await take('demo-pingshen', nth(0));
  await does(head, '转办', '请白总签批', () => choose(head, '人员', '白建平'));
  await history(head, '转办', '转给白建平').waitFor();
  const other = await take('demo-pingshen2', nth(0));
  await does(other, '退回', '请写明代偿风险', async () => {
    await choose(other, '退回到', '风控法务审查');
    await dialogOf(other).getByRole('radio', { name: '直接回到我' }).check();
    await cast.picture('demo-pingshen2', 'approvals-return');
  });
  await history(other, '退回到风控法务审查，之后直接回到退回人').waitFor();
  await does(await take('demo-fengkong', nth(0)), '同意', '已补充：无代偿风险');
  const back = await take('demo-pingshen2', nth(0));
  await does(back, '退回', '财务重核一次', async () => {
    await choose(back, '退回到', '财务资金复核');
    await dialogOf(back).getByRole('radio', { name: '重走后续各节点' }).check();
  });
  for (const account of ['demo-caiwu', 'demo-fengkong', 'demo-pingshen2'])
    await does(await take(account, nth(0)), '同意', '复核无误');
  const page = await cast.page('demo-pingshen2');
  await page.getByText('已同意').first().waitFor();
  await page.getByRole('link', { name: '查看事项' }).click();
  await page.locator('.ant-table-row', { hasText: '已解保' }).first().waitFor();
});

test('撤回：发起人在无人办理之前收回', async () => {
  const page = await cast.page('demo-baohou');
  await page.goto(`/approvals/${nth(1).instanceId}`);
  await does(page, '撤回', '金额填错');
  await history(page, '撤回', '金额填错').waitFor();
  expect(await page.getByRole('button', { name: /^撤\s*回$/ }).count()).toBe(0);
});

test('委托同事代办：受托人办理，记为代；撤销即止', async () => {
  await does(await take('demo-caiwu', nth(2)), '同意', '');
  const risk = await cast.page('demo-fengkong');
  await risk.goto('/approvals/delegations');
  await risk.getByRole('button', { name: '新增委托' }).click();
  await choose(risk, '受托人', '刘晓芳');
  await choose(risk, '流程', '解除担保审批', true);
  await dialogOf(risk).getByLabel('事由').fill('外出培训');
  await cast.picture('demo-fengkong', 'approvals-delegation');
  await dialogOf(risk).getByRole('button', { name: '确定委托' }).click();
  await risk.locator('.ant-table-row', { hasText: '生效中' }).waitFor();
  const deputy = await take('demo-caiwu', nth(2));
  await deputy.getByRole('heading', { name: '待我办理：风控法务审查（代李慧敏）' }).waitFor();
  await does(deputy, '同意', '代为审查，无异议');
  await history(deputy, '刘晓芳（代李慧敏）', '代为审查').waitFor();
  await cast.picture('demo-caiwu', 'approvals-deputy');
  await risk.locator('.ant-table-row', { hasText: '生效中' }).getByRole('button', { name: '撤销' }).click();
  await risk.locator('.ant-table-row', { hasText: '已撤销' }).waitFor();
});

test('两人同时签批：后一人得知是谁在何时办的', async () => {
  const pages = await Promise.all(['demo-pingshen', 'demo-pingshen3'].map((account) => take(account, nth(2))));
  for (const page of pages) await page.getByRole('button', { name: /^同\s*意$/ }).click();
  const [first, second] = pages as [Page, Page];
  await dialogOf(first).getByRole('button', { name: '确定同意' }).click();
  await dialogOf(first).waitFor({ state: 'hidden' });
  await dialogOf(second).getByRole('button', { name: '确定同意' }).click();
  await dialogOf(second)
    .getByText(/此事项已由张志远于 \d{4}-\d{2}-\d{2} .* 办理（同意），无须再办/)
    .waitFor();
  await cast.picture('demo-pingshen3', 'approvals-second-told');
});

test('批量同意：同一流程、同一节点的三项', async () => {
  const page = await cast.page('demo-caiwu');
  await page.goto('/approvals?box=todo&chain=release');
  const batch = [3, 4, 5].map(nth);
  for (const { contractNo } of batch)
    await page.locator('.ant-table-row', { hasText: contractNo }).getByRole('checkbox').check();
  await page.getByRole('button', { name: '批量同意（3）' }).click();
  await dialogOf(page).getByLabel('意见').fill('批量复核，账目相符');
  await cast.picture('demo-caiwu', 'approvals-batch');
  await dialogOf(page).getByRole('button', { name: '确定同意' }).click();
  await dialogOf(page).getByText('已同意 3 项').waitFor();
  await dialogOf(page)
    .getByRole('button', { name: /^关\s*闭$/ })
    .last()
    .click();
  for (const { contractNo } of batch)
    await page.locator('.ant-table-row', { hasText: contractNo }).waitFor({ state: 'detached' });
});

test('经办人停用：管理员在无人可办里看到，指派给能办的人', async () => {
  const { instanceId } = nth(6);
  const users = await cast.read<{ rows: { id: string; account: string }[] }>('demo-xitong', '/api/users?q=demo-caiwu');
  const caiwu = users.rows.find((each) => each.account === 'demo-caiwu')!.id;
  await cast.send('demo-xitong', `/api/users/${caiwu}/disable`, {});
  try {
    const admin = await cast.page('demo-xitong');
    await admin.goto('/approvals/unattended');
    const row = admin.locator('.ant-table-row', { has: admin.getByRole('cell', { name: instanceId, exact: true }) });
    await row.getByText('财务资金复核').waitFor();
    await cast.picture('demo-xitong', 'approvals-unattended');
    await row.getByRole('button', { name: /指\s*派/ }).click();
    await choose(admin, '人员', '李慧敏');
    await dialogOf(admin).getByLabel('理由').fill('财务岗位人员离职');
    await dialogOf(admin).getByRole('button', { name: '确定指派' }).click();
    await row.waitFor({ state: 'detached' });
  } finally {
    await cast.send('demo-xitong', `/api/users/${caiwu}/enable`, {});
  }
  const page = await take('demo-fengkong', nth(6));
  await history(page, '指派', '无人可办，指派给李慧敏').waitFor();
  await does(page, '不同意', '财务未复核，请待财务到岗后再办');
  await page.getByText('已否决').first().waitFor();
  expect(cast.errors()).toEqual([]);
});
