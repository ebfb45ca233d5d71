import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { inject } from 'vitest';
import { launchChromium } from './chromium.ts';
import { type ProductOptions, type RunningProduct, startProduct as startBare } from './product.ts';

export type { Page } from 'playwright-core';
export { ended } from './product.ts';

/** The screens people use: a county's laptop and a province's desktop. */
export const screens = { small: { width: 1366, height: 768 }, large: { width: 1920, height: 1080 } } as const;

/** A person at a browser. `page` is Playwright's own. */
export interface Visitor {
  readonly page: Page;
  /** What the page reported as an error since it was opened: a journey ends with none. */
  readonly errors: string[];
  /** Signs in through the form with a demo account: its login, its role code or part of its title. */
  signIn(account: string): Promise<void>;
  /** Waits until the page is at rest; with RONGDAN_SCREENS=1 pictures of it in both sizes: .cache/screens/<name>-1366.png and -1920.png. */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A running product and a browser to visit it with. */
export interface Product extends Pick<RunningProduct, 'url' | 'dataDir'> {
  /** A new visitor with a session of their own, at 1366×768. */
  visit(): Promise<Visitor>;
  /** Closes the browser, and the product where it is this file's own. */
  stop(): Promise<void>;
}

const pictures = fileURLToPath(new URL('../../.cache/screens/', import.meta.url));

/** A product of one file's own. */
export interface OwnProduct extends Product {
  /** What it has printed so far. */
  output(): string;
}

/** The product that all files of the run share (global-setup.ts) and a real Chromium beside it. Other files' business is in its book. */
export async function sharedProduct(): Promise<Product> {
  return withBrowser(inject('product'), async () => {});
}

/** Starts a product of one's own, for a journey that needs a clock, a data folder or a book of its own, and a real Chromium beside it. */
export async function startProduct(options: ProductOptions = {}): Promise<OwnProduct> {
  const product = await startBare(options);
  return { ...(await withBrowser(product, product.stop)), output: product.output };
}

async function withBrowser(
  { url, dataDir }: Pick<RunningProduct, 'url' | 'dataDir'>,
  stop: () => Promise<unknown>,
): Promise<Product> {
  let browser: Browser;
  try {
    browser = await launchChromium();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    dataDir,
    visit: async () => visitorOf(await browser.newContext(contextOptions(url)), url),
    stop: async () => {
      await browser.close();
      await stop();
    },
  };
}

const contextOptions = (baseURL: string) => ({
  baseURL,
  viewport: screens.small,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  acceptDownloads: true,
});

async function visitorOf(context: BrowserContext, url: string): Promise<Visitor> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // Refusals and missing sessions are answers, which Chromium also logs as errors.
    if (message.type() === 'error' && !/the server responded with a status of 4\d\d/.test(message.text()))
      errors.push(message.text());
  });
  return {
    page,
    errors,
    signIn: (account) => signIn(page, url, account),
    screenshot: (name) => screenshot(page, name),
    close: () => context.close(),
  };
}

async function signIn(page: Page, url: string, wanted: string): Promise<void> {
  const { demoAccounts } = await import('../../db/seed/demo.ts');
  const account = demoAccounts.find((one) => [one.login, ...one.roles].includes(wanted) || one.title.includes(wanted));
  if (!account) throw new Error(`没有演示账号 ${wanted}`);
  await page.goto(`${url}/`);
  const form = page.locator('form', { has: page.locator('input[type=password]') });
  await form.locator('input:not([type=password])').first().fill(account.login);
  await form.locator('input[type=password]').fill(account.password);
  await form.locator('button[type=submit]').click();
  await form.waitFor({ state: 'detached' });
}

async function screenshot(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  if (!process.env.RONGDAN_SCREENS) {
    // What fades or grows comes to its end, as it would before a picture.
    await page.screenshot({ animations: 'disabled', clip: { x: 0, y: 0, width: 1, height: 1 } });
    return;
  }
  mkdirSync(pictures, { recursive: true });
  const before = page.viewportSize() ?? screens.small;
  for (const size of Object.values(screens)) {
    await page.setViewportSize(size);
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: path.join(pictures, `${name}-${size.width}.png`), animations: 'disabled' });
  }
  await page.setViewportSize(before);
}
