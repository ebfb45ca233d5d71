import type { Page } from 'playwright-core';

/** Chooses in the select of a label, typing what it is searched by; waits for its list to go, so that the next is not taken for it. */
export async function choose(page: Page, label: string, typed: string, option = typed): Promise<void> {
  const field = page.getByLabel(label, { exact: true }).filter({ visible: true }).last();
  await field.click();
  if (await field.isEditable()) await field.fill(typed);
  await page
    .locator('.ant-select-dropdown:visible, .ant-cascader-dropdown:visible')
    .locator('.ant-select-item-option, .ant-cascader-menu-item', { hasText: option })
    .first()
    .click();
  await page
    .locator('.ant-select-dropdown:not(.ant-cascader-dropdown)')
    .filter({ visible: true })
    .waitFor({ state: 'hidden' });
}

/** Types a day into the date field of a label. */
export async function fillDay(page: Page, label: string, day: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true }).filter({ visible: true }).last();
  await field.fill(day);
  await field.press('Enter');
}

/** The open drawer or dialog. */
export const opened = (page: Page) => page.getByRole('dialog').filter({ visible: true });

/** The person opens the own to-do of a title in 审批 and agrees to it with a word, by clicks alone. */
export async function agreeTo(page: Page, title: string | RegExp, opinion = '同意'): Promise<void> {
  await page.goto('/approvals?box=todo');
  await page.locator('.ant-table-row', { hasText: title }).first().getByText(title).click();
  await page.getByRole('list', { name: '审批流程图' }).waitFor();
  await page.getByRole('button', { name: /^同\s*意$/ }).click();
  await opened(page).getByLabel('意见').fill(opinion);
  await opened(page)
    .getByRole('button', { name: /确定同意/ })
    .click();
  await page.getByText('已同意').first().waitFor();
}
