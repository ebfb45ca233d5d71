import { type Cast, dialogOf } from './cast.ts';

/** Each person in turn opens the matter from the own to-do list, found by what is typed, and agrees by a click. */
export async function agreeInTurn(
  cast: Cast,
  accounts: readonly string[],
  matter: { readonly search: string; readonly text?: string },
): Promise<void> {
  for (const account of accounts) {
    const page = await cast.page(account);
    await page.goto(`/approvals?box=todo&q=${encodeURIComponent(matter.search)}`);
    await page
      .locator('.ant-table-row', { hasText: matter.search })
      .filter({ hasText: matter.text ?? matter.search })
      .first()
      .click();
    await page.getByRole('button', { name: /^同\s*意$/ }).click();
    await dialogOf(page).getByLabel('意见').fill('同意');
    await dialogOf(page).getByRole('button', { name: '确定同意' }).click();
    await dialogOf(page).waitFor({ state: 'hidden' });
  }
}
