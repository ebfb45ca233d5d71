import { expect, test } from 'vitest';
import { articleAnchor, tagsOf } from './marks.tsx';

test('a tag sum opens into its tags, the primary one first', () => {
  expect(tagsOf(1 + 2 + 8, 8)).toEqual(['start', 'small', 'farm']);
  expect(tagsOf(0, 0)).toEqual([]);
  expect(tagsOf(4, 4)).toEqual(['new']);
});

test('the anchor of an article holds no spaces', () =>
  expect(articleAnchor({ document: '代码编制规则', number: 'GB 11714-1997', article: '第四条' })).toBe(
    'GB11714-1997·第四条',
  ));
