/** The public face of this folder; README.md says what each is for. */
export { type Block, type FlowCell, type ParagraphBlock, sealMark, type TableBlock, type TextRun } from './flow.ts';
export { mergePapers } from './merge.ts';
export type { PaperOptions } from './page.ts';
export { createPaper, type Paper, type PaperTable, type ParagraphOptions } from './paper.ts';
export type { Seal } from './seal.ts';
export type { Verification } from './verification.ts';
