import { expect, test } from 'vitest';
import { buildLawMap, readSources } from './gen-law-map.ts';
import { declarationsOf, docsOf, testGroupsOf } from './law-map-scan.ts';

/** All of them: the rules and tests of an article may live in the module it is about. */
const sources = readSources();
const without = (isIn: (path: string) => boolean, what: RegExp | string, by = '') =>
  sources.map((each) => (isIn(each.path) ? { ...each, text: each.text.replaceAll(what, by) } : each));

test('全部条款、参数都有规则和测试，生成两次结果相同', async () => {
  const map = await buildLawMap(sources);
  expect(JSON.stringify(await buildLawMap(sources))).toBe(JSON.stringify(map));
  expect(map.documents.map((each) => each.number)).toContain('国务院令第683号');
  expect(map.counts.unverified).toBe(map.unverified.length);
});

test('第十六条连到集中度规则、它的测试与全部版本', async () => {
  const map = await buildLawMap(sources);
  const order = map.documents.find((each) => each.number === '国务院令第683号');
  const article = order?.articles.find((each) => each.article === '第十六条');
  expect(
    article?.parameters.map((each) => [each.rule, each.versions.map((version) => version.value), each.rules]),
  ).toEqual([
    ['REG-16', ['10%'], expect.arrayContaining(['concentration'])],
    ['REG-16', ['15%'], expect.arrayContaining(['concentration'])],
  ]);
  expect(article?.tests.map((each) => each.title)).toContain('国务院令第683号 第十六条 集中度（REG-16）');
});

test('参数恰好列一次，版本逐一列出', async () => {
  const map = await buildLawMap(sources);
  const all = map.documents.flatMap((each) => each.articles.flatMap((article) => article.parameters));
  expect(new Set(all.map((each) => each.title)).size).toBe(all.length);
  const housing = all.find((each) => each.name === 'housingWeight');
  expect(housing?.versions.map((each) => [each.from, each.value])).toEqual([
    ['2018-04-02', '100%'],
    ['2019-10-09', '30%'],
  ]);
});

test('没有规则使用的参数会被发现', () =>
  expect(
    buildLawMap(without((path) => path !== 'src/law/state-council-order-683.ts', /\bsingleCustomerCap\b/g, 'nothing')),
  ).rejects.toThrow('没有规则使用参数：REG-16 同一被担保人集中度上限'));

test('没有引用的条款会被发现', () =>
  expect(
    buildLawMap(without((path) => path === 'src/law/liability-weights.ts', 'articleLocalRules', 'nothing')),
  ).rejects.toThrow('没有参数或规则引用：《融资担保责任余额计量办法》（银保监发〔2018〕1号）地方实施细则只严不松'));

test('没有测试的条款会被发现', () =>
  expect(buildLawMap(without((path) => path.endsWith('.test.ts'), /第十六条|REG-16/g))).rejects.toThrow(
    '没有测试：《融资担保公司监督管理条例》',
  ));

test('没有导出的参数会被发现', () =>
  expect(buildLawMap(sources.filter(({ path }) => path !== 'src/law/mof-2026-6.ts'))).rejects.toThrow(
    '参数须恰好导出一次，现为0次',
  ));

test('什么都没读到时不会通过', () => expect(buildLawMap([])).rejects.toThrow('疑似没有读到源码'));

test('规则经由本文件的私有函数用到的名字也算', () => {
  const found = declarationsOf(`/** Says it. */
export function rule(a: Day) {
  return helper(a);
}

const helper = (a: Day) => cap.at(a);

export const plain = 3;
`);
  expect(found.map((each) => [each.name, each.isExportedFunction, each.mentions.has('cap')])).toEqual([
    ['rule', true, true],
    ['helper', false, true],
    ['plain', false, false],
  ]);
});

test('注释里提到的名字不算使用', () => {
  const [only] = declarationsOf('export function rule() {\n  // cap decides\n  /* cap */\n  return 1;\n}\n');
  expect(only?.mentions.has('cap')).toBe(false);
});

test('说明取第一段，中文换行不留空格', () =>
  expect(docsOf('/**\n * 第一行，\n * 第二行 one\n * two.\n *\n * 另一段\n */\nexport const a = 1;\n').get('a')).toBe(
    '第一行，第二行 one two.',
  ));

test('测试标题归到它所在的组', () =>
  expect(
    testGroupsOf(
      'a.test.ts',
      `describe('甲', () => {\n  it('一', f);\n  it.each([\n    ['x'],\n  ])('二 %s', f);\n});\n`,
    ),
  ).toEqual([{ file: 'a.test.ts', title: '甲', cases: ['一', '二 %s'] }]));
