import type { Block, FlowCell, ParagraphBlock, TableBlock, TextRun } from '../papers/index.ts';
import { type Numbering, readNumbering } from './numbering.ts';
import { type DocxParts, mainPart } from './package.ts';
import { type Looks, paragraphLooks, readStyles, runLooks, type StyleSheet } from './styles.ts';
import {
  attributeOf,
  childOf,
  descendants,
  elementsOf,
  parseXml,
  unescapeXml,
  type XmlElement,
  type XmlNode,
} from './xml.ts';

/**
 * The text of a DOCX as paragraphs and tables that can be drawn, with styles, indents, numbers of lists and merged cells.
 * `unshownIn` says what of the document is not among them.
 */
export function blocksOf(parts: DocxParts): Block[] {
  const main = mainPart(parts);
  const nodes = main ? parseXml(parts.get(main)!.toString()) : [];
  const body = childOf(elementsOf(nodes, 'w:document')[0], 'w:body');
  const reader: Reader = { styles: readStyles(parts), numbering: readNumbering(parts) };
  return body ? blocksIn(body.children, reader) : [];
}

/** The paragraphs of the text one after another, those of tables too, as plain text: what two versions are compared by. */
export const plainParagraphs = (blocks: readonly Block[]): string[] =>
  blocks
    .flatMap((block) =>
      block.kind === 'paragraph'
        ? [textOf(block)]
        : block.rows.map((row) => row.cells.map((cell) => cell.paragraphs.map(textOf).join(' ')).join(' | ')),
    )
    .map((text) => text.trim())
    .filter((text) => text !== '');

const textOf = (block: ParagraphBlock): string => block.runs.map((run) => run.text).join('');

type Reader = { readonly styles: StyleSheet; readonly numbering: Numbering };
const wrappers = new Set(['w:sdt', 'w:sdtContent', 'w:ins', 'w:smartTag', 'w:customXml']);

function blocksIn(nodes: readonly XmlNode[], reader: Reader): Block[] {
  return elementsOf(nodes).flatMap((each): Block[] => {
    if (each.name === 'w:p') return paragraphBlocks(each, reader);
    if (each.name === 'w:tbl') return [tableBlock(each, reader)];
    return wrappers.has(each.name) ? blocksIn(each.children, reader) : [];
  });
}

const pageBreak = '\f';

/** One paragraph, or several where page breaks part it. */
function paragraphBlocks(paragraph: XmlElement, reader: Reader): ParagraphBlock[] {
  const whole = paragraphBlock(paragraph, reader);
  if (!whole.runs.some((run) => run.text.includes(pageBreak))) return [whole];
  const pieces: TextRun[][] = [[]];
  for (const run of whole.runs) {
    run.text.split(pageBreak).forEach((text, index) => {
      if (index > 0) pieces.push([]);
      if (text !== '') pieces.at(-1)!.push({ ...run, text });
    });
  }
  return pieces.map((runs, index) => ({ ...whole, runs, startsPage: index > 0 || whole.startsPage === true }));
}

function paragraphBlock(paragraph: XmlElement, reader: Reader): ParagraphBlock {
  const properties = childOf(paragraph, 'w:pPr');
  const style = reader.styles(attributeOf(childOf(properties, 'w:pStyle'), 'w:val'));
  const looks: Looks = { ...style, ...paragraphLooks(properties) };
  const runs = runsOf(paragraph, looks, reader);
  const size = looks.size ?? 10.5;
  const number = looks.numbering && looks.numbering.id !== '0' ? reader.numbering(looks.numbering) : '';
  if (number) runs.splice(0, 1, { ...(runs[0] ?? { size }), text: number + (runs[0]?.text ?? '') });
  const chars = (hundredths: number | undefined, twips: number | undefined) =>
    hundredths ? (hundredths / 100) * (runs[0]?.size ?? size) : (twips ?? 0) / 20;
  const left = Math.max(0, chars(looks.leftChars, looks.left));
  return {
    kind: 'paragraph',
    runs: runs.length > 0 ? runs : [{ text: '', size }],
    align: alignOf(looks.align),
    first: Math.max(-left, chars(looks.firstLineChars, looks.firstLine)),
    left,
    before: (looks.before ?? 0) / 20,
    after: (looks.after ?? 0) / 20,
    line: Math.min(Math.max(looks.line ?? 1, 0.8), 3),
    ...(looks.startsPage ? { startsPage: true } : {}),
  };
}

