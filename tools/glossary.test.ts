import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(`${root}docs/glossary.md`, 'utf8');
const rows = text.split('\n').filter((line) => /^\| (?!术语|---)/.test(line));
const cells = rows.map((line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((each) => each.trim()),
);

test('每行四格，都不空；术语不重复', () => {
  expect(rows.length).toBeGreaterThan(80);
  expect(cells.filter((row) => row.length !== 4 || row.some((each) => each === ''))).toEqual([]);
  const terms = cells.map(([term]) => term);
  expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
});

test('每个模块的名字都在术语表里', () => {
  const modules = existsSync(`${root}src/modules`) ? readdirSync(`${root}src/modules`) : [];
  const words = new Set(cells.flatMap(([, code = '']) => [...code.matchAll(/[A-Za-z-]+/g)].map(([word]) => word)));
  const isKnown = (name: string) => words.has(name) || words.has(name.replace(/s$/, ''));
  expect(modules.filter((name) => !name.includes('.') && !isKnown(name))).toEqual([]);
});
