import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Article } from '../src/kernel/article.ts';
import { cite } from '../src/kernel/article.ts';
import type { LawDocument } from '../src/law/document.ts';
import { type Parameter, registeredParameters } from '../src/law/parameter.ts';
import {
  type Declaration,
  declarationsOf,
  docsOf,
  lawImportsOf,
  type TestGroup,
  testGroupsOf,
} from './law-map-scan.ts';
import { renderLawMap } from './law-map-text.ts';

export type MapVersion = {
  readonly from: string;
  readonly value: string;
  readonly citation: string;
  readonly unverified?: string;
  readonly checkedOn: string;
};
export type MapRule = {
  readonly name: string;
  /** The Chinese name its doc comment begins with; the identifier where it begins with none. */
  readonly title: string;
  readonly file: string;
  readonly summary: string;
  readonly usedBy: readonly string[];
};
export type MapParameter = {
  readonly name: string;
  readonly rule: string;
  readonly title: string;
  readonly file: string;
  readonly text: string;
  readonly versions: readonly MapVersion[];
  readonly rules: readonly string[];
};
export type MapArticle = {
  readonly name: string;
  readonly article: string;
  readonly text: string;
  readonly parameters: readonly MapParameter[];
  readonly alsoFixes: readonly string[];
  readonly rules: readonly MapRule[];
  readonly tests: readonly TestGroup[];
};
export type MapDocument = LawDocument & { readonly file: string; readonly articles: readonly MapArticle[] };
export type MapUnverified = {
  readonly rule: string;
  readonly title: string;
  readonly from: string;
  readonly value: string;
  readonly mark: string;
  readonly citation: string;
};

/** What the page, the API and docs/reference/law-map.md show: every article with its figures, the rules that use them and their tests. */
export type LawMap = {
  readonly counts: Readonly<
    Record<'documents' | 'articles' | 'parameters' | 'versions' | 'unverified' | 'rules' | 'tests', number>
  >;
  readonly unverified: readonly MapUnverified[];
  readonly documents: readonly MapDocument[];
};

type Source = { readonly path: string; readonly text: string };
type Rule = MapRule & { readonly mentions: ReadonlySet<string> };
type Found<T> = { readonly name: string; readonly file: string; readonly text: string; readonly value: T };

const root = fileURLToPath(new URL('..', import.meta.url));

/** Reads the law and the code and writes docs/reference/law-map.md and src/law/law-map.generated.json. Throws on any gap. */
export async function generateLawMap(): Promise<LawMap> {
  const map = await buildLawMap(readSources());
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('docs/reference/law-map.md', renderLawMap(map));
  write('src/law/law-map.generated.json', `${JSON.stringify(map, null, 1)}\n`);
  return map;
}

/** Every TypeScript source under src, tests included, in order of path. */
export const readSources = (): readonly Source[] =>
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/**
 * The law map of these sources. The law itself is loaded, everything else is read as text. Throws an Error that lists every gap: an
 * article nobody cites, a parameter no rule reads, an article without a test, a parameter not exported exactly once, or too little seen.
 */
export async function buildLawMap(sources: readonly Source[]): Promise<LawMap> {
  const code = sources.filter(({ path }) => !path.endsWith('.test.ts') && !path.includes('/generated/'));
  const tests = sources
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap(({ path, text }) => testGroupsOf(path, text));
  const law = await loadLaw(code.filter(({ path }) => path.startsWith('src/law/')));
  const rules = rulesOf(code, new Set([...law.parameters, ...law.articles].map(({ name }) => name)));
  const problems: string[] = [];
  const documents = law.documents.map(({ value, file }): MapDocument => {
    const articles = law.articles.filter(
      (each) => each.value.number === value.number && each.value.document === value.document,
    );
    return { ...value, file, articles: articles.map((each) => mapArticle(each, law, value, rules, tests, problems)) };
  });
  problems.push(...gapsOf(law, rules, tests));
  if (problems.length > 0) throw new Error(`法规地图有缺口：\n${problems.map((each) => `- ${each}`).join('\n')}`);
  const parameters = documents.flatMap((each) => each.articles.flatMap((article) => article.parameters));
  const versions = parameters.flatMap((each) => each.versions.map((version) => ({ ...each, ...version })));
  const unverified = versions.flatMap(({ rule, title, from, value, citation, unverified: mark }) =>
    mark === undefined ? [] : [{ rule, title, from, value, mark, citation }],
  );
  const counts = {
    documents: documents.length,
    articles: law.articles.length,
    parameters: parameters.length,
    versions: versions.length,
    unverified: unverified.length,
    rules: new Set(
      documents.flatMap((each) => each.articles.flatMap((article) => article.rules.map(({ name }) => name))),
    ).size,
    tests: new Set(documents.flatMap((each) => each.articles.flatMap((article) => article.tests))).size,
  };
  return { counts, unverified, documents };
}

