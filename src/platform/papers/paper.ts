import { type Block, drawFlow, drawSmallPrint } from './flow.ts';
import { drawGrid, fitWidths, type GridColumn, headFill } from './grid.ts';
import { grey, ink, Page, type PaperOptions, red } from './page.ts';
import { drawSeal, type Seal, sealRadius } from './seal.ts';
import { drawVerification, type Verification } from './verification.ts';

/** A data table: cells are text as shown (`showMoney`); `width` is a share among the columns that give one. */
export type PaperTable = {
  readonly columns: readonly {
    readonly title: string;
    readonly width?: number;
    readonly align?: 'left' | 'right' | 'center';
  }[];
  readonly rows: readonly (readonly string[])[];
  readonly totals?: readonly string[];
  readonly note?: string;
  readonly size?: number;
};

export type ParagraphOptions = {
  readonly indent?: boolean;
  readonly align?: 'left' | 'center' | 'right' | 'justify';
  readonly size?: number;
  readonly bold?: boolean;
};

/** Begins a paper: its head is drawn at once, the rest follows in the order of the calls. */
export function createPaper(options: PaperOptions): Paper {
  return new Paper(options);
}

/** A PDF being written from top to bottom. Chinese fonts are embedded as subsets. */
export class Paper {
  readonly #page: Page;
  #signature: { x: number; y: number; page: number } | undefined;

  constructor(options: PaperOptions) {
    this.#page = new Page(options);
    if (this.#page.official) this.#officialHead();
    else if (options.layout !== 'bare') this.#plainHead();
  }

  heading(text: string, level: 1 | 2 = 1): this {
    const { official, bodySize } = this.#page;
    const size = official ? 16 : level === 1 ? 13 : 11;
    this.#page.ensure(size * 4);
    if (!official) this.#page.pdf.moveDown(0.4);
    this.#page.text(
      text,
      level === 1 || !official ? 'sans-bold' : 'serif-bold',
      size,
      official ? { indent: bodySize * 2 } : {},
    );
    if (!official) this.#page.pdf.moveDown(0.2);
    return this;
  }

