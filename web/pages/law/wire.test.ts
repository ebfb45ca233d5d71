import { expect, test } from 'vitest';
import { findArticles, type LawMap } from './wire.ts';

const article = (name: string, title: string, unverified: string | null) => ({
  article: name,
  text: '',
  parameters: [{ rule: 'BAL-1', title, versions: [{ from: '2018-04-02', value: '75%', unverified }] }],
  rules: [],
  tests: [],
});
const map: LawMap = {
  documents: [
    { document: '条例', number: '国务院令第683号', articles: [article('第十五条', '放大倍数', null)] },
    { document: '办法', number: '银保监发〔2018〕1号', articles: [article('第五条', '小微权重', '凭记忆')] },
  ],
};
const names = (text: string) => findArticles(map, text).map((each) => each.article.article);

test('unverified articles stand first', () => expect(names('')).toEqual(['第五条', '第十五条']));
test('all words of a search must be found, anywhere in the article', () => {
  expect(names('683 倍数')).toEqual(['第十五条']);
  expect(names('683 权重')).toEqual([]);
});
