import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GuaranteeRow } from '../src/modules/guarantees/contract.ts';
import { agreeInTurn } from './support/approve.ts';
import { Cast, dialogOf, takeOption } from './support/cast.ts';
import { type Page, type Product, sharedProduct } from './support/index.ts';

/** J5 a loan renewed and extended as one chain, J6 its contract changed: asked for, consented to, approved and carried out by clicks alone. */

let product: Product;
const cast = new Cast(() => product);
/** Two guarantees of the bank's people and ours, small enough for the short chain: one to be renewed, one to be changed. */
let renewed: GuaranteeRow;
let changed: GuaranteeRow;
const mark = `${Date.now() % 1_000_000}`;

beforeAll(async () => {
  product = await sharedProduct();
  const ofBank = await cast.read<{ rows: GuaranteeRow[] }>('demo-yinhang', '/api/guarantees?status=in-force&limit=200');
  const shared = new Set(ofBank.rows.map((row) => row.id));
  const own = await cast.read<{ rows: GuaranteeRow[] }>('demo-kehu', '/api/guarantees?status=in-force&limit=200');
  const fitting = own.rows.filter((row) => shared.has(row.id) && Number(row.outstanding) < 4_000_000);
  // From the far end: other journeys take the newest.
  const [first, ...others] = fitting.reverse();
  const second = others.find((row) => row.customerName !== first?.customerName);
  if (!first || !second) throw new Error('演示数据里没有两笔可办理的在保业务');
  [renewed, changed] = [first, second];
}, 60_000);
afterAll(async () => {
  expect(cast.errors()).toEqual([]);
  await product?.stop();
});

type Of = Pick<GuaranteeRow, 'guarantorId' | 'id'>;
async function dossier(account: string, of: Of, tab = 'changes'): Promise<Page> {
  const page = await cast.page(account);
  await page.goto(`/aftercare/guarantees/${of.guarantorId}/${of.id}?tab=${tab}`);
  await page.getByTestId('chain').waitFor();
  return page;
}
const press = (page: Page, name: string) =>
  dialogOf(page)
    .getByRole('button')
    // By its text: the sign of loading, which fades away, is part of its name.
    .filter({ hasText: new RegExp(`^${[...name].join('\\s*')}$`) })
    .click();
const rowOf = (page: Page, title: string, status: string) =>
  page.locator('.ant-table-row', { hasText: title }).filter({ hasText: status });
const fillDay = async (page: Page, label: string, value: string) => {
  await dialogOf(page).getByLabel(label, { exact: true }).fill(value);
  await page.keyboard.press('Enter');
};

