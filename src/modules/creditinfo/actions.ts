import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { canonicalJson } from '../../platform/crypto/index.ts';
import type { Db, Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { openSecretBox } from '../../platform/signers.ts';
import { attachmentsOf } from '../attachments/index.ts';
import { appendAudit } from '../audit/index.ts';
import { type Purpose, purposeTitles } from './contract.ts';
import { openPlatform, type PlatformAnswer, type PlatformLink, type Question } from './link.ts';
import { type Authorisation, isRefusal, usableAuthorisation } from './rules.ts';
import { askedAbout, authorisationsFor, lockQuery } from './store.ts';

export type RecordAuthorisation = {
  readonly guarantorId: number;
  readonly customerId: bigint;
  readonly purpose: Purpose;
  readonly platform: string;
  readonly fromOn: Day;
  readonly untilOn: Day;
  readonly attachmentId: bigint;
};

/** Registers a customer's written authorisation. Refused without the signed paper on file under the customer, or with impossible days. */
export async function recordAuthorisation(
  tx: Tx,
  context: Context,
  command: RecordAuthorisation,
): Promise<{ id: bigint }> {
  const { guarantorId, customerId, purpose, platform, fromOn, untilOn, attachmentId } = command;
  if (!(await askedAbout(tx, guarantorId, customerId)))
    throw new Refused(
      { code: 'customer-unknown', field: 'customerId', message: '没有这个客户，或不在您的权限范围内' },
      404,
    );
  const known = await sql`select from creditinfo.platform where code = ${platform}`.execute(tx);
  if (known.rows.length === 0)
    throw new Refused({ code: 'platform-unknown', field: 'platform', message: '没有这个信用平台' });
  const today = context.clock.today();
  const evidence = (await attachmentsOf(tx, guarantorId, `customer:${guarantorId}/${customerId}`)).find(
    (each) => each.id === attachmentId,
  );
  const refusals = [
    ...(evidence
      ? []
      : [
          {
            code: 'authorisation-evidence-missing',
            field: 'attachmentId',
            message: '没有授权书附件：请先把客户签署的授权书上传到该客户名下',
          },
        ]),
    ...(untilOn < fromOn ? [{ code: 'authorisation-days', field: 'untilOn', message: '授权止日不能早于起日' }] : []),
    ...(untilOn < today
      ? [{ code: 'authorisation-over', field: 'untilOn', message: `授权止日 ${untilOn} 已过，登记也不能再用` }]
      : []),
  ];
  if (refusals.length > 0) throw new Refused(refusals);
  const { rows } = await sql<{ id: bigint }>`
    insert into creditinfo.authorisation (guarantor_id, customer_id, purpose, platform, from_on, until_on, attachment_id, evidence_sm3, recorded_by, recorded_at)
    values (${guarantorId}, ${customerId}, ${purpose}, ${platform}, ${fromOn}, ${untilOn}, ${attachmentId}, ${evidence!.sm3},
            ${context.actor.userId}, ${context.clock.now()})
    returning id`.execute(tx);
  const id = rows[0]!.id;
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'creditinfo.authorise',
    subject: `authorisation:${guarantorId}/${id}`,
    detail: {
      customer: String(customerId),
      purpose: purposeTitles[purpose],
      from: fromOn,
      to: untilOn,
      fileHash: evidence!.sm3,
    },
  });
  return { id };
}

/** Ends an authorisation because the customer takes it back. Refused (409) when it was taken back before. */
export async function revokeAuthorisation(
  tx: Tx,
  context: Context,
  { guarantorId, id, reason }: { guarantorId: number; id: bigint; reason: string },
): Promise<void> {
  const { rows } = await sql<{ id: bigint }>`
    update creditinfo.authorisation
       set revoked_at = ${context.clock.now()}, revoked_by = ${context.actor.userId}, revoked_why = ${reason}
     where guarantor_id = ${guarantorId} and id = ${id} and revoked_at is null
    returning id`.execute(tx);
  if (rows.length === 0)
    throw new Refused({ code: 'authorisation-not-open', message: '没有这份授权，或已经撤回' }, 409);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'creditinfo.revoke',
    subject: `authorisation:${guarantorId}/${id}`,
    detail: { reason },
  });
}

export type AskCommand = {
  readonly guarantorId: number;
  readonly customerId: bigint;
  readonly purpose: Purpose;
  readonly platform: string;
  readonly subject?: string | undefined;
  /** The same key asks the platform once; a question that failed may be tried again under it. */
  readonly queryKey: string;
};

type Begun = {
  readonly id: bigint;
  readonly ask?: { readonly question: Question; readonly until: Day; readonly link: PlatformLink };
};

/**
 * Asks a credit platform about a customer. Refused (422) without an authorisation on file for the purpose, in force today. The question
 * is recorded and audited before anything leaves; no transaction waits for the platform; the report is stored encrypted.
 * Trouble on the way is an outcome of the query, not an error.
 */
