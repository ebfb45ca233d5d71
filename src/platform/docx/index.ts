/** The public face of this folder; README.md says what each is for. */
export { blocksOf, plainParagraphs } from './blocks.ts';
export { buildDocx, type Line } from './build.ts';
export { fillTemplate, type GroupRows, scanTemplate, type TemplateScan, type Values } from './fill.ts';
export { type DocxParts, readDocx, writeDocx } from './package.ts';
export { unshownIn } from './styles.ts';
