import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { actionTitle, detailText, subjectTitle } from './words.ts';

const modules = fileURLToPath(new URL('..', import.meta.url));
const sources = readdirSync(modules, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(path.join(modules, file), 'utf8'));

test('程序里写下的每个审计动作和对象都有中文', () => {
  const actions = new Set(
    sources.flatMap((text) => [...text.matchAll(/action: '([a-z]+\.[a-z-]+)'/g)].map((hit) => hit[1]!)),
  );
  const subjects = new Set(
    sources.flatMap((text) => [...text.matchAll(/subject: `([a-z-]+):/g)].map((hit) => `${hit[1]}:1`)),
  );
  expect(actions.size).toBeGreaterThan(15);
  expect(subjects.size).toBeGreaterThan(12);
  expect([...actions].filter((each) => actionTitle(each).includes('其他'))).toEqual([]);
  expect([...subjects].filter((each) => subjectTitle(each).includes('其他'))).toEqual([]);
});

test('内容成中文：字段、岗位、类别、长摘要、清单', () => {
  const roles = new Map([['r15-auditor', '审计']]);
  const text = (detail: object) => detailText(JSON.stringify(detail), roles);
  expect(text({ role: 'r15-auditor' })).toBe('岗位 审计');
  expect(text({ kind: 'zero', contentHash: 'a'.repeat(64) })).toBe('类别 零报告，内容摘要 aaaaaaaaaaaa');
  expect(text({ certificates: ['A', 'B', 'C', 'D'] })).toBe('凭证 A、B、C 等 4 项');
  expect(text({})).toBe('—');
  expect(subjectTitle('guarantee:26/61')).toBe('保函 26/61');
  expect(actionTitle('nobody.knows')).toBe('其他：其他操作');
});
