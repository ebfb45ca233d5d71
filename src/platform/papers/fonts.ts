import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const cache = new Map<FontName, Buffer>();

/** The typefaces of papers: 黑体 (sans) and 宋体 (serif), each regular and bold, under the Open Font License. */
export type FontName = 'sans' | 'sans-bold' | 'serif' | 'serif-bold';

const files: Record<FontName, string> = {
  sans: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  'sans-bold': '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
  serif: '@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
  'serif-bold': '@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf',
};

/** The font's bytes, read once per process. */
export function fontBytes(name: FontName): Buffer {
  let bytes = cache.get(name);
  if (!bytes) {
    bytes = readFileSync(resolve(files[name]));
    cache.set(name, bytes);
  }
  return bytes;
}
