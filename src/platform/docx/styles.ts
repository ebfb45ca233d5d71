import type { DocxParts } from './package.ts';
import { attributeOf, childOf, descendants, elementsOf, parseXml, type XmlElement } from './xml.ts';

/** The looks of a paragraph and its runs that a rendering cares for. Twentieths of a point as Word has them. */
export type Looks = {
  align?: string;
  firstLine?: number;
  firstLineChars?: number;
  left?: number;
  leftChars?: number;
  before?: number;
  after?: number;
  line?: number;
  startsPage?: boolean;
  size?: number;
  bold?: boolean;
  underline?: boolean;
  hidden?: boolean;
  numbering?: { id: string; level: number };
};

const number = (element: XmlElement | undefined, name: string): number | undefined => {
  const text = attributeOf(element, name);
  return text === undefined || !/^-?\d+(\.\d+)?$/.test(text) ? undefined : Number(text);
};
const isOn = (element: XmlElement | undefined): boolean | undefined =>
  element && !['0', 'false', 'off', 'none'].includes(attributeOf(element, 'w:val') ?? '1');

/** Leaves out what is not said, so that looks can be laid over each other. */
const said = (looks: { [K in keyof Looks]: Looks[K] | undefined }): Looks =>
  Object.fromEntries(Object.entries(looks).filter(([, value]) => value !== undefined)) as Looks;

/** What a w:rPr says. */
export const runLooks = (properties: XmlElement | undefined): Looks => {
  const halfPoints = number(childOf(properties, 'w:sz'), 'w:val');
  return said({
    size: halfPoints && halfPoints / 2,
    bold: isOn(childOf(properties, 'w:b')),
    underline: isOn(childOf(properties, 'w:u')),
    hidden: isOn(childOf(properties, 'w:vanish')),
  });
};

/** What a w:pPr says, its numbering included. */
export function paragraphLooks(properties: XmlElement | undefined): Looks {
  const indent = childOf(properties, 'w:ind');
  const spacing = childOf(properties, 'w:spacing');
  const numbering = childOf(properties, 'w:numPr');
  const id = attributeOf(childOf(numbering, 'w:numId'), 'w:val');
  const isAuto = (attributeOf(spacing, 'w:lineRule') ?? 'auto') === 'auto';
  const line = number(spacing, 'w:line');
  return said({
    align: attributeOf(childOf(properties, 'w:jc'), 'w:val'),
    firstLine: number(indent, 'w:firstLine') ?? negative(number(indent, 'w:hanging')),
    firstLineChars: number(indent, 'w:firstLineChars') ?? negative(number(indent, 'w:hangingChars')),
    left: number(indent, 'w:left') ?? number(indent, 'w:start'),
    leftChars: number(indent, 'w:leftChars') ?? number(indent, 'w:startChars'),
    before: number(spacing, 'w:before'),
    after: number(spacing, 'w:after'),
    line: isAuto && line ? line / 240 : undefined,
    startsPage: isOn(childOf(properties, 'w:pageBreakBefore')),
    numbering: id ? { id, level: number(childOf(numbering, 'w:ilvl'), 'w:val') ?? 0 } : undefined,
  });
}

const negative = (value: number | undefined): number | undefined => value && -value;

/** The looks a style gives, those it is based on included; the document's own defaults for an unknown one. */
export type StyleSheet = (id: string | undefined) => Looks;

/** Reads the styles of a document. */
export function readStyles(parts: DocxParts): StyleSheet {
  const part = parts.get('word/styles.xml');
  const nodes = part ? parseXml(part.toString()) : [];
  const root = elementsOf(nodes, 'w:styles')[0];
  const defaults = childOf(root, 'w:docDefaults');
  const base = {
    ...paragraphLooks(childOf(childOf(defaults, 'w:pPrDefault'), 'w:pPr')),
    ...runLooks(childOf(childOf(defaults, 'w:rPrDefault'), 'w:rPr')),
  };
  const styles = new Map(
    elementsOf(root?.children ?? [], 'w:style').map((style) => [attributeOf(style, 'w:styleId') ?? '', style]),
  );
  const usual = [...styles].find(
    ([, style]) => attributeOf(style, 'w:default') === '1' && attributeOf(style, 'w:type') === 'paragraph',
  )?.[0];
  const looksOf = (id: string | undefined, depth = 0): Looks => {
    const style = styles.get(id ?? '');
    if (!style || depth > 20) return base;
    return {
      ...looksOf(attributeOf(childOf(style, 'w:basedOn'), 'w:val'), depth + 1),
      ...paragraphLooks(childOf(style, 'w:pPr')),
      ...runLooks(childOf(style, 'w:rPr')),
    };
  };
  return (id) => looksOf(id ?? usual);
}

/** What a rendering from paragraphs and tables leaves out, in words with counts; empty for a document it shows whole. */
export function unshownIn(parts: DocxParts): string[] {
  const counts = new Map<string, number>();
  const add = (what: string, count: number) => count > 0 && counts.set(what, (counts.get(what) ?? 0) + count);
  for (const [name, content] of parts) {
    if (!/^word\/(document|header|footer|footnotes)\d*\.xml$/.test(name)) continue;
    const all = [...descendants(parseXml(content.toString()))];
    const count = (wanted: string) => all.filter((each) => each.name === wanted).length;
    if (name.startsWith('word/document')) {
      add('文本框', count('w:txbxContent'));
      add('图片', count('pic:pic') + count('v:imagedata'));
      add('公式', count('m:oMath'));
      add('脚注', count('w:footnoteReference'));
    } else if (!name.startsWith('word/footnotes') && all.some((each) => each.name === 'w:t')) {
      add(name.startsWith('word/header') ? '页眉' : '页脚', 1);
    }
  }
  return [...counts].map(([what, count]) => `${what} ${count} 处`);
}
