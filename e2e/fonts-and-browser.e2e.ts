import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './support/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

test('浏览器显示的汉字出自中文字体，而不是缺字方框', async () => {
  const page = await browser.newPage();
  // Two characters of different shape have the same picture only where both are the box that stands for a missing glyph.
  const pictures = [];
  for (const text of ['融', '担', '贷']) {
    await page.setContent(`<p style="font: 64px sans-serif">${text}</p>`);
    pictures.push((await page.locator('p').screenshot()).toString('base64'));
  }
  expect(new Set(pictures).size).toBe(3);
  await page.close();
});
