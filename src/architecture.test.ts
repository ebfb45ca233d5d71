import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  applyExceptions,
  type Exception,
  type Finding,
  grantFindings,
  type Import,
  importsOf,
  isTest,
  type Source,
  tidyFindings,
} from './platform/testing/source-rules.ts';

/** What each part may import of the others. A file's part is its first matching prefix. */
const parts: readonly { name: string; prefix: RegExp; may: readonly string[]; packages: RegExp }[] = [
  { name: 'kernel', prefix: /^src\/kernel\//, may: [], packages: /^$/ },
  { name: 'law', prefix: /^src\/law\//, may: ['kernel'], packages: /^$/ },
  { name: 'wire', prefix: /^src\/wire\//, may: ['kernel'], packages: /^zod$/ },
  { name: 'platform', prefix: /^src\/platform\//, may: ['kernel', 'wire'], packages: /./ },
  { name: 'ledger', prefix: /^src\/ledger\//, may: ['kernel', 'wire', 'platform'], packages: /./ },
  { name: 'modules', prefix: /^src\/modules\//, may: ['kernel', 'law', 'wire', 'platform', 'ledger'], packages: /./ },
  { name: 'web', prefix: /^web\//, may: ['kernel', 'law', 'wire'], packages: /^(?!node:|pg$|kysely|fastify)/ },
  { name: 'monitor', prefix: /^monitor\//, may: ['kernel', 'wire', 'platform'], packages: /./ },
  {
    name: 'stand-ins',
    prefix: /^(credit-platform|sms-gateway)\//,
    may: ['monitor', 'kernel', 'wire', 'platform'],
    packages: /./,
  },
  { name: 'app', prefix: /^src\/[^/]+\.ts$|^src\/cli\//, may: ['*'], packages: /./ },
  { name: 'around', prefix: /^(db\/seed|sim|bench|tools|e2e)\//, may: ['*'], packages: /./ },
];

const base = ['identity', 'audit', 'institutions'];
const book = [...base, 'banks', 'customers', 'agreements', 'guarantees'];

/** Who may call whom, in calling order: a row names only rows above it, so that no cycle can be written. */
const calls: Readonly<Record<string, readonly string[]>> = {
  audit: [],
  identity: ['audit'],
  institutions: ['identity', 'audit'],
  attachments: base,
  approvals: base,
  documents: [...base, 'approvals'],
  banks: base,
  customers: base,
  products: base,
  admissions: [...base, 'approvals', 'banks'],
  agreements: [...base, 'banks', 'customers', 'products', 'admissions'],
  guarantees: [...base, 'banks', 'customers', 'agreements'],
  filings: [...book, 'products'],
  limits: [...book, 'approvals', 'products', 'admissions', 'filings'],
  cases: [...book, 'attachments', 'documents', 'approvals', 'products', 'admissions', 'limits', 'filings'],
  creditinfo: [...book, 'attachments'],
  portal: [...book, 'attachments', 'documents', 'cases'],
  imports: book,
  batches: [...book, 'approvals', 'products', 'admissions', 'limits', 'filings', 'imports'],
  bankreports: [...book, 'imports'],
  aftercare: [...book, 'approvals', 'attachments', 'documents', 'limits', 'filings', 'bankreports'],
  exchange: [...book, 'imports'],
  reconciliation: [...book, 'imports', 'exchange'],
  feedback: [...book, 'exchange', 'reconciliation'],
  subsidies: [...book, 'reconciliation', 'feedback'],
  webhooks: [...base],
  lawmap: base,
  home: [
    ...book,
    'approvals',
    'admissions',
    'filings',
    'cases',
    'imports',
    'bankreports',
    'aftercare',
    'exchange',
    'reconciliation',
    'feedback',
    'subsidies',
    'lawmap',
  ],
};

/** Known and meant. Each gives its reason; one that is no longer needed fails. */
const exceptions: readonly Exception[] = [
  {
    rule: 'append-only',
    path: 'db/migrations/0004-audit.sql',
    about: 'audit.head',
    reason: '链头只记下一环的位置，不是审计记录；改动它会被 verify 发现',
  },
];

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = readSources(
  ['src', 'web', 'monitor', 'credit-platform', 'sms-gateway', 'db/seed', 'sim', 'bench', 'tools', 'e2e'],
  /\.tsx?$/,
);
const migrations = readSources(['db/migrations'], /\.sql$/);

test('依赖规则：内核 ← 法规、平台 ← 账簿 ← 模块 ← 装配', () => {
  const imports = importsOf(sources);
  // A scan that reads nothing would pass.
  expect(imports.filter((one) => !one.isPackage).length).toBeGreaterThan(sources.length / 2);
  expect(imports.length).toBeGreaterThan(100);
  report([...dependencyFindings(imports), ...schemaFindings(sources)]);
});

test('调用表只许指向排在前面的模块，且列出全部模块', () => {
  const names = Object.keys(calls);
  for (const [at, name] of names.entries())
    expect(names.slice(0, at)).toEqual(expect.arrayContaining([...calls[name]!]));
  expect(moduleNames().filter((name) => !names.includes(name))).toEqual([]);
});

test('内务规则：篇幅、金额类型、时钟、说明、待办、重名测试、账簿只增不改', () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(migrations.length).toBeGreaterThan(0);
  report([...tidyFindings(sources), ...grantFindings(migrations)]);
});

test('每个模块有 README.md，不超过 25 行', () => {
  const lengths = moduleNames().map((name) => [name, lineCount(`src/modules/${name}/README.md`)] as const);
  expect(lengths.filter(([, length]) => length === 0 || length > 25)).toEqual([]);
});

test('每条例外都还需要', () => {
  const all = [
    ...dependencyFindings(importsOf(sources)),
    ...schemaFindings(sources),
    ...tidyFindings(sources),
    ...grantFindings(migrations),
  ];
  expect(applyExceptions(all, exceptions).stale).toEqual([]);
});

const planted: readonly [broken: string, path: string, text: string][] = [
  ['dependency', 'src/kernel/a.ts', `import { readFile } from 'node:fs';`],
  ['dependency', 'src/kernel/a.ts', `const fs = await import('node:fs');`],
  ['dependency', 'src/law/a.ts', `import { x } from '../modules/guarantees/index.ts';`],
  ['dependency', 'src/platform/a.ts', `import type { X } from '../ledger/index.ts';`],
  ['dependency', 'src/modules/guarantees/rules.ts', `import type { Db } from '../../platform/db.ts';`],
  ['dependency', 'src/modules/guarantees/rules/a.ts', `import { z } from 'zod';`],
  ['dependency', 'src/modules/guarantees/contract.ts', `import type { X } from './store.ts';`],
  ['dependency', 'src/modules/guarantees/actions.ts', `import { x } from '../customers/store.ts';`],
  ['dependency', 'src/modules/banks/actions.ts', `import { x } from '../guarantees/index.ts';`],
  ['dependency', 'src/modules/unlisted/index.ts', `import { x } from '../identity/index.ts';`],
  ['dependency', 'src/modules/banks/a.ts', `import { x } from '../../app.ts';`],
  ['dependency', 'web/pages/home/a.tsx', `import { x } from '../../../src/modules/home/rules.ts';`],
  ['dependency', 'web/pages/home/a.tsx', `import { x } from '../law/list.tsx';`],
  ['dependency', 'monitor/a.ts', `import type { X } from '../src/modules/exchange/contract.ts';`],
  ['dependency', 'src/modules/banks/a.ts', `import { x } from '../../platform/testing/index.ts';`],
  ['schema', 'src/modules/banks/store.ts', 'sql`insert into guarantees.guarantee values (1)`'],
  ['file-length', 'src/modules/a/b.ts', 'x;\n'.repeat(401)],
  ['function-length', 'src/a.ts', `function a() {\n${'  x;\n'.repeat(70)}}`],
  ['function-length', 'src/a.ts', `async function a(\n  one: string,\n): Promise<void> {\n${'  x;\n'.repeat(70)}}`],
  ['only', 'src/a.test.ts', `test.${'only'}('a', () => {});`],
  ['money', 'src/a.ts', 'const x: { feeAmount?: number } = {};'],
  ['docstring', 'src/a.ts', '\nexport function a() {}'],
  ['date', 'src/modules/a/b.ts', 'const now = new Date();'],
  ['todo', 'src/a.ts', `// TO${'DO'} later`],
  ['duplicate-test', 'src/a.test.ts', `test('a', () => {});\ntest('a', () => {});`],
  ['append-only', 'src/ledger/a.ts', 'sql`update ledger.entry set amount = 0`'],
  ['append-only', 'src/a.ts', `tx.deleteFrom('audit.event')`],
  ['append-only', 'db/migrations/1.sql', 'grant select, update on ledger.entry to rongdan_app;'],
];

test.each(planted)('种入的违规会被发现：%s %s %#', (rule, path, text) => {
  const source = [{ path, text }];
  const found = [
    ...dependencyFindings(importsOf(source)),
    ...schemaFindings(source),
    ...tidyFindings(source),
    ...grantFindings(source),
  ];
  expect(found.map((one) => one.rule)).toContain(rule);
});

test('合乎规则的引用不受阻', () => {
  const allowed = [
    {
      path: 'src/modules/guarantees/actions.ts',
      text: `import { x } from '../customers/index.ts'; import { y } from './store.ts';`,
    },
    { path: 'src/modules/guarantees/rules.ts', text: `import type { Fen } from '../../kernel/money.ts';` },
    { path: 'web/pages/home/a.tsx', text: `import type { X } from '../../../src/modules/subsidies/contract.ts';` },
    { path: 'src/a.ts', text: `// see 'http://x' or import('node:fs')\nconst feedback: { count: number } = x;` },
  ];
  expect([...dependencyFindings(importsOf(allowed)), ...tidyFindings(allowed)]).toEqual([]);
});

function dependencyFindings(imports: readonly Import[]): Finding[] {
  const pure = pureFiles(imports);
  return imports.flatMap((one) => {
    if (isTest(one.from)) return [];
    const message = wrongWith(one, pure);
    return message
      ? [{ rule: 'dependency', path: one.from, line: one.line, message: `${message}：${one.target}` }]
      : [];
  });
}

function wrongWith(one: Import, pure: ReadonlySet<string>): string | undefined {
  const part = partOf(one.from);
  if (!part) return '文件不属于任何已知部分';
  if (one.isPackage) {
    if (pure.has(one.from)) return '规则文件只用内核与法规';
    if (isContract(one.from)) return one.target === 'zod' ? undefined : '契约文件只用 zod';
    return part.packages.test(one.target) ? undefined : `${part.name} 不得引用这个包`;
  }
  if (/^src\/platform\/testing\//.test(one.target) && part.name !== 'around') return '产品代码不得引用测试工具';
  const target = partOf(one.target);
  if (!target) return undefined;
  const isModuleOfOthers = target.name === 'modules' && moduleOf(one.from) !== moduleOf(one.target);
  if (isContract(one.from) && !isContractMaterial(one, target.name))
    return '契约文件只用内核、法规、线上类型与其他契约';
  if (pure.has(one.from) && !['kernel', 'law', 'wire'].includes(target.name) && isModuleOfOthers)
    return '规则文件只用内核与法规';
  if (pure.has(one.from) && ['platform', 'ledger', 'app'].includes(target.name)) return '规则文件只用内核与法规';
  if (part.name === 'web') return webProblem(one, target.name);
  if (part.name === 'modules' && isModuleOfOthers) return callProblem(one);
  if (part.name === target.name || part.may.includes('*') || part.may.includes(target.name)) return undefined;
  return `${part.name} 不得引用 ${target.name}`;
}

function webProblem(one: Import, target: string): string | undefined {
  if (target === 'modules') return isContract(one.target) ? undefined : '网页只能引用模块的 contract.ts';
  const page = (path: string) => /^web\/pages\/([^/]+)/.exec(path)?.[1];
  if (target === 'web') {
    return page(one.from) && page(one.target) && page(one.from) !== page(one.target)
      ? '页面不得引用其他页面'
      : undefined;
  }
  return ['kernel', 'law', 'wire'].includes(target) ? undefined : `web 不得引用 ${target}`;
}

function callProblem(one: Import): string | undefined {
  const [caller, callee] = [moduleOf(one.from)!, moduleOf(one.target)!];
  if (!(caller in calls)) return `模块 ${caller} 不在调用表中`;
  if (isContract(one.from) && isContract(one.target)) return undefined;
  if (!/\/index\.ts$/.test(one.target)) return '只能经由另一模块的 index.ts';
  return calls[caller]!.includes(callee) ? undefined : `调用表不许 ${caller} 调用 ${callee}`;
}

/** Rule files, and what of their own module they lean on: all of it must be pure. */
function pureFiles(imports: readonly Import[]): Set<string> {
  const isRule = (path: string) => /^src\/modules\/[^/]+\/(rules\.ts|rules\/.+)$/.test(path);
  const pure = new Set(imports.map((one) => one.from).filter((path) => isRule(path) && !isTest(path)));
  for (let before = -1; before !== pure.size; ) {
    before = pure.size;
    for (const one of imports) {
      const isOwn = pure.has(one.from) && moduleOf(one.from) === moduleOf(one.target);
      if (isOwn && !one.isPackage && !isContract(one.target)) pure.add(one.target);
    }
  }
  return pure;
}

/** A module writes only in the PostgreSQL schema of its own name. */
function schemaFindings(all: readonly Source[]): Finding[] {
  return all.flatMap(({ path, text }) => {
    const module = moduleOf(path);
    if (!module || isTest(path)) return [];
    const writes = [
      ...text.matchAll(/\b(?:insert\s+into|update|delete\s+from|copyInto\(\w+,\s*['"`])\s*([a-z_]+)\.[a-z_]+/g),
    ];
    return writes
      .filter((match) => match[1] !== module && match[1] !== 'pg_temp')
      .map((match) => ({
        rule: 'schema',
        path,
        line: text.slice(0, match.index).split('\n').length,
        message: `模块 ${module} 写入了 ${match[1]}`,
      }));
  });
}

const partOf = (path: string) => parts.find((part) => part.prefix.test(path));
const moduleOf = (path: string) => /^src\/modules\/([^/]+)\//.exec(path)?.[1];
const isContract = (path: string) => /^src\/modules\/[^/]+\/contract(\.ts|\/.+\.ts)$/.test(path);
const isContractMaterial = (one: Import, target: string) =>
  ['kernel', 'law', 'wire'].includes(target) || isContract(one.target);

function report(findings: readonly Finding[]): void {
  expect(applyExceptions(findings, exceptions).open).toEqual([]);
}

function moduleNames(): string[] {
  const folder = `${root}src/modules`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function lineCount(path: string): number {
  return existsSync(root + path)
    ? readFileSync(root + path, 'utf8')
        .trimEnd()
        .split('\n').length
    : 0;
}

function readSources(folders: readonly string[], pattern: RegExp): Source[] {
  const found = folders
    .filter((folder) => existsSync(root + folder))
    .flatMap((folder) =>
      readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name.replaceAll('\\', '/')}`,
      ),
    );
  return found.filter((path) => pattern.test(path)).map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
}
