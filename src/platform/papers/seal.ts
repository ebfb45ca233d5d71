import { type Page, type Pdf, red } from './page.ts';

/** A round seal: the name along the upper arc, a star, a caption (业务专用章) under it, a number along the lower arc. */
export type Seal = { readonly name: string; readonly caption?: string; readonly number?: string };

/** In points: 42 mm across, as institutions' seals are. */
export const sealRadius = 59;

/** Draws the seal as vectors around the point. It is a picture of a seal and proves nothing. */
export function drawSeal(page: Page, seal: Seal, x: number, y: number): void {
  const { pdf } = page;
  pdf.save().fillOpacity(0.82).strokeOpacity(0.82);
  pdf.lineWidth(3).strokeColor(red).circle(x, y, sealRadius).stroke();
  star(pdf, x, y, 17);
  const size = seal.name.length > 18 ? 9 : seal.name.length > 12 ? 11.5 : 14;
  const span = Math.min(250, 24 * seal.name.length);
  arc(page, seal.name, x, y, sealRadius - 7 - size, size, span, false);
  if (seal.caption) {
    pdf.font('serif-bold').fontSize(10.5).fillColor(red);
    page.fixed(seal.caption, x - sealRadius, y + 22, { width: sealRadius * 2, align: 'center' });
  }
  if (seal.number) arc(page, seal.number, x, y, sealRadius - 11, 6, Math.min(110, 6.5 * seal.number.length), true);
  pdf.restore();
}

function star(pdf: Pdf, x: number, y: number, radius: number): void {
  const points = Array.from({ length: 10 }, (_, index) => {
    const reach = index % 2 === 0 ? radius : radius * 0.382;
    const angle = (Math.PI / 5) * index - Math.PI / 2;
    return [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
  });
  pdf.polygon(...points).fill(red);
}

/** Sets characters along a circle, upright outward on the upper arc (`below` false) or inward on the lower. */
function arc(
  page: Page,
  text: string,
  x: number,
  y: number,
  radius: number,
  size: number,
  span: number,
  below: boolean,
): void {
  const { pdf } = page;
  const characters = [...text];
  pdf.font('serif-bold').fontSize(size).fillColor(red);
  characters.forEach((character, index) => {
    const offset = characters.length === 1 ? 0 : (index / (characters.length - 1) - 0.5) * span;
    const width = pdf.widthOfString(character);
    pdf.save().rotate(below ? -offset : offset, { origin: [x, y] });
    page.fixed(character, x - width / 2, below ? y + radius - size / 2 : y - radius - size * 1.15, {});
    pdf.restore();
  });
}
