/** One file of the repository as the source checks see it. `path` is relative to the root, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** One import: who asks for what. A path of the repository, or a package when `target` names none. */
export interface Import {
  readonly from: string;
  readonly line: number;
  readonly target: string;
  readonly isPackage: boolean;
}

/** A broken house rule, as `path:line what is wrong`. */
export interface Finding {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** Is the file a test, or a helper only tests use? */
export const isTest = (path: string): boolean =>
  /\.(test|e2e)\.tsx?$/.test(path) || /(^|\/)testing\//.test(path) || path.startsWith('e2e/');

/** Is the file written by a tool? Generated files say so in their first line. */
export const isGenerated = (source: Source): boolean => /^(\/\/|\/\*\*?|--) Generated\b/.test(source.text);

/** Every import of the files, static, dynamic and type-only. Comments are not read. */
export function importsOf(sources: readonly Source[]): Import[] {
  const pattern = /(?<!['"])\b(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g;
  return sources.flatMap(({ path, text }) => {
    const code = withoutComments(text);
    return [...code.matchAll(pattern)].map((match) => {
      const name = match[1]!;
      const line = lineAt(code, match.index);
      if (!name.startsWith('.')) return { from: path, line, target: name, isPackage: true };
      const target = new URL(name, `file:///${path}`).pathname.slice(1);
      return { from: path, line, target: decodeURIComponent(target), isPackage: false };
    });
  });
}

/** Runs the house rules that need no knowledge of modules. */
export function tidyFindings(sources: readonly Source[]): Finding[] {
  const written = sources.filter((source) => !isGenerated(source));
  return written.flatMap((source) => [
    ...longFile(source),
    ...longFunctions(source),
    ...matches(source, 'only', /\b(?:test|it|describe)\.only\b/g, '遗留了 .only'),
    ...matches(source, 'todo', /\b(?:TO[D]O|FIX[M]E|X{3})\b/g, '遗留了待办记号', (text) => text),
    ...duplicateTests(source),
    ...(isTest(source.path) ? [] : productionFindings(source)),
  ]);
}

function productionFindings(source: Source): Finding[] {
  const { path } = source;
  const serverSide = /^(src|monitor|db\/seed)\//.test(path);
  return [
    ...moneyAsNumber(source),
    ...(serverSide ? [...missingDocs(source), ...clockReads(source)] : []),
    ...matches(
      source,
      'append-only',
      /\b(?:update|delete\s+from|truncate(?:\s+table)?)\s+(?:ledger|audit)\.\w+|(?:updateTable|deleteFrom)\(\s*['"](?:ledger|audit)\.\w+/gi,
      '账簿与审计记录只增不改：',
    ),
  ];
}

/** Migrations: the application's role is never given the right to change or remove ledger and audit rows. */
export function grantFindings(migrations: readonly Source[]): Finding[] {
  return migrations.flatMap((source) => {
    const code = source.text.replace(/--.*$/gm, '');
    const statements = code.matchAll(/\bgrant\s+([^;]*?)\s+on\s+([^;]*?)\s+to\s+([^;]*);/gi);
    return [...statements]
      .filter(
        (match) => /\b(?:update|delete|truncate|all)\b/i.test(match[1]!) && /\b(?:ledger|audit)\b/i.test(match[2]!),
      )
      .map((match) =>
        finding(source, 'append-only', lineAt(code, match.index), `授予了修改账簿或审计记录的权限：${match[2]}`),
      );
  });
}

/** A finding that is known and meant: `about` narrows it to messages that hold this text. */
export interface Exception {
  readonly rule: string;
  readonly path: string;
  readonly about?: string;
  readonly reason: string;
}

/** The findings without those an exception covers, and the exceptions that cover nothing any more. */
export function applyExceptions(
  findings: readonly Finding[],
  exceptions: readonly Exception[],
): { readonly open: string[]; readonly stale: string[] } {
  const covers = (rule: { rule: string; path: string }, one: Finding) =>
    rule.rule === one.rule && rule.path === one.path;
  return {
    open: findings
      .filter((one) => !exceptions.some((exception) => covers(exception, one)))
      .map((one) => `[${one.rule}] ${one.path}:${one.line} ${one.message}`),
    stale: exceptions
      .filter((exception) => !findings.some((one) => covers(exception, one)))
      .map((exception) => `[${exception.rule}] ${exception.path} 的例外已不需要`),
  };
}

const FILE_LIMIT = 400;
const FUNCTION_LIMIT = 70;

function longFile(source: Source): Finding[] {
  const lines = source.text.trimEnd().split('\n').length;
  if (isTest(source.path) || lines <= FILE_LIMIT) return [];
  return [finding(source, 'file-length', lines, `文件 ${lines} 行，上限 ${FILE_LIMIT} 行：按动作或条款拆分`)];
}

/**
 * Reads the layout the formatter guarantees: a function ends at the closing brace with the indent it began with. A routes file is
 * a list of doors inside one function; its length is that of the list.
 */
function longFunctions(source: Source): Finding[] {
  if (isTest(source.path) || !source.path.endsWith('.ts') || /routes\.ts$/.test(source.path)) return [];
  const lines = source.text.split('\n');
  const begins =
    /^( *)(?:export )?(?:default )?(?:(?:static|override|private|public) )*(?:async )?(?:function\b|(?:const|let) \w+ = (?:async )?\(|[#\w]+\([^;]*\)?[^;]*\{$)/;
  return lines.flatMap((line, index) => {
    const match = begins.exec(line);
    if (!match || /^\s*(?:if|for|while|switch|return|catch|else|describe|test|it)\b/.test(line)) return [];
    const end = lines.findIndex(
      (later, at) => at > index && /^[})\]]/.test(later.slice(match[1]!.length)) && isIndent(later, match[1]!),
    );
    const closing = end >= 0 && lines[end]!.trimStart().startsWith(')') ? closingBrace(lines, end, match[1]!) : end;
    const length = closing - index + 1;
    return length > FUNCTION_LIMIT
      ? [finding(source, 'function-length', index + 1, `函数 ${length} 行，上限 ${FUNCTION_LIMIT} 行`)]
      : [];
  });
}

const isIndent = (line: string, indent: string) => line.startsWith(indent) && !/^ /.test(line.slice(indent.length));

/** The parameter list itself ended at `from` (`): Result {`); the body ends at the next brace of that indent. */
function closingBrace(lines: readonly string[], from: number, indent: string): number {
  if (!lines[from]!.endsWith('{')) return from;
  return lines.findIndex(
    (line, at) => at > from && isIndent(line, indent) && line.slice(indent.length).startsWith('}'),
  );
}

/**
 * Functions, classes and values say what they answer; one comment may stand over a run of neighbours. Types, one-line constants
 * and the schemas of a contract may speak by name.
 */
function missingDocs(source: Source): Finding[] {
  const lines = source.text.split('\n');
  const named = new Set<string>();
  const declares = /^export (?:default )?(?:abstract )?(?:async )?(?:function\*?|const|let|class) (\w+)/;
  let covered = -1;
  return lines.flatMap((line, index) => {
    const match = declares.exec(line);
    if (!match) return [];
    const isConst = /^export const/.test(line);
    if (isConst && (line.endsWith(';') || /\/contract(\/[^/]+)?\.ts$/.test(source.path))) return [];
    const isCovered = lines[index - 1]?.trimEnd().endsWith('*/') || covered === index - 1 || named.has(match[1]!);
    named.add(match[1]!);
    if (isCovered) covered = index;
    return isCovered ? [] : [finding(source, 'docstring', index + 1, `导出的 ${match[1]} 没有说明`)];
  });
}

/** Business code has `Day` and a given clock and needs no Date at all; machinery may convert one, but not ask the time. */
function clockReads(source: Source): Finding[] {
  if (/^src\/(platform\/clock|kernel\/day)\.ts$/.test(source.path)) return [];
  const isBusiness = /^src\/(kernel|law|ledger|modules)\//.test(source.path);
  const pattern = isBusiness ? /\bnew Date\(|\bDate\.(?:now|parse|UTC)\(/g : /\bnew Date\(\)|\bDate\.now\(/g;
  return matches(source, 'date', pattern, '只有 platform/clock 读时钟；日历日用 Day');
}

const MONEY_WORDS = new Set([
  'amount',
  'balance',
  'fee',
  'principal',
  'premium',
  'subsidy',
  'compensation',
  'fen',
  'yuan',
  'money',
]);

function moneyAsNumber(source: Source): Finding[] {
  const code = withoutComments(source.text);
  return [...code.matchAll(/\b(\w+)\??:\s*number\b/g)]
    .filter((match) =>
      MONEY_WORDS.has(
        match[1]!
          .split(/(?=[A-Z])|_/)
          .at(-1)!
          .toLowerCase(),
      ),
    )
    .map((match) => finding(source, 'money', lineAt(code, match.index), `${match[1]} 是金额，类型须为 Fen`));
}

function duplicateTests(source: Source): Finding[] {
  if (!/\.(test|e2e)\.tsx?$/.test(source.path)) return [];
  const group: string[] = [];
  const seen = new Set<string>();
  return source.text.split('\n').flatMap((line, index) => {
    const match = /^(\s*)(describe|test|it)\((['"`])(.+?)\3\s*,/.exec(line);
    if (!match) return [];
    const depth = match[1]!.length / 2;
    group.length = Math.min(group.length, depth);
    if (match[2] === 'describe') {
      group[depth] = match[4]!;
      return [];
    }
    const name = [...group, match[4]].join(' › ');
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [finding(source, 'duplicate-test', index + 1, `测试名重复：${name}`)];
  });
}

function matches(source: Source, rule: string, pattern: RegExp, message: string, read = withoutComments): Finding[] {
  const code = read(source.text);
  return [...code.matchAll(pattern)].map((match) =>
    finding(source, rule, lineAt(code, match.index), message.endsWith('：') ? message + match[0] : message),
  );
}

/** Blanks comments out, keeping every line where it is. A '//' inside a string such as 'http://…' is not a comment. */
function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ');
  return text
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/(^|[\s;{}(),])\/\/.*$/gm, (all, before: string) => before + blank(all.slice(before.length)));
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

const finding = (source: Source, rule: string, line: number, message: string): Finding => ({
  rule,
  path: source.path,
  line,
  message,
});
