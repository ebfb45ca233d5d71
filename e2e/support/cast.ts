import type { Page, Product, Visitor } from './index.ts';

/** Several people at work on the same product, each at a browser of the own, opened when first needed. */
export class Cast {
  readonly #product: () => Product;
  readonly #visitors = new Map<string, Visitor>();
  constructor(product: () => Product) {
    this.#product = product;
  }

  /** The page of a demo account, signed in. */
  async page(account: string): Promise<Page> {
    let visitor = this.#visitors.get(account);
    if (!visitor) {
      visitor = await this.#product().visit();
      await visitor.signIn(account);
      visitor.page.setDefaultTimeout(30_000);
      this.#visitors.set(account, visitor);
    }
    return visitor.page;
  }

  /** Pictures of what the person sees, in both sizes. */
  picture(account: string, name: string): Promise<void> {
    return this.#visitors.get(account)!.screenshot(name);
  }

  /** What the pages reported as errors, by account: a journey ends with none. */
  errors(): string[] {
    return [...this.#visitors].flatMap(([account, { errors }]) => errors.map((each) => `${account}: ${each}`));
  }

  async read<T>(account: string, url: string): Promise<T> {
    const answer = await (await this.page(account)).request.get(url);
    if (!answer.ok()) throw new Error(`${account} ${url}：${answer.status()} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async send<T>(account: string, url: string, data: object): Promise<T> {
    const answer = await (await this.page(account)).request.post(url, {
      data,
      headers: { 'x-requested-with': 'rongdan', 'idempotency-key': crypto.randomUUID() },
    });
    if (!answer.ok()) throw new Error(`${account} ${url}：${answer.status()} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

export const dialogOf = (page: Page) => page.getByRole('dialog').filter({ visible: true });

/** Takes an entry of the list that is open, and waits until the list is gone: the next one must not be taken for it. */
export async function takeOption(page: Page, text: string, isMany = false): Promise<void> {
  await page.locator('.ant-select-item-option:visible', { hasText: text }).first().click();
  if (isMany) await page.keyboard.press('Escape');
  await page.locator('.ant-select-dropdown').filter({ visible: true }).waitFor({ state: 'hidden' });
}
