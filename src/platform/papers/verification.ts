import QRCode from 'qrcode';
import { grey, type Page } from './page.ts';

/** Where and by which code anyone can check the paper. `url` goes into the QR code as it is; `side` in points (84). */
export type Verification = {
  readonly url: string;
  readonly code: string;
  readonly caption?: string;
  readonly side?: number;
  /** Printed in place of a long `url`. */
  readonly shown?: string;
};

/** Draws the QR code with the code to type beside it, kept together on one page. */
export function drawVerification(page: Page, verification: Verification): void {
  const { url, code, caption, side = 84, shown = url } = verification;
  const { pdf } = page;
  page.ensure(side + 10);
  const x = page.left;
  const y = pdf.y + 4;
  drawQr(page, url, x, y, side);
  const beside = { width: page.width - side - 16, lineGap: 3 };
  pdf
    .font('sans')
    .fontSize(9)
    .fillColor(grey)
    .text('核验码', x + side + 16, y + 8, beside);
  pdf.font('sans-bold').fontSize(14).fillColor('#000000').text(code, beside);
  pdf
    .font('sans')
    .fontSize(8.5)
    .fillColor(grey)
    .text(caption ?? '扫描二维码或在核验页输入核验码，可查验本文书真伪。', beside);
  pdf.text(shown, { ...beside, height: 24, ellipsis: true });
  pdf.x = page.left;
  pdf.y = y + side + 6;
}

/** Draws a QR code as vectors, with medium error correction and a quiet zone of two modules. */
export function drawQr(page: Page, content: string, x: number, y: number, size: number): void {
  const { modules } = QRCode.create(content, { errorCorrectionLevel: 'M' });
  const step = size / (modules.size + 4);
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (!modules.get(row, column)) continue;
      page.pdf.rect(x + (column + 2) * step, y + (row + 2) * step, step + 0.05, step + 0.05);
    }
  }
  page.pdf.fill('#000000');
}