  /** A paragraph, its first line indented by two characters unless told otherwise. */
  paragraph(text: string, options: ParagraphOptions = {}): this {
    const { bodyFont, bodySize, official } = this.#page;
    const size = options.size ?? bodySize;
    const indent = (options.indent ?? (options.align ?? 'left') === 'left') ? size * 2 : 0;
    this.#page.text(text, options.bold ? (official ? 'serif-bold' : 'sans-bold') : bodyFont, size, {
      indent,
      align: options.align ?? 'left',
    });
    if (!official) this.#page.pdf.moveDown(0.3);
    return this;
  }

  /** Names and values in a ruled table, one or two pairs a line. */
  keyValues(pairs: readonly (readonly [string, string])[], options: { readonly columns?: 1 | 2 } = {}): this {
    const page = this.#page;
    const across = options.columns ?? 2;
    const label = page.width * (across === 2 ? 0.17 : 0.24);
    const value = page.width / across - label;
    const columns = Array.from({ length: across }, (): GridColumn[] => [
      { width: label, align: 'left', shaded: true },
      { width: value, align: 'left' },
    ]).flat();
    const rows = Array.from({ length: Math.ceil(pairs.length / across) }, (_, line) => {
      const cells = Array.from({ length: across }, (__, column) => pairs[line * across + column] ?? ['', '']).flat();
      return { cells, font: 'sans' as const };
    });
    drawGrid(page, columns, rows, undefined, 10);
    page.pdf.moveDown(0.5);
    return this;
  }

  /** A data table; at a page's end its header is repeated on the next. Totals are bold; the note stands under it. */
  table({ columns, rows, totals, note, size = 9 }: PaperTable): this {
    const page = this.#page;
    const titles = columns.map((column) => column.title);
    const all = totals ? [...rows.slice(0, 100), totals] : rows;
    const widths = fitWidths(
      page,
      titles,
      all,
      columns.map((column) => column.width),
      size,
    );
    const grid = columns.map(({ align = 'left' }, index) => ({ width: widths[index]!, align }));
    const body = function* () {
      for (const cells of rows) yield { cells, font: 'sans' as const };
      if (totals) yield { cells: totals, font: 'sans-bold' as const, fill: '#f6f8fb' };
    };
    const header = { cells: titles, font: 'sans-bold' as const, fill: headFill };
    drawGrid(page, grid, body(), header, size);
    if (note) {
      page.pdf.moveDown(0.2);
      page.text(note, 'sans', 8.5, { lineGap: 2 }, grey);
    }
    page.pdf.moveDown(0.5);
    return this;
  }

  /** A QR code with the code to type beside it. */
  verification(verification: Verification): this {
    drawVerification(this.#page, verification);
    return this;
  }

  /** A text that brings its own looks: paragraphs and tables, with the seal where `sealMark` stands. */
  flow(blocks: readonly Block[], seal?: Seal): this {
    drawFlow(this.#page, blocks, seal);
    return this;
  }

  /** A small line of grey text. */
  smallPrint(text: string): this {
    drawSmallPrint(this.#page, text);
    return this;
  }

  /** 落款: the lines centred under each other at the right, with room for a seal. */
  signature(lines: readonly string[]): this {
    const { pdf, left, width, bodyFont, bodySize, lineGap } = this.#page;
    this.#page.ensure(sealRadius * 2 + 12);
    const size = bodySize;
    pdf.font(bodyFont).fontSize(size).fillColor(ink);
    const block = Math.min(width, Math.max(sealRadius * 2, ...lines.map((line) => pdf.widthOfString(line))));
    const centre = left + width - block / 2;
    const step = size * 1.45 + lineGap;
    const middle = pdf.y + Math.max(sealRadius, (lines.length * step) / 2);
    lines.forEach((line, index) => {
      const y = middle + (index - lines.length / 2) * step;
      this.#page.fixed(line, centre - pdf.widthOfString(line) / 2, y, {});
    });
    this.#signature = { x: centre, y: middle, page: pdf.bufferedPageRange().count };
    pdf.y = middle + (lines.length * step) / 2;
    pdf.x = left;
    pdf.y = Math.max(pdf.y, this.#signature.y + sealRadius + 4);
    return this;
  }

  /** A red round seal over the signature, or around the given point of the present page. */
  seal(seal: Seal, at?: { readonly x: number; readonly y: number }): this {
    const { pdf, left, width } = this.#page;
    const y = pdf.y;
    const signed = this.#signature?.page === pdf.bufferedPageRange().count ? this.#signature : undefined;
    const place = at ??
      signed ?? { x: left + width - sealRadius, y: Math.min(y + sealRadius, this.#page.bottom - sealRadius) };
    drawSeal(this.#page, seal, place.x, place.y);
    pdf.x = left;
    pdf.y = y;
    return this;
  }

  /** Empty space, in points. */
  space(points = 12): this {
    this.#page.pdf.y += points;
    return this;
  }

  newPage(): this {
    this.#page.pdf.addPage();
    return this;
  }

  /** The finished PDF. Nothing can be added afterwards. The same calls with the same `createdAt` give the same bytes. */
  toBuffer(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const { pdf } = this.#page;
    return new Promise((resolve, reject) => {
      pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
      pdf.on('end', () => resolve(Buffer.concat(chunks)));
      pdf.on('error', reject);
      this.#page.finish();
    });
  }

  #plainHead(): void {
    const { title, subtitle, documentNumber, issuer } = this.#page.options;
    const page = this.#page;
    if (issuer) page.text(issuer, 'sans', 10, { align: 'center' }, grey);
    page.text(title, 'serif-bold', 20, { align: 'center' });
    if (subtitle) page.text(subtitle, 'sans', 11, { align: 'center' }, grey);
    if (documentNumber) page.text(`编号：${documentNumber}`, 'sans', 9, { align: 'right' }, grey);
    page.pdf.moveDown(0.5);
  }

  #officialHead(): void {
    const { title, subtitle, documentNumber, issuer } = this.#page.options;
    const page = this.#page;
    const { pdf } = page;
    if (issuer) {
      const name = `${issuer}文件`;
      pdf.font('serif-bold').fontSize(36);
      const size = Math.min(36, (36 * page.width) / pdf.widthOfString(name));
      page.text(name, 'serif-bold', size, { align: 'center' }, red);
      pdf.moveDown(0.3);
    }
    if (documentNumber) page.text(documentNumber, 'serif', 16, { align: 'center' });
    if (issuer || documentNumber) {
      const y = pdf.y + 4;
      pdf
        .lineWidth(2)
        .strokeColor(red)
        .moveTo(page.left, y)
        .lineTo(page.left + page.width, y)
        .stroke();
      pdf.y = y + 24;
    }
    page.text(title, 'serif-bold', 22, { align: 'center', lineGap: 8 });
    if (subtitle) page.text(subtitle, 'serif', 16, { align: 'center' });
    pdf.y += 14;
  }
}
