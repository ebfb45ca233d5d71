import type { FontName } from './fonts.ts';
import { grey, ink, type Page } from './page.ts';
import { drawSeal, type Seal, sealRadius } from './seal.ts';

/** A piece of a paragraph in one look; `size` in points. */
export type TextRun = {
  readonly text: string;
  readonly bold?: boolean;
  readonly underline?: boolean;
  readonly size: number;
};
/** A paragraph; lengths in points. `first` is the indent of the first line beyond `left`. */
export type ParagraphBlock = {
  readonly kind: 'paragraph';
  readonly runs: readonly TextRun[];
  readonly align: 'left' | 'center' | 'right' | 'justify';
  readonly first: number;
  readonly left: number;
  readonly before: number;
  readonly after: number;
  /** Line height as a multiple of the size of the letters. */
  readonly line: number;
  readonly startsPage?: boolean;
};
/** A cell over `span` columns; `continues` the cell above it. */
export type FlowCell = {
  readonly span: number;
  readonly continues?: boolean;
  readonly paragraphs: readonly ParagraphBlock[];
};
export type TableBlock = {
  readonly kind: 'table';
  /** Shares of the page's width. */
  readonly widths: readonly number[];
  readonly rows: readonly { readonly cells: readonly FlowCell[]; readonly isHeader?: boolean }[];
  readonly hasRules: boolean;
};
export type Block = ParagraphBlock | TableBlock;

/** Where it stands in a text, the seal is drawn around it. It prints as nothing. */
export const sealMark = '\uE000';

/** Draws a text of paragraphs and tables, from top to bottom, over as many pages as it takes. Nothing is cut off. */
export function drawFlow(page: Page, blocks: readonly Block[], seal?: Seal): void {
  for (const block of blocks) {
    if (block.kind === 'table') drawTable(page, block, seal);
    else drawParagraph(page, block, seal);
  }
}

const fontOf = (run: TextRun | undefined): FontName => (run?.bold ? 'serif-bold' : 'serif');
const defaultSize = 12;
const plain = (text: string): string => text.replaceAll(sealMark, '');
const textOf = (block: ParagraphBlock): string => plain(block.runs.map((run) => run.text).join(''));
const sizeOf = (block: ParagraphBlock): number => Math.max(...block.runs.map((run) => run.size), 0) || defaultSize;
const gapOf = (page: Page, block: ParagraphBlock): number => {
  const size = sizeOf(block);
  page.pdf.font('serif').fontSize(size);
  // The typeface's own line is higher than its letters: only what is wanted beyond it is added.
  return Math.max(0, size * block.line * 1.3 - page.pdf.currentLineHeight(true));
};

function drawParagraph(page: Page, block: ParagraphBlock, seal: Seal | undefined): void {
  const { pdf } = page;
  if (block.startsPage) pdf.addPage();
  if (pdf.y > pdf.page.margins.top) pdf.y += block.before;
  page.ensure(sizeOf(block) * 1.6);
  const isSealed = block.runs.some((run) => run.text.includes(sealMark));
  if (isSealed && seal) {
    // Room above and below, so that the seal covers the signature and not the text.
    page.ensure(sealRadius * 2 + 8);
    if (pdf.y > pdf.page.margins.top) pdf.y += sealRadius * 0.75;
  }
  const width = page.width - block.left;
  drawRuns(page, block, page.left + block.left, width);
  if (isSealed && seal) stamp(page, seal, block, width);
  pdf.y += block.after;
  pdf.x = page.left;
}

/** The runs of a paragraph one after another. Centred and right-aligned text is set in one look, that of its first run. */
function drawRuns(page: Page, block: ParagraphBlock, x: number, width: number): void {
  const { pdf } = page;
  const lineGap = gapOf(page, block);
  const runs = block.runs.map((run) => ({ ...run, text: plain(run.text) })).filter((run) => run.text !== '');
  const [head] = runs;
  if (!head) {
    pdf.font('serif').fontSize(sizeOf(block));
    pdf.y += pdf.currentLineHeight(true) + lineGap;
    return;
  }
  const isUniform = runs.every(
    (run) => !run.bold === !head.bold && run.size === head.size && !run.underline === !head.underline,
  );
  const inOneLook = isUniform || block.align === 'center' || block.align === 'right';
  const pieces = inOneLook ? [{ ...head, text: runs.map((run) => run.text).join('') }] : runs;
  pieces.forEach((piece, index) => {
    pdf.font(fontOf(piece)).fontSize(piece.size).fillColor(ink);
    const options = {
      width,
      lineGap,
      align: inOneLook ? block.align : ('left' as const),
      indent: block.first,
      continued: index < pieces.length - 1,
      underline: piece.underline ?? false,
    };
    if (index === 0) pdf.text(piece.text, x, pdf.y, options);
    else pdf.text(piece.text, options);
  });
}

