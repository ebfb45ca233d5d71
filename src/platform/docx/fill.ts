import { type DocxParts, textParts } from './package.ts';
import { fieldPattern, paragraphsOf, sayingOf, textOfParagraph, textsOf } from './paragraphs.ts';
import {
  cloneXml,
  descendants,
  elementsOf,
  escapeXml,
  parseXml,
  writeXml,
  type XmlElement,
  type XmlNode,
} from './xml.ts';

/** Values by field; in a repeated part the row's own come first. */
export type Values = Readonly<Record<string, string>>;
export type GroupRows = Readonly<Record<string, readonly Values[]>>;

/** What a template asks for: fields, repeated parts with theirs, and what is wrong with its marks, each in words. */
export type TemplateScan = {
  readonly fields: readonly string[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly problems: readonly string[];
};

/** Finds every field of a template, also where the word processor split one over runs. */
export function scanTemplate(parts: DocxParts): TemplateScan {
  const fields = new Set<string>();
  const groups = new Map<string, Set<string>>();
  const problems: string[] = [];
  for (const name of textParts(parts)) {
    const nodes = parseXml(parts.get(name)!.toString());
    let open: string | undefined;
    for (const paragraph of paragraphsOf(nodes)) {
      const text = textOfParagraph(paragraph);
      problems.push(...problemsOf(text));
      for (const [, kind, field = ''] of text.matchAll(fieldPattern)) {
        if (kind === '#') {
          if (open) problems.push(`重复段「${field}」开始时「${open}」还没有结束：重复段不能嵌套`);
          open = field;
          groups.set(field, groups.get(field) ?? new Set());
        } else if (kind === '/') {
          if (open !== field) problems.push(`{{/${field}}} 没有与之配对的 {{#${field}}}`);
          open = undefined;
        } else (open ? groups.get(open)! : fields).add(field);
      }
    }
    if (open) problems.push(`重复段「${open}」没有结束：缺少 {{/${open}}}`);
    if (problems.length === 0) problems.push(...expand(nodes));
  }
  return {
    fields: [...fields],
    groups: Object.fromEntries([...groups].map(([name, own]) => [name, [...own]])),
    problems: [...new Set(problems)],
  };
}

function problemsOf(text: string): string[] {
  const rest = text.replace(fieldPattern, '');
  const around = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  if (/｛\s*｛|｝\s*｝/.test(rest)) return [`「${around}」用了全角花括号，请改成半角 {{ }}`];
  return /\{\{|\}\}/.test(rest) ? [`「${around}」里有没配对或空白的 {{ }}`] : [];
}

/** Fills a template. Throws RangeError on a field or repeated part without a value: ask `scanTemplate` first. */
export function fillTemplate(parts: DocxParts, values: Values, rows: GroupRows = {}): DocxParts {
  const filled = new Map(parts);
  for (const name of textParts(parts)) {
    const nodes = parseXml(parts.get(name)!.toString());
    const filling: Filling = { values, rows, done: new Set() };
    expand(nodes, filling);
    for (const each of paragraphsOf(nodes)) if (!filling.done.has(each)) fillParagraph(each, values);
    filled.set(name, Buffer.from(writeXml(nodes)));
  }
  return filled;
}

/** Puts values into one paragraph: each lands in the run where its mark begins and takes that run's looks. */
function fillParagraph(paragraph: XmlElement, values: Values): void {
  const texts = textsOf(paragraph);
  const sayings = texts.map(sayingOf);
  const whole = sayings.join('');
  if (!whole.includes('{{')) return;
  const parts = [...whole.matchAll(fieldPattern)].map((match) => {
    const [mark, kind, field = ''] = match;
    const value = kind ? '' : values[field];
    if (value === undefined) throw new RangeError(`字段没有值：${field}`);
    return { from: match.index, to: match.index + mark.length, value };
  });
  let from = 0;
  texts.forEach((element, index) => {
    const to = from + sayings[index]!.length;
    element.open = '<w:t xml:space="preserve">';
    element.children = [written(sliceFilled(whole, from, to, parts))];
    from = to;
  });
}

type Filled = { readonly from: number; readonly to: number; readonly value: string };

/** The text from..to with each mark that begins in it replaced, and nothing of marks that began before. */
function sliceFilled(whole: string, from: number, to: number, marks: readonly Filled[]): string {
  let text = '';
  let at = from;
  for (const mark of marks) {
    if (mark.to <= from || mark.from >= to) continue;
    text += whole.slice(at, Math.max(at, mark.from));
    if (mark.from >= from) text += mark.value;
    at = mark.to;
  }
  return text + whole.slice(Math.min(at, to), to);
}

const written = (text: string): string => escapeXml(text).replace(/\r?\n/g, '</w:t><w:br/><w:t xml:space="preserve">');

const blockContainers = new Set([
  'w:body',
  'w:tc',
  'w:hdr',
  'w:ftr',
  'w:txbxContent',
  'w:sdtContent',
  'w:footnote',
  'w:endnote',
]);

/** What goes in, and which paragraphs have it already: a value that looks like a field must not be filled again. */
type Filling = { readonly values: Values; readonly rows: GroupRows; readonly done: Set<XmlElement> };

/**
 * Repeats what stands between {{#x}} and {{/x}}: rows of a table, or paragraphs of a text. Rows and paragraphs that hold only a mark
 * go. Without a filling nothing is repeated; answers what is laid out in a way that cannot be.
 */
function expand(nodes: readonly XmlNode[], filling?: Filling): string[] {
  const containers = [...descendants(nodes)].filter((each) => each.name === 'w:tbl' || blockContainers.has(each.name));
  // Marks in a cell are those of its row.
  const problems = containers.filter((each) => each.name !== 'w:tc').flatMap((each) => expandIn(each, filling));
  if (filling) for (const each of containers) mend(each);
  return problems;
}

function expandIn(container: XmlElement, filling: Filling | undefined): string[] {
  const isTable = container.name === 'w:tbl';
  const problems: string[] = [];
  const kept: XmlNode[] = [];
  let group: { name: string; units: XmlNode[] } | undefined;
  for (const child of container.children) {
    const marks = typeof child === 'string' ? [] : marksOf(child, isTable);
    const start = marks.find((mark) => mark.kind === '#');
    if (start && group) problems.push(`一行里只能有一个重复段：「${start.name}」`);
    if (start) group ??= { name: start.name, units: [] };
    if (!group) {
      const end = marks.find((mark) => mark.kind === '/');
      if (end) problems.push(misplaced(end.name));
      kept.push(child);
      continue;
    }
    group.units.push(child);
    if (!marks.some((mark) => mark.kind === '/' && mark.name === group?.name)) continue;
    if (filling) kept.push(...repeated(group.name, group.units, filling));
    group = undefined;
  }
  if (group) problems.push(misplaced(group.name));
  if (filling) container.children = kept;
  return problems;
}

const misplaced = (name: string): string => `重复段「${name}」的开始与结束不在同一张表的行里，也不在同一段正文里`;

/** The marks of repeated parts in a row (any of its paragraphs but those of tables inside) or in a paragraph. */
function marksOf(unit: XmlElement, isRow: boolean): { kind: string; name: string }[] {
  if (isRow ? unit.name !== 'w:tr' : unit.name !== 'w:p') return [];
  const paragraphs = isRow ? ownParagraphs(unit) : [unit];
  return paragraphs
    .flatMap((each) => [...textOfParagraph(each).matchAll(fieldPattern)])
    .filter(([, kind]) => kind)
    .map(([, kind = '', name = '']) => ({ kind, name }));
}

const ownParagraphs = (row: XmlElement): XmlElement[] =>
  [...descendants(row.children, (each) => each.name !== 'w:tbl')].filter((each) => each.name === 'w:p');

function repeated(name: string, units: readonly XmlNode[], { values, rows, done }: Filling): XmlNode[] {
  const own = rows[name];
  if (!own) throw new RangeError(`重复段没有内容：${name}`);
  const body = units.filter((unit) => typeof unit === 'string' || !holdsOnlyMarks(unit));
  return own.flatMap((row) =>
    body.map((unit) => {
      const copy = cloneXml(unit);
      for (const each of paragraphsOf([copy])) {
        fillParagraph(each, { ...values, ...row });
        done.add(each);
      }
      return copy;
    }),
  );
}

function holdsOnlyMarks(unit: XmlElement): boolean {
  const text = paragraphsOf([unit]).map(textOfParagraph).join('');
  const marks = [...text.matchAll(fieldPattern)];
  return marks.length > 0 && marks.every(([, kind]) => kind) && text.replace(fieldPattern, '').trim() === '';
}

/** A cell needs a paragraph at its end and a table a row, or the word processor calls the file damaged. */
function mend(container: XmlElement): void {
  if (container.name === 'w:tc' && elementsOf(container).at(-1)?.name !== 'w:p') container.children.push('<w:p/>');
  container.children = container.children.filter(
    (each) => typeof each === 'string' || each.name !== 'w:tbl' || elementsOf(each, 'w:tr').length > 0,
  );
}