const alignOf = (jc: string | undefined): ParagraphBlock['align'] =>
  jc === 'center' ? 'center' : jc === 'right' || jc === 'end' ? 'right' : 'left';

function runsOf(paragraph: XmlElement, looks: Looks, reader: Reader): TextRun[] {
  const runs: TextRun[] = [];
  for (const run of descendants(paragraph.children, (each) => !['w:p', 'w:r', 'w:del', 'w:pPr'].includes(each.name))) {
    if (run.name !== 'w:r') continue;
    const properties = childOf(run, 'w:rPr');
    const style = attributeOf(childOf(properties, 'w:rStyle'), 'w:val');
    const own = { ...looks, ...(style ? onlyRunLooks(reader.styles(style)) : {}), ...runLooks(properties) };
    const text = elementsOf(run).map(sayingOf).join('');
    if (text === '' || own.hidden) continue;
    const last = runs.at(-1);
    const next = { text, size: own.size ?? 10.5, bold: own.bold ?? false, underline: own.underline ?? false };
    if (last && last.size === next.size && last.bold === next.bold && last.underline === next.underline)
      runs[runs.length - 1] = { ...next, text: last.text + text };
    else runs.push(next);
  }
  return runs;
}

const onlyRunLooks = ({ bold, underline }: Looks): Looks => ({
  ...(bold ? { bold } : {}),
  ...(underline ? { underline } : {}),
});

function sayingOf(element: XmlElement): string {
  if (element.name === 'w:t') return unescapeXml(element.children.filter((each) => typeof each === 'string').join(''));
  if (element.name === 'w:tab') return '　　';
  if (element.name === 'w:noBreakHyphen') return '-';
  if (element.name === 'w:cr') return '\n';
  if (element.name === 'w:br') return attributeOf(element, 'w:type') === 'page' ? pageBreak : '\n';
  return '';
}

function tableBlock(table: XmlElement, reader: Reader): TableBlock {
  const grid = elementsOf(childOf(table, 'w:tblGrid')?.children ?? [], 'w:gridCol').map((each) =>
    Number(attributeOf(each, 'w:w') ?? 0),
  );
  const rows = [...descendants(table.children, (each) => each.name !== 'w:tr' && each.name !== 'w:tbl')].filter(
    (each) => each.name === 'w:tr',
  );
  const cells = rows.map((row) => ({
    cells: [...descendants(row.children, (each) => each.name !== 'w:tc')]
      .filter((each) => each.name === 'w:tc')
      .map((each) => cellOf(each, reader)),
    isHeader: childOf(childOf(row, 'w:trPr'), 'w:tblHeader') !== undefined,
  }));
  const columns = Math.max(grid.length, ...cells.map((row) => row.cells.reduce((sum, each) => sum + each.span, 0)), 1);
  const widths = Array.from({ length: columns }, (_, index) => grid[index] || 1000);
  const borders = childOf(childOf(table, 'w:tblPr'), 'w:tblBorders');
  const inside = borders && attributeOf(childOf(borders, 'w:insideH') ?? childOf(borders, 'w:top'), 'w:val');
  return { kind: 'table', widths, rows: cells, hasRules: inside !== 'none' && inside !== 'nil' };
}

function cellOf(cell: XmlElement, reader: Reader): FlowCell {
  const properties = childOf(cell, 'w:tcPr');
  const merge = childOf(properties, 'w:vMerge');
  const blocks = blocksIn(cell.children, reader);
  // A table inside a cell is set as its text.
  const paragraphs = blocks.flatMap((each) =>
    each.kind === 'paragraph' ? [each] : each.rows.flatMap((row) => row.cells.flatMap((own) => own.paragraphs)),
  );
  return {
    span: Math.max(1, Number(attributeOf(childOf(properties, 'w:gridSpan'), 'w:val') ?? 1)),
    ...(merge && attributeOf(merge, 'w:val') !== 'restart' ? { continues: true } : {}),
    paragraphs,
  };
}