/** Stamps between this line and the next, over the place of the mark. */
function stamp(page: Page, seal: Seal, block: ParagraphBlock, width: number): void {
  const { pdf } = page;
  const bottom = pdf.y;
  pdf.font(fontOf(block.runs[0])).fontSize(sizeOf(block));
  const text = textOf(block);
  const before = plain(
    block.runs
      .map((run) => run.text)
      .join('')
      .split(sealMark)[0] ?? '',
  );
  const start =
    block.align === 'right'
      ? width - pdf.widthOfString(text)
      : block.align === 'center'
        ? (width - pdf.widthOfString(text)) / 2
        : block.first;
  const reach = (start + pdf.widthOfString(before)) % width;
  const x = Math.min(
    Math.max(page.left + block.left + reach, page.left + sealRadius),
    page.left + page.width - sealRadius,
  );
  const y = Math.max(bottom, sealRadius + 4);
  drawSeal(page, seal, x, Math.min(y, pdf.page.height - sealRadius - 30));
  pdf.y = bottom;
  pdf.x = page.left;
}

const padding = 5;
const rule = '#555555';

function drawTable(page: Page, table: TableBlock, seal: Seal | undefined): void {
  const total = table.widths.reduce((sum, each) => sum + each, 0) || 1;
  const widths = table.widths.map((each) => (each / total) * page.width);
  const headers = table.rows.filter((row) => row.isHeader);
  const room = page.pdf.page.height - page.pdf.page.margins.top - page.pdf.page.margins.bottom;
  for (const row of table.rows) {
    const height = rowHeight(page, row.cells, widths);
    if (height > room * 0.9) {
      // A row that no page holds is set as text, so that nothing of it is lost.
      for (const cell of row.cells) for (const each of cell.paragraphs) drawParagraph(page, each, seal);
      continue;
    }
    if (page.pdf.y + height > page.bottom) {
      page.pdf.addPage();
      if (!row.isHeader) for (const header of headers) drawRow(page, header.cells, widths, table.hasRules);
    }
    drawRow(page, row.cells, widths, table.hasRules);
  }
  page.pdf.x = page.left;
  page.pdf.y += 4;
}

const widthOf = (cell: FlowCell, widths: readonly number[], at: number): number =>
  widths.slice(at, at + cell.span).reduce((sum, each) => sum + each, 0);

function rowHeight(page: Page, cells: readonly FlowCell[], widths: readonly number[]): number {
  let column = 0;
  let height = 0;
  for (const cell of cells) {
    const width = widthOf(cell, widths, column) - padding * 2;
    const own = cell.paragraphs.reduce((sum, each) => sum + heightOf(page, each, width), 0);
    height = Math.max(height, cell.continues ? 0 : own);
    column += cell.span;
  }
  return Math.max(height, 16) + padding * 2;
}

function heightOf(page: Page, block: ParagraphBlock, width: number): number {
  const isBold = block.runs.some((run) => run.bold);
  const lineGap = gapOf(page, block);
  page.pdf.font(isBold ? 'serif-bold' : 'serif').fontSize(sizeOf(block));
  return page.pdf.heightOfString(textOf(block) || ' ', { width, lineGap, indent: block.first });
}

function drawRow(page: Page, cells: readonly FlowCell[], widths: readonly number[], hasRules: boolean): void {
  const { pdf } = page;
  const height = rowHeight(page, cells, widths);
  const top = pdf.y;
  let column = 0;
  let x = page.left;
  for (const cell of cells) {
    const width = widthOf(cell, widths, column);
    if (hasRules) {
      pdf.lineWidth(0.6).strokeColor(rule);
      if (!cell.continues) pdf.moveTo(x, top).lineTo(x + width, top);
      pdf.moveTo(x, top).lineTo(x, top + height);
      pdf.moveTo(x + width, top).lineTo(x + width, top + height);
      pdf
        .moveTo(x, top + height)
        .lineTo(x + width, top + height)
        .stroke();
    }
    pdf.y = top + padding;
    const inside = width - padding * 2;
    // Cells are short: their text is set in one look.
    for (const each of cell.continues ? [] : cell.paragraphs) {
      const lineGap = gapOf(page, each);
      const isBold = each.runs.some((run) => run.bold);
      const y = pdf.y;
      pdf
        .font(isBold ? 'serif-bold' : 'serif')
        .fontSize(sizeOf(each))
        .fillColor(ink);
      pdf.text(textOf(each), x + padding, y, { width: inside, lineGap, align: each.align, indent: each.first });
      pdf.y = y + heightOf(page, each, inside);
    }
    x += width;
    column += cell.span;
  }
  pdf.y = top + height;
  pdf.x = page.left;
}

/** A small line of grey text under the flow. */
export function drawSmallPrint(page: Page, text: string): void {
  page.pdf.y += 6;
  page.text(text, 'sans', 8, { lineGap: 2 }, grey);
}
