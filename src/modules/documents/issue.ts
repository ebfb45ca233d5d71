import type { Day } from '../../kernel/day.ts';
import { showDay, yearOf } from '../../kernel/day.ts';
import { type Fen, formatYuan, parseMoney } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { textOfInstant } from '../../platform/clock.ts';
import { hashOf, sm3, verificationCode } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { type GroupRows, type Values, writeDocx } from '../../platform/docx/index.ts';
import type { Context } from '../../platform/http.ts';
import { openSigner } from '../../platform/signers.ts';
import { chineseDay } from '../../platform/text/index.ts';
import { appendAudit } from '../audit/index.ts';
import { keep } from './files.ts';
import { payloadOf, statementOf } from './payload.ts';
import { blocksFor, filledDocx, pdfOf } from './render.ts';
import { numberOf } from './rules.ts';
import { insertDocument, issuerOf, keepKey, markRevoked, nextSeq } from './store.ts';
import { type OpenTemplate, openTemplateOn } from './templates.ts';
import { printValues } from './values.ts';

export type IssueDocument = {
  readonly guarantorId: number;
  /** A code of `contract/kinds.ts`. */
  readonly template: string;
  /** '<prefix>:<guarantorId>/<id>'. */
  readonly subject: string;
  readonly fields: Values;
  readonly rows?: GroupRows;
  readonly customerName?: string;
  /** The bank the paper is addressed to, which may see it. */
  readonly bankId?: number;
};

/** Where the public finds this installation; goes into QR codes. */
export const publicAddress = (): string => (process.env.PUBLIC_URL || 'http://127.0.0.1:8080').replace(/\/$/, '');

/**
 * Makes a paper from the institution's template in force today: fills the DOCX, gives it the next number of institution, kind and year,
 * signs it, draws the PDF. Refused by name: missing, unknown and malformed fields; then no number is used.
 * Locks the number until commit: issue late in a transaction.
 */
export async function issueDocument(
  tx: Tx,
  context: Context,
  command: IssueDocument,
): Promise<{ documentId: bigint; number: string }> {
  const { guarantorId, template: code, subject, fields, rows = {} } = command;
  const today = context.clock.today();
  const issuer = await issuerOf(tx, guarantorId);
  if (!issuer) throw new Refused({ code: 'institution-unknown', message: '没有这家机构' }, 404);
  const template = await openTemplateOn(tx, guarantorId, code, today);
  const own = { 文号: '', 出具日期: showDay(today), 出具日期大写: chineseDay(today), 担保机构: issuer.name, 印章: '' };
  const { refusals } = printValues(template.kind, template.scan, fields, rows, own);
  if (refusals.length > 0) throw new Refused(refusals);
  const year = yearOf(today);
  const seq = await nextSeq(tx, guarantorId, code, year);
  const number = numberOf(issuer.prefix, template.kind.mark, year, seq);
  const printed = printValues(template.kind, template.scan, fields, rows, { ...own, 文号: number });
  const made = await make({
    template,
    ...printed,
    number,
    issuer: issuer.name,
    guarantorId,
    today,
    at: context.clock.now(),
    amount: amountOf(template, fields),
  });
  await keepKey(tx, { keyId: made.keyId, guarantorId, publicKey: made.publicKey, at: context.clock.now() });
  const documentId = await insertDocument(tx, {
    ...made,
    ...{
      guarantorId,
      template: code,
      number,
      year,
      seq,
      subject,
      fields,
      rows,
      issuedOn: today,
      issuedAt: context.clock.now(),
    },
    customerName: command.customerName ?? null,
    bankId: command.bankId ?? null,
    templateVersionId: template.id,
    templateSm3: template.sm3,
    by: context.actor.userId,
  });
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'documents.issue',
    subject: `document:${guarantorId}/${documentId}`,
    detail: {
      number,
      of: subject,
      contentHash: made.contentHash,
      pdfHash: made.pdfSm3,
      docxHash: made.docxSm3,
      keyId: made.keyId,
    },
  });
  return { documentId, number };
}

function amountOf({ kind }: OpenTemplate, fields: Values): Fen | null {
  const given = kind.amountField && fields[kind.amountField];
  return given ? (parseMoney(given, '元') ?? null) : null;
}

type Making = {
  readonly template: OpenTemplate;
  readonly values: Values;
  readonly rows: GroupRows;
  readonly number: string;
  readonly issuer: string;
  readonly guarantorId: number;
  readonly today: Day;
  readonly at: Date;
  readonly amount: Fen | null;
};

/** Files, hashes and signature of one paper. The hash covers the DOCX and every value; the QR code and the PDF carry it. */
async function make(of: Making) {
  const { template, values, rows, number, issuer, today, at } = of;
  const docx = await writeDocx(filledDocx(template, values, rows));
  const docxSm3 = await keep(docx);
  const signer = await openSigner(`documents-${of.guarantorId}`);
  const keyId = sm3(signer.publicKey).slice(0, 16);
  const contentHash = hashOf({
    number,
    issuer,
    template: template.sm3,
    values,
    rows,
    docx: docxSm3,
    at: at.toISOString(),
  });
  const amount = of.amount === null ? '' : formatYuan(of.amount);
  const statement = statementOf({
    number,
    issuer,
    title: template.kind.title,
    amount,
    issuedOn: today,
    issuedAt: at.toISOString(),
    hash: contentHash,
    keyId,
  });
  const payload = payloadOf(statement, signer.sign(statement));
  const checkCode = verificationCode(contentHash);
  const pdf = await pdfOf({
    ...{
      title: template.kind.title,
      number,
      issuer,
      at,
      isSample: template.id === null,
      blocks: blocksFor(template, values, rows),
    },
    proof: {
      url: `${publicAddress()}/verify-letter?d=${payload}`,
      shown: `${publicAddress()}/verify-letter`,
      ...{ checkCode, hash: contentHash, keyId, instant: textOfInstant(at) },
    },
  });
  const pdfSm3 = await keep(pdf);
  return { docxSm3, pdfSm3, contentHash, checkCode, payload, keyId, publicKey: signer.publicKey, amount: of.amount };
}

/** Revokes a paper for a reason; whoever checks it from now on is told. Refused (409) when there is none that stands. */
export async function revokeDocument(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; documentId: bigint; reason: string },
): Promise<void> {
  const { guarantorId, documentId, reason } = command;
  if (reason.trim().length < 2)
    throw new Refused({ code: 'reason-missing', field: 'reason', message: '请写明作废原因' });
  const done = await markRevoked(tx, {
    guarantorId,
    documentId,
    by: context.actor.userId,
    at: context.clock.now(),
    why: reason,
  });
  if (!done) throw new Refused({ code: 'document-not-standing', message: '没有这份文书，或它已经作废' }, 409);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'documents.revoke',
    subject: `document:${guarantorId}/${documentId}`,
    detail: { reason },
  });
}
