import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cast, dialogOf, takeOption } from './support/cast.ts';
import { type Page, type Product, sharedProduct } from './support/index.ts';
import { type Matter, newReleases } from './support/releases.ts';

/** A chain of an institution's own, made in the form: 会签, 评审会, then back to the province's. */

let product: Product;
const cast = new Cast(() => product);
beforeAll(async () => {
  product = await sharedProduct();
});
afterAll(() => product?.stop());

const guarantor = '太原市融资担保有限公司';
const panelOf = (page: Page) =>
  page.locator('.panel').filter({ has: page.getByRole('heading', { name: '解除担保审批', exact: true }) });
const pick = async (page: Page, label: string, text: string) => {
  await page.getByLabel(label, { exact: true }).click();
  await takeOption(page, text);
};
async function openChains(): Promise<Page> {
  const page = await cast.page('demo-zaidan');
  await page.goto('/approvals/chains');
  await page.locator('.page-actions input').fill('太原市融资');
  await takeOption(page, guarantor);
  await panelOf(page).getByRole('button', { name: '另存版本' }).waitFor();
  return page;
}

test('表单编辑：增、删、排序、会签、评审会、金额条件；图随改随画', async () => {
  const page = await openChains();
  await panelOf(page).getByText('省级统一流程', { exact: true }).waitFor();
  await panelOf(page).getByRole('button', { name: '另存版本' }).click();
  // The list of chains, which has pictures of its own, stays until the form is there.
  await page.getByRole('heading', { name: '另存版本：解除担保审批' }).waitFor();
  const picture = page.getByRole('list', { name: '审批流程图' });
  await picture.getByText('财务资金复核').waitFor();
  await page.getByRole('button', { name: '删除第 1 个节点' }).click();
  await picture.getByText('财务资金复核').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '增加节点' }).click();
  await page.getByText('请补齐第 3 个节点：名称、由谁办理').waitFor();
  await page.getByLabel('第 3 个节点的名称').fill('客户经理会签');
  await pick(page, '第 3 个节点由谁办理', '客户经理');
  await pick(page, '第 3 个节点的方式', '会签');
  await page.getByRole('button', { name: '上移第 3 个节点' }).click();
  await page.getByRole('button', { name: '上移第 2 个节点' }).click();
  expect(await picture.locator('.chain-title').allTextContents()).toEqual([
    expect.stringContaining('客户经理会签'),
    expect.stringContaining('风控法务审查'),
    expect.stringContaining('负责人签批'),
  ]);
  const risk = page.getByRole('region', { name: '第 2 个节点' });
  await risk.getByLabel('只在金额超过').fill('500');
  await picture.getByText('金额超过 500 万元').waitFor();
  await page.getByLabel('第 3 个节点的名称').fill('评审会');
  await pick(page, '第 3 个节点的方式', '评审会');
  await page.getByLabel('第 3 个节点的到会人数').fill('2');
  await cast.picture('demo-zaidan', 'chains-edit');
  await page.getByLabel('依据').fill('太原担保〔2026〕8号解保审批办法（演示）');
});

test('政府部门岗位设在决策节点：拒绝，写明第十一条；改正后保存为机构自定版本', async () => {
  const page = await cast.page('demo-zaidan');
  const third = '第 3 个节点由谁办理';
  await pick(page, third, '市县财政');
  await page.getByRole('button', { name: '保存新版本' }).click();
  await page.getByText(/政企分开：“市县财政”是政府部门岗位，不得设在决策节点上/).waitFor();
  await cast.picture('demo-zaidan', 'chains-government-refused');
  await pick(page, third, '评审委员');
  await page.getByRole('button', { name: '保存新版本' }).click();
  await panelOf(page).getByText('本机构自定').waitFor();
  await panelOf(page).getByText('太原担保〔2026〕8号').waitFor();
  await cast.picture('demo-zaidan', 'chains-own');
  const other = await cast.page('demo-datong');
  await other.goto('/approvals/chains');
  await panelOf(other).getByText('省级统一流程', { exact: true }).waitFor();
});

let matter: Matter;
async function take(account: string): Promise<Page> {
  const page = await cast.page(account);
  await page.goto(`/approvals?box=todo&q=${encodeURIComponent(matter.contractNo)}`);
  await page.locator('.ant-table-row', { hasText: matter.contractNo }).click();
  await page.getByRole('heading', { name: /^待我办理/ }).waitFor();
  return page;
}
async function does(page: Page, verb: string, fill?: () => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${[...verb].join('\\s*')}$`) }).click();
  await fill?.();
  await dialogOf(page)
    .getByRole('button', { name: `确定${verb}` })
    .click();
  await dialogOf(page).waitFor({ state: 'hidden' });
}

test('会签：该岗位每个人都要签', async () => {
  [matter] = (await newReleases(cast, 1)) as [Matter];
  await does(await take('demo-kehu'), '同意');
  const last = await take('demo-kehu2');
  await last.locator('.chain-current', { hasText: '客户经理会签' }).getByText('孙丽').waitFor();
  await does(last, '同意');
  await last.locator('.chain-off-path', { hasText: '风控法务审查' }).waitFor();
  await last.locator('.chain-current', { hasText: '评审会' }).waitFor();
});

test('评审会：回避、投票、法定人数、宣布结果，纪要自动成稿', async () => {
  const one = await take('demo-pingshen');
  await does(one, '回避', () => dialogOf(one).getByLabel('理由').fill('与借款人有亲属关系'));
  await one.getByText('尚未达到').waitFor();
  for (const account of ['demo-pingshen2', 'demo-pingshen3']) {
    const page = await take(account);
    await does(page, '投票', async () => {
      await dialogOf(page).getByRole('radio', { name: '同意', exact: true }).check();
      await dialogOf(page).getByLabel('意见').fill('借款人已部分还款，可以解除');
    });
  }
  const page = await cast.page('demo-pingshen3');
  await page.getByText('已同意').first().waitFor();
  const minutes = page.locator('.approval-minutes');
  await minutes.getByText(/应到委员 3 人，回避 1 人，到会表决 2 人，缺席 0 人/).waitFor();
  expect(await minutes.textContent()).toContain('回避：张志远（与借款人有亲属关系）');
  expect(await minutes.textContent()).toContain('同意 2 票，不同意 0 票，弃权 0 票，通过');
  await cast.picture('demo-pingshen3', 'approvals-committee');
});

test('恢复省级统一流程：自今日起，办过的不变', async () => {
  const page = await openChains();
  await panelOf(page).getByRole('button', { name: '恢复省级统一流程' }).click();
  await dialogOf(page).getByLabel('依据').fill('演示结束');
  await dialogOf(page).getByRole('button', { name: '确定恢复' }).click();
  await dialogOf(page).waitFor({ state: 'hidden' });
  await panelOf(page).getByText('省级统一流程', { exact: true }).waitFor();
  await panelOf(page).getByText('财务资金复核').waitFor();
  expect(cast.errors()).toEqual([]);
});