type Law = {
  readonly documents: readonly Found<LawDocument>[];
  readonly articles: readonly Found<Article>[];
  readonly parameters: readonly Found<Parameter<unknown>>[];
};

async function loadLaw(files: readonly Source[]): Promise<Law> {
  const registered = new Set(registeredParameters());
  const found: {
    documents: Found<LawDocument>[];
    articles: Found<Article>[];
    parameters: Found<Parameter<unknown>>[];
  } = {
    documents: [],
    articles: [],
    parameters: [],
  };
  for (const { path, text } of files) {
    const docs = docsOf(text);
    const exported = (await import(/* @vite-ignore */ pathToFileURL(join(root, path)).href)) as Record<string, unknown>;
    for (const each of registeredParameters()) registered.add(each);
    // In order of writing, which is the order of the articles; a module namespace is in order of the alphabet.
    for (const name of [...docs.keys()].filter((key) => key in exported)) {
      const value = exported[name];
      const entry = { name, file: path, text: docs.get(name) ?? '' };
      if (registered.has(value as Parameter<unknown>))
        found.parameters.push({ ...entry, value: value as Parameter<unknown> });
      else if (isRecordWith(value, 'document', 'number', 'article'))
        found.articles.push({ ...entry, value: value as Article });
      else if (isRecordWith(value, 'document', 'number', 'checkedOn'))
        found.documents.push({ ...entry, value: value as LawDocument });
    }
  }
  // A document whose day nobody has seen comes last.
  const from = ({ value }: Found<LawDocument>) => value.inForceOn ?? '9999';
  found.documents.sort((a, b) => (from(a) < from(b) ? -1 : from(a) > from(b) ? 1 : 0));
  return found;
}

const isRecordWith = (value: unknown, ...keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value);

/** Exported functions that mention an article or a parameter their file declares or imports from the law. */
function rulesOf(code: readonly Source[], figures: ReadonlySet<string>): readonly Rule[] {
  const scanned = code.map(({ path, text }) => {
    const declarations = declarationsOf(text);
    const known = new Set([
      ...lawImportsOf(path, text),
      ...(path.startsWith('src/law/') ? declarations.map(({ name }) => name) : []),
    ]);
    return { path, declarations, known };
  });
  const usersOf = (name: string, file: string) =>
    scanned.filter(({ path, known }) => path !== file && known.has(name)).map(({ path }) => path);
  return scanned.flatMap(({ path, declarations, known }) =>
    declarations.flatMap((each: Declaration): Rule[] => {
      const mentions = new Set([...each.mentions].filter((word) => known.has(word) && figures.has(word)));
      if (!each.isExportedFunction || mentions.size === 0) return [];
      return [
        {
          name: each.name,
          file: path,
          title: titleOf(each),
          summary: each.doc.replace(leadingTitle, ''),
          usedBy: usersOf(each.name, path),
          mentions,
        },
      ];
    }),
  );
}

const leadingTitle = /^([\u4e00-\u9fff]+)：/;
const titleOf = ({ name, doc }: Declaration): string => leadingTitle.exec(doc)?.[1] ?? name;