export async function askPlatform(
  db: Db,
  context: Context,
  command: AskCommand,
  open: () => PlatformLink = openPlatform,
): Promise<{ id: bigint }> {
  const { id, ask } = await db.transaction(context.actor, (tx) => begin(tx, context, command, open));
  if (!ask) return { id };
  try {
    const answer = await ask.link.ask(ask.question);
    await db.transaction(context.actor, (tx) => keep(tx, context, { ...command, id, until: ask.until }, answer));
  } finally {
    await ask.link.close();
  }
  return { id };
}

async function begin(tx: Tx, context: Context, command: AskCommand, open: () => PlatformLink): Promise<Begun> {
  const { guarantorId, customerId, purpose, platform, queryKey } = command;
  const about = await askedAbout(tx, guarantorId, customerId);
  if (!about) throw new Refused({ code: 'customer-unknown', message: '没有这个客户，或不在您的权限范围内' }, 404);
  const earlier = await lockQuery(tx, guarantorId, queryKey);
  if (earlier && (earlier.customerId !== customerId || earlier.purpose !== purpose || earlier.platform !== platform))
    throw new Refused({ code: 'query-key-reused', message: '同一查询编号已用于另一次查询，请换用新的编号' }, 409);
  if (earlier?.status === 'answered' || earlier?.status === 'no-record') return { id: earlier.id };
  const all = await authorisationsFor(tx, command);
  const what = { purpose: purposeTitles[purpose], platform: await nameOf(tx, platform) };
  const found = usableAuthorisation(all, context.clock.today(), what);
  if (isRefusal(found)) throw new Refused(found);
  const link = open();
  const id = earlier?.id ?? (await insertQuery(tx, context, command, found));
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'creditinfo.ask',
    subject: `credit-query:${guarantorId}/${id}`,
    detail: {
      customer: String(customerId),
      purpose: purposeTitles[purpose],
      authorisation: String(found.id),
      ...(command.subject ? { of: command.subject } : {}),
    },
  });
  const evidenceSm3 = all.find((each) => each.id === found.id)!.evidenceSm3;
  const question: Question = {
    queryId: `${about.institution}-${queryKey}`,
    ...about,
    purpose,
    authorisation: { number: `${guarantorId}-${found.id}`, until: found.untilOn, evidenceSm3 },
  };
  return { id, ask: { question, until: found.untilOn, link } };
}

async function nameOf(tx: Tx, platform: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`select name from creditinfo.platform where code = ${platform}`.execute(
    tx,
  );
  if (rows[0]) return rows[0].name;
  throw new Refused({ code: 'platform-unknown', field: 'platform', message: '没有这个信用平台' });
}

async function insertQuery(tx: Tx, context: Context, command: AskCommand, by: Authorisation): Promise<bigint> {
  const { guarantorId, customerId, purpose, platform, subject, queryKey } = command;
  const { rows } = await sql<{ id: bigint }>`
    insert into creditinfo.query (guarantor_id, query_key, authorisation_id, customer_id, purpose, platform, subject, asked_by, asked_at)
    values (${guarantorId}, ${queryKey}, ${by.id}, ${customerId}, ${purpose}, ${platform}, ${subject ?? null}, ${context.actor.userId},
            ${context.clock.now()})
    returning id`.execute(tx);
  return rows[0]!.id;
}

type Kept = AskCommand & { readonly id: bigint; readonly until: Day };

/** Keeps what came of it. A report may be used until the platform's day or the authorisation's, whichever is earlier. */
async function keep(tx: Tx, context: Context, of: Kept, answer: PlatformAnswer): Promise<void> {
  const found = answer.outcome === 'found' ? answer : undefined;
  const status = found ? 'answered' : answer.outcome === 'no-record' ? 'no-record' : 'failed';
  const sealed = found ? (await openSecretBox()).seal(canonicalJson(found.report), placeOf(of)) : null;
  const expiresOn = found ? ([found.validUntil, of.until].sort()[0] ?? null) : null;
  await sql`
    update creditinfo.query
       set status = ${status}, attempts = attempts + ${answer.attempts}, failure = ${answer.outcome === 'failed' ? answer.reason : null},
           report_sealed = ${sealed}, report_hash = ${found?.reportHash ?? null}, signature = ${found?.signature ?? null},
           answered_at = ${status === 'failed' ? null : context.clock.now()}, expires_on = ${expiresOn}
     where guarantor_id = ${of.guarantorId} and id = ${of.id} and status in ('asked', 'failed')`.execute(tx);
  await appendAudit(tx, context, {
    chain: of.guarantorId,
    action: 'creditinfo.answer',
    subject: `credit-query:${of.guarantorId}/${of.id}`,
    detail: { outcome: status, ...(found ? { contentHash: found.reportHash } : {}) },
  });
}

/** Where a sealed report belongs: moved to another row it does not open. */
export const placeOf = (of: { readonly guarantorId: number; readonly queryKey: string }): string =>
  `creditinfo:${of.guarantorId}/${of.queryKey}`;
