/** One top-level declaration of a source file: its name, its first doc sentence and the names its text mentions. */
export type Declaration = {
  readonly name: string;
  readonly isExportedFunction: boolean;
  readonly doc: string;
  readonly mentions: ReadonlySet<string>;
};

/** A test group and the titles in it, as written (`%s` stays). */
export type TestGroup = { readonly file: string; readonly title: string; readonly cases: readonly string[] };

const declarationHead = /^(export )?(?:async )?(function|const|class|type) (\w+)/gm;

/** The doc comment above each exported constant or function, as one line of text. */
export function docsOf(text: string): ReadonlyMap<string, string> {
  const docs = new Map<string, string>();
  for (const [, body = '', name = ''] of text.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:async )?(?:const|function) (\w+)/g,
  )) {
    const lines = body.split('\n').map((line) => line.replace(/^\s*\*?\s*/, '').trim());
    // Chinese needs no blank where a line was broken; English does.
    docs.set(
      name,
      lines
        .join('\n')
        .trim()
        .split('\n\n')[0]!
        .replace(/(\w)\n(\w)/g, '$1 $2')
        .replaceAll('\n', ''),
    );
  }
  return docs;
}

/** Names a file imports from the law, directly or as a neighbour inside src/law. */
export function lawImportsOf(file: string, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, list = '', from = ''] of text.matchAll(/import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/g)) {
    const isLaw = /(^|\/)law\//.test(from) || (file.startsWith('src/law/') && from.startsWith('./'));
    if (!isLaw) continue;
    for (const part of list.split(',')) {
      const name = part
        .trim()
        .replace(/^type\s+/, '')
        .split(/\s+as\s+/)[0];
      if (name) names.add(name);
    }
  }
  return names;
}

/** Every top-level declaration; a function's mentions include those of the private helpers it reaches in its file. */
export function declarationsOf(text: string): readonly Declaration[] {
  const docs = docsOf(text);
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const heads = [...bare.matchAll(declarationHead)];
  const own = heads.map((head, index) => {
    const body = bare.slice(head.index, heads[index + 1]?.index ?? bare.length);
    const name = head[3] ?? '';
    const mentions = new Set([...body.matchAll(/\b[A-Za-z_]\w*\b/g)].map(([word]) => word));
    mentions.delete(name);
    const isFunction =
      head[2] === 'function' || /^[^;]*?=\s*(async\s*)?(<[^>]*>)?\([\s\S]*?=>/.test(body.split('\n\n')[0] ?? '');
    return { name, isExportedFunction: head[1] !== undefined && head[2] !== 'type' && isFunction, mentions };
  });
  const byName = new Map(own.map((each) => [each.name, each]));
  const reach = (name: string, seen: Set<string>): Set<string> => {
    for (const word of byName.get(name)?.mentions ?? []) {
      if (seen.has(word)) continue;
      seen.add(word);
      reach(word, seen);
    }
    return seen;
  };
  return own.map(({ name, isExportedFunction }) => ({
    name,
    isExportedFunction,
    doc: docs.get(name) ?? '',
    mentions: reach(name, new Set()),
  }));
}

/** The test groups of a test file. A title outside any `describe` belongs to a group of the file's own name. */
export function testGroupsOf(file: string, text: string): readonly TestGroup[] {
  const starts = [...text.matchAll(/\bdescribe(?:\.each\([^)]*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)].map((match) => ({
    at: match.index,
    title: match[2] ?? '',
  }));
  const groups = new Map<string, string[]>(starts.map(({ title }) => [title, []]));
  const cases = /(?:\b(?:it|test)\(|\]\s*(?:as const\s*)?\)\(|\.each\([\w.]+\)\()\s*(['"`])((?:\\.|(?!\1).)*)\1/g;
  for (const match of text.matchAll(cases)) {
    const title = starts.findLast(({ at }) => at < match.index)?.title ?? file;
    groups.set(title, [...(groups.get(title) ?? []), match[2] ?? '']);
  }
  return [...groups].map(([title, found]) => ({ file, title, cases: found }));
}