function mapArticle(
  { name, value: article, text }: Found<Article>,
  law: Law,
  document: LawDocument,
  rules: readonly Rule[],
  tests: readonly TestGroup[],
  problems: string[],
): MapArticle {
  const isHere = (source: Article) => source.number === article.number && source.article === article.article;
  const here = law.parameters.filter(({ value }) => value.versions.some((version) => isHere(version.source)));
  const home = here.filter(({ value }) => isHere(value.versions[0]!.source));
  const names = new Set([name, ...here.map((each) => each.name)]);
  const applying = rules.filter(({ mentions }) => [...names].some((each) => mentions.has(each)));
  const ids = new Set(here.map(({ value }) => value.rule));
  const found = tests.filter(({ title, cases }) =>
    [title, ...cases].some((each) => isAbout(each, title, article, ids)),
  );
  if (here.length === 0 && applying.length === 0) problems.push(`没有参数或规则引用：${cite(article)}（${name}）`);
  if (found.length === 0) problems.push(`没有测试：${cite(article)}（${name}）`);
  return {
    name,
    article: article.article,
    text,
    parameters: home.map((each) => mapParameter(each, document, rules)),
    alsoFixes: here.filter((each) => !home.includes(each)).map(({ value }) => value.title),
    rules: applying.map(({ mentions: _, ...rule }) => rule),
    tests: found,
  };
}

function isAbout(title: string, group: string, article: Article, ids: ReadonlySet<string>): boolean {
  if ([...title.matchAll(/\b[A-Z]{2,3}-\d+\b/g)].some(([id]) => ids.has(id))) return true;
  const all = `${group} ${title}`;
  return all.includes(article.article) && (all.includes(article.number) || all.includes(article.document));
}

function mapParameter(
  { name, file, text, value }: Found<Parameter<unknown>>,
  document: LawDocument,
  rules: readonly Rule[],
): MapParameter {
  return {
    name,
    rule: value.rule,
    title: value.title,
    file,
    text,
    versions: value.versions.map((version) => ({
      from: version.from,
      value: version.value === 'repealed' ? '废止' : value.show(version.value),
      citation: cite(version.source),
      ...(version.unverified === undefined ? {} : { unverified: version.unverified }),
      checkedOn: version.checkedOn ?? document.checkedOn,
    })),
    rules: rules.filter(({ mentions }) => mentions.has(name)).map((each) => each.name),
  };
}

function gapsOf(law: Law, rules: readonly Rule[], tests: readonly TestGroup[]): string[] {
  const gaps: string[] = [];
  for (const each of registeredParameters()) {
    const exports = law.parameters.filter(({ value }) => value === each);
    if (exports.length !== 1) gaps.push(`参数须恰好导出一次，现为${exports.length}次：${each.title}`);
  }
  for (const { name, value } of law.parameters) {
    if (!rules.some(({ mentions }) => mentions.has(name)))
      gaps.push(`没有规则使用参数：${value.rule} ${value.title}（${name}）`);
    for (const { source } of value.versions) {
      const isDeclared = law.articles.some(
        (each) => each.value.number === source.number && each.value.article === source.article,
      );
      if (!isDeclared) gaps.push(`参数的出处没有声明为条款：${value.title} ← ${cite(source)}`);
    }
  }
  const twice = law.articles.map(({ value }) => cite(value)).filter((each, index, all) => all.indexOf(each) !== index);
  gaps.push(...twice.map((each) => `条款声明了两次：${each}`));
  const enough: readonly (readonly [string, number, number])[] = [
    ['文件', law.documents.length, 10],
    ['条款', law.articles.length, 25],
    ['参数', law.parameters.length, 40],
    ['规则', rules.length, 15],
    ['测试组', tests.length, 20],
  ];
  for (const [what, count, least] of enough)
    if (count < least) gaps.push(`只看到${count}个${what}，少于${least}，疑似没有读到源码`);
  return gaps;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const { counts } = await generateLawMap();
  process.stdout.write(
    `法规地图：${counts.documents}份文件，${counts.articles}条，${counts.parameters}个参数（${counts.unverified}个版本未核实），${counts.rules}条规则，${counts.tests}组测试\n`,
  );
}
