import PDFDocument from 'pdfkit';
import { type FontName, fontBytes } from './fonts.ts';

/**
 * What a paper is: `layout` official follows the proportions of GB/T 9704 (red head, 3号 text), plain suits certificates
 * and statements, bare has no head: its text brings its own. `mark` (占位、样张、作废) is printed across every page. `createdAt` goes into the file's properties.
 */
export type PaperOptions = {
  readonly title: string;
  readonly subtitle?: string;
  readonly documentNumber?: string;
  readonly layout?: 'plain' | 'official' | 'bare';
  readonly issuer?: string;
  readonly mark?: string;
  readonly landscape?: boolean;
  readonly footerNote?: string;
  readonly createdAt?: Date;
};

export type Pdf = PDFKit.PDFDocument;

export const red = '#d0121b';
export const ink = '#1a1a1a';
export const grey = '#666666';

/** The sheet papers are drawn on, with its margins and typefaces. */
export class Page {
  readonly pdf: Pdf;
  readonly options: PaperOptions;
  readonly official: boolean;

  constructor(options: PaperOptions) {
    this.options = options;
    this.official = options.layout === 'official';
    // GB/T 9704: 天头37mm、订口28mm、版心156×225mm
    const margins = this.official
      ? { top: 105, left: 79, right: 74, bottom: 99 }
      : options.layout === 'bare'
        ? { top: 68, left: 74, right: 74, bottom: 68 }
        : { top: 56, left: 56, right: 56, bottom: 60 };
    this.pdf = new PDFDocument({
      size: 'A4',
      layout: options.landscape ? 'landscape' : 'portrait',
      margins,
      bufferPages: true,
      // No default face: one opened unnamed would shadow its registered twin, which is then opened anew at every use.
      font: '',
      info: { Title: options.title, Author: options.issuer ?? '', CreationDate: options.createdAt ?? new Date(0) },
    });
    for (const name of ['sans', 'sans-bold', 'serif', 'serif-bold'] as const) {
      this.pdf.registerFont(name, fontBytes(name));
    }
  }

  get left(): number {
    return this.pdf.page.margins.left;
  }
  get width(): number {
    return this.pdf.page.width - this.pdf.page.margins.left - this.pdf.page.margins.right;
  }
  get bottom(): number {
    return this.pdf.page.height - this.pdf.page.margins.bottom;
  }
  get bodyFont(): FontName {
    return this.official ? 'serif' : 'sans';
  }
  get bodySize(): number {
    return this.official ? 16 : 10.5;
  }
  get lineGap(): number {
    return this.official ? 7 : 4;
  }

  /** Begins a new page unless `height` points are left on this one. */
  ensure(height: number): void {
    if (this.pdf.y + height > this.bottom) this.pdf.addPage();
  }

  text(text: string, font: FontName, size: number, options: PDFKit.Mixins.TextOptions = {}, colour = ink): void {
    this.pdf
      .font(font)
      .fontSize(size)
      .fillColor(colour)
      .text(text, this.left, this.pdf.y, { width: this.width, lineGap: this.lineGap, ...options });
  }

  /** Text at a fixed place that may lie in the margin, never starting a new page. */
  fixed(text: string, x: number, y: number, options: PDFKit.Mixins.TextOptions): void {
    const { margins } = this.pdf.page;
    const bottom = margins.bottom;
    margins.bottom = 0;
    this.pdf.text(text, x, y, { lineBreak: false, ...options });
    margins.bottom = bottom;
  }

  /** Writes what every page carries: the mark, the note and 第x页/共y页. Called once, at the end. */
  finish(): void {
    const { start, count } = this.pdf.bufferedPageRange();
    for (let index = start; index < start + count; index++) {
      this.pdf.switchToPage(index);
      if (this.options.mark) this.#mark(this.options.mark);
      const y = this.pdf.page.height - (this.official ? 62 : 38);
      this.pdf.font('sans').fontSize(9).fillColor(grey);
      if (this.options.footerNote) this.fixed(this.options.footerNote, this.left, y, { width: this.width * 0.75 });
      this.fixed(`第${index - start + 1}页/共${count}页`, this.left, y, { width: this.width, align: 'right' });
    }
    this.pdf.end();
  }

  #mark(mark: string): void {
    const { width, height } = this.pdf.page;
    const size = Math.min(110, (width * 0.8) / mark.length);
    this.pdf
      .save()
      .rotate(-35, { origin: [width / 2, height / 2] })
      .fillOpacity(0.08)
      .fillColor(red);
    this.pdf.font('sans-bold').fontSize(size);
    this.fixed(mark, 0, height / 2 - size / 2, { width, align: 'center' });
    this.pdf.restore();
    this.pdf.save().rect(0, 0, width, 22).fillOpacity(0.12).fill(red).restore();
    this.pdf.font('sans-bold').fontSize(10).fillColor(red);
    this.fixed(`【${mark}】`, 0, 4, { width, align: 'center' });
  }
}
