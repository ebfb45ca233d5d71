import type { FontName } from './fonts.ts';
import { ink, type Page } from './page.ts';

/** How one column of a grid is drawn; `width` in points. */
export type GridColumn = {
  readonly width: number;
  readonly align: 'left' | 'right' | 'center';
  readonly shaded?: boolean;
};
type GridRow = { readonly cells: readonly string[]; readonly font: FontName; readonly fill?: string };

const padding = 4;
const rule = '#b8c4d6';
export const headFill = '#eaf1fb';

/** Draws rows with rules around the cells; at the end of a page the `header` is repeated on the next. */
export function drawGrid(
  page: Page,
  columns: readonly GridColumn[],
  rows: Iterable<GridRow>,
  header: GridRow | undefined,
  size: number,
): void {
  page.pdf.fontSize(size);
  const headerHeight = header ? rowHeight(page, columns, header, size) : 0;
  let started = false;
  for (const row of rows) {
    const height = rowHeight(page, columns, row, size);
    const fits = page.pdf.y + height + (started ? 0 : headerHeight) <= page.bottom;
    if (!fits) page.pdf.addPage();
    if (header && (!started || !fits)) drawRow(page, columns, header, headerHeight, size);
    drawRow(page, columns, row, height, size);
    started = true;
  }
  if (!started && header) {
    page.ensure(headerHeight);
    drawRow(page, columns, header, headerHeight, size);
  }
  page.pdf.x = page.left;
}

function rowHeight(page: Page, columns: readonly GridColumn[], row: GridRow, size: number): number {
  const heights = columns.map((column, index) => {
    page.pdf.font(column.shaded ? 'sans-bold' : row.font).fontSize(size);
    return page.pdf.heightOfString(row.cells[index] || ' ', { width: column.width - padding * 2, lineGap: 1 });
  });
  // A row never outgrows the page: what does not fit ends in an ellipsis.
  return Math.min(Math.max(...heights) + padding * 2, page.bottom - page.pdf.page.margins.top - 60);
}

function drawRow(page: Page, columns: readonly GridColumn[], row: GridRow, height: number, size: number): void {
  const { pdf } = page;
  const y = pdf.y;
  let x = page.left;
  columns.forEach((column, index) => {
    const fill = column.shaded ? headFill : row.fill;
    if (fill) pdf.rect(x, y, column.width, height).fill(fill);
    pdf.lineWidth(0.5).strokeColor(rule).rect(x, y, column.width, height).stroke();
    pdf
      .font(column.shaded ? 'sans-bold' : row.font)
      .fontSize(size)
      .fillColor(ink);
    pdf.text(row.cells[index] ?? '', x + padding, y + padding, {
      width: column.width - padding * 2,
      height: height - padding * 2 + 1,
      align: column.align,
      lineGap: 1,
      ellipsis: true,
    });
    x += column.width;
  });
  pdf.y = y + height;
}

/** Widths in points for columns of which some say their share: the others get what their longest text wants. */
export function fitWidths(
  page: Page,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  given: readonly (number | undefined)[],
  size: number,
): number[] {
  page.pdf.font('sans-bold').fontSize(size);
  const wanted = titles.map((title, index) => {
    const share = given[index];
    if (share !== undefined) return share;
    const texts = [title, ...rows.slice(0, 100).map((row) => row[index] ?? '')];
    const widest = Math.max(...texts.map((text) => page.pdf.widthOfString(text.slice(0, 40))));
    return Math.min(widest, page.width / 3) + padding * 2 + 2;
  });
  const total = wanted.reduce((sum, each) => sum + each, 0);
  return wanted.map((each) => (each / total) * page.width);
}
