import { blocksOf, type DocxParts, fillTemplate, type GroupRows, type Values } from '../../platform/docx/index.ts';
import { type Block, createPaper, sealMark } from '../../platform/papers/index.ts';
import { sampleMark } from './samples.ts';
import type { OpenTemplate } from './templates.ts';

/** The filled DOCX: the seal's place prints as nothing. */
export const filledDocx = (template: OpenTemplate, values: Values, rows: GroupRows): DocxParts =>
  fillTemplate(template.parts, { ...values, 印章: '' }, rows);

/** The text that is drawn, with the mark where the seal goes. */
export const blocksFor = (template: OpenTemplate, values: Values, rows: GroupRows): Block[] =>
  blocksOf(fillTemplate(template.parts, { ...values, 印章: sealMark }, rows));

/** What a PDF shows of how it can be checked. */
export type Proof = {
  readonly url: string;
  readonly shown: string;
  readonly checkCode: string;
  readonly hash: string;
  readonly keyId: string;
  readonly instant: string;
};

export type PdfOf = {
  readonly title: string;
  readonly number: string;
  readonly issuer: string;
  readonly at: Date;
  readonly blocks: readonly Block[];
  readonly isSample: boolean;
  /** Left out of a preview, which is marked as one. */
  readonly proof?: Proof;
};

/** The PDF of a paper, Chinese fonts embedded. The same content gives the same bytes. */
export function pdfOf(of: PdfOf): Promise<Buffer> {
  const { proof } = of;
  const mark = proof ? (of.isSample ? sampleMark : undefined) : '预览';
  const paper = createPaper({
    title: `${of.title} ${of.number}`,
    layout: 'bare',
    issuer: of.issuer,
    createdAt: of.at,
    footerNote: `${of.issuer}　${of.title}　${of.number}`,
    ...(mark ? { mark } : {}),
  });
  paper.flow(of.blocks, proof ? { name: of.issuer, caption: '业务专用章' } : undefined);
  if (proof) {
    paper.space(36);
    paper.verification({
      url: proof.url,
      shown: proof.shown,
      code: proof.checkCode,
      side: 118,
      caption: '扫描二维码，或在查验页输入文号与核验码，可查验真伪与是否作废。二维码内含 SM2 签名，脱机亦可验签。',
    });
    paper.smallPrint(`签发 ${proof.instant}　内容摘要（SM3）${proof.hash}　签名密钥 ${proof.keyId}`);
  }
  return paper.toBuffer();
}