/** A party's written consent, its scan uploaded where it is entered. */
async function consent(account: string, of: Of, title: string, party?: string): Promise<void> {
  const page = await dossier(account, of);
  await rowOf(page, title, '待同意').getByRole('button', { name: '登记同意' }).click();
  const dialog = dialogOf(page);
  if (party) {
    await dialog.getByLabel('哪一方').click();
    await takeOption(page, party);
  }
  const name = `${party ?? '银行'}同意函.pdf`;
  await dialog.locator('input[type=file]').setInputFiles({
    ...{ name, mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.7\n${title}${name}${mark}\n%%EOF\n`) },
  });
  await dialog.getByText(name).waitFor();
  await dialog.getByLabel('同意函名称或文号').fill(`${party ?? '银行'}同意函 ${mark}`);
  await press(page, '确认');
  await dialog.waitFor({ state: 'hidden' });
}
/** Everybody consents, the manager hands it in, risk officer and head agree at their own to-do lists. */
async function decideBy(of: GuaranteeRow | (Of & { contractNo: string }), title: string, parties: readonly string[]) {
  await consent('demo-yinhang', of, title);
  for (const party of parties) await consent('demo-kehu', of, title, party);
  const page = await dossier('demo-kehu', of);
  await rowOf(page, title, '银行✓').getByRole('button', { name: '提交审批' }).click();
  await rowOf(page, title, '审批中').waitFor();
  await agreeInTurn(cast, ['demo-fengkong', 'demo-pingshen'], { search: of.contractNo, text: title });
}

test('J6 名称变更：前后对照、须由谁同意各依哪条、分担与限额影响；批准即改名，曾用名可查', async () => {
  const page = await dossier('demo-kehu', changed);
  const formerName = changed.customerName;
  const newName = `太原更名${mark}有限公司`;
  await page.getByRole('button', { name: /^变\s*更$/ }).click();
  await dialogOf(page).getByLabel('种类').click();
  await takeOption(page, '名称变更');
  await dialogOf(page)
    .getByLabel(/^变更后名称/)
    .fill(newName);
  await dialogOf(page).getByLabel('原因').fill('工商变更登记');
  await press(page, '试算');
  await dialogOf(page).getByText('一并更名的在保保函（笔）').waitFor();
  await dialogOf(page).getByText('第五百四十三条').first().waitFor();
  await cast.picture('demo-kehu', 'changes-name');
  await press(page, '确认申请');
  await rowOf(page, '名称变更', '待同意').waitFor();
  expect(await rowOf(page, '名称变更', '待同意').getByRole('button', { name: '提交审批' }).count()).toBe(0);
  await decideBy(changed, '名称变更', ['客户']);
  const after = await dossier('demo-kehu', changed);
  await rowOf(after, '名称变更', '已执行').waitFor();
  await after.getByTestId('contents').getByText(newName).waitFor();
  await rowOf(after, '名称变更', '已执行').getByRole('button', { name: '详情' }).click();
  await dialogOf(after).getByText('已同意').first().waitFor();
  await cast.picture('demo-kehu', 'changes-detail');
  await after.goto(`/customers?q=${encodeURIComponent(formerName)}`);
  await after.locator('.ant-table-row', { hasText: newName }).click();
  await after.getByText(`${formerName}（至`).waitFor();
  await cast.picture('demo-kehu', 'changes-customer');
}, 180_000);

test('J6 反担保变更：登记一项，换成另一项，反担保人同意，批准即解除旧的', async () => {
  const page = await dossier('demo-kehu', changed, 'counters');
  await page.getByRole('button', { name: '登记反担保' }).click();
  await dialogOf(page).getByLabel('反担保物或保证人').fill(`冲压设备${mark}`);
  await dialogOf(page).getByLabel('所有人').fill('设备所有人');
  await dialogOf(page).getByLabel('反担保合同号').fill(`FD-${mark}-1`);
  await press(page, '登记');
  await page.locator('.ant-table-row', { hasText: `冲压设备${mark}` }).waitFor();
  await page.getByRole('tab', { name: /^展期续贷与变更/ }).click();
  await page.getByRole('button', { name: /^变\s*更$/ }).click();
  await dialogOf(page).getByLabel('种类', { exact: true }).click();
  await takeOption(page, '反担保变更');
  await dialogOf(page)
    .getByRole('checkbox', { name: new RegExp(`冲压设备${mark}`) })
    .check();
  await dialogOf(page).getByLabel('反担保物或保证人').fill(`商铺${mark}`);
  await dialogOf(page).getByLabel('所有人').fill('商铺所有人');
  await dialogOf(page).getByLabel('反担保合同号').fill(`FD-${mark}-2`);
  await dialogOf(page).getByLabel('原因').fill('设备处置，换为商铺抵押');
  await press(page, '试算');
  await dialogOf(page)
    .getByText(new RegExp(`变更后：.*商铺${mark}`))
    .waitFor();
  await cast.picture('demo-kehu', 'changes-counter');
  await press(page, '确认申请');
  // What secures us is no term of the contract with the bank: customer and counter-guarantor consent.
  for (const party of ['客户', '反担保人']) await consent('demo-kehu', changed, '反担保变更', party);
  const again = await dossier('demo-kehu', changed);
  await rowOf(again, '反担保变更', '反担保人✓').getByRole('button', { name: '提交审批' }).click();
  await rowOf(again, '反担保变更', '审批中').waitFor();
  await agreeInTurn(cast, ['demo-fengkong2', 'demo-pingshen'], { search: changed.contractNo, text: '反担保变更' });
  const counters = await dossier('demo-kehu', changed, 'counters');
  await counters.locator('.ant-table-row', { hasText: `商铺${mark}` }).waitFor();
  await rowOf(counters, `冲压设备${mark}`, '解除').waitFor();
}, 180_000);

test('J5 续贷再展期：原保函同日解除，反担保随行并提醒，新保函入链；链上只计一户', async () => {
  const page = await dossier('demo-kehu', renewed, 'counters');
  await page.getByRole('button', { name: '登记反担保' }).click();
  await dialogOf(page).getByLabel('反担保物或保证人').fill(`厂房${mark}`);
  await dialogOf(page).getByLabel('所有人').fill('厂房所有人');
  await dialogOf(page).getByLabel('反担保合同号').fill(`FD-${mark}-3`);
  await press(page, '登记');
  await page.locator('.ant-table-row', { hasText: `厂房${mark}` }).waitFor();
  await page.getByRole('tab', { name: /^展期续贷与变更/ }).click();
  await page.getByRole('button', { name: /^续\s*贷$/ }).click();
  const contractNo = `XD-${mark}`;
  await dialogOf(page).getByLabel('新保证合同号').fill(contractNo);
  await fillDay(page, '到期日', '2027-10-31');
  await dialogOf(page).getByLabel('原因').fill('经营需要，续贷一年');
  await press(page, '试算');
  await dialogOf(page)
    .getByText(new RegExp(`厂房${mark}：还没有评估价值`))
    .waitFor();
  await cast.picture('demo-kehu', 'changes-renewal');
  await press(page, '确认申请');
  await decideBy(renewed, '续贷', ['客户', '反担保人']);
  const kehu = await dossier('demo-kehu', renewed);
  await rowOf(kehu, '续贷', '已批准待执行')
    .getByRole('button', { name: /^执\s*行$/ })
    .click();
  await press(kehu, '确认执行');
  await rowOf(kehu, '续贷', '已执行').waitFor();
  await kehu.getByTestId('chain').getByText(contractNo).click();
  await kehu.getByRole('heading', { name: new RegExp(contractNo) }).waitFor();
  await kehu.getByRole('tab', { name: /^反担保/ }).click();
  await kehu.locator('.ant-table-row', { hasText: `厂房${mark}` }).waitFor();
  expect(await kehu.getByTestId('chain').textContent()).toMatch(/1\. 首笔.*2\. 续贷/s);

  const id = new URL(kehu.url()).pathname.split('/').at(-1)!;
  const successor = { guarantorId: renewed.guarantorId, id, contractNo };
  await kehu.getByRole('tab', { name: /^展期续贷与变更/ }).click();
  await kehu.getByRole('button', { name: /^展\s*期$/ }).click();
  await dialogOf(kehu)
    .getByLabel(/^变更后到期日/)
    .fill('2028-03-31');
  await kehu.keyboard.press('Enter');
  await dialogOf(kehu).getByLabel('原因').fill('回款延后');
  await press(kehu, '试算');
  await dialogOf(kehu).getByText('第六百九十五条').waitFor();
  await press(kehu, '确认申请');
  await decideBy(successor, '展期', ['客户', '反担保人']);
  const last = await dossier('demo-kehu', successor);
  await rowOf(last, '展期', '已批准待执行')
    .getByRole('button', { name: /^执\s*行$/ })
    .click();
  await press(last, '确认执行');
  await last.getByTestId('chain').getByText('展期 1 次').waitFor();
  await cast.picture('demo-kehu', 'changes-chain');
}, 240_000);
