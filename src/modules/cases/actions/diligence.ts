import { sql } from 'kysely';
import type { z } from 'zod';
import { type Refusal, Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { attachmentsOf, missingItems } from '../../attachments/index.ts';
import { appendAudit } from '../../audit/index.ts';
import { productVersionOn } from '../../products/index.ts';
import type { checklistChange, newConclusion, newVisit } from '../contract.ts';
import { conclusionsOf, itemsOf, nextSeq, visitsOf } from '../parts-store.ts';
import { checkConclusion, checkFindings, checkVisit } from '../rules/diligence.ts';
import { addEvent, type CaseKey, dayOfText, lockCase, moveCase, type StoredCase, subjectOf } from '../store.ts';

/** Which part of the pair the caller is; refused (403) for anybody else. */
export function partOf(found: StoredCase, context: Context): 'A' | 'B' {
  if (found.managerA === context.actor.userId) return 'A';
  if (found.managerB === context.actor.userId) return 'B';
  const message = `只有本项目的A角（${found.managerAName ?? '未指定'}）、B角（${found.managerBName ?? '未指定'}）可以办理尽调`;
  throw new Refused({ code: 'not-a-manager', message }, 403);
}

/** Evidence must be on file for this very case. */
async function checkEvidence(tx: Tx, key: CaseKey, ids: readonly string[]): Promise<Refusal[]> {
  if (ids.length === 0) return [];
  const known = new Set((await attachmentsOf(tx, key.guarantorId, subjectOf(key))).map((each) => String(each.id)));
  const strange = ids.filter((each) => !known.has(each));
  return strange.length === 0
    ? []
    : [
        {
          code: 'evidence-unknown',
          field: 'attachments',
          message: `证据附件 ${strange.join('、')} 不在本项目名下，请先上传`,
        },
      ];
}

/** Records findings on lines of the 尽调清单; a line recorded again replaces what was said, the history keeps that it changed. */
export async function recordFindings(
  tx: Tx,
  context: Context,
  command: CaseKey & z.output<typeof checklistChange>,
): Promise<void> {
  const found = await lockCase(tx, command, 'check');
  partOf(found, context);
  const evidence = command.items.flatMap((each) => each.attachments);
  const refusals = [...checkFindings(command.items), ...(await checkEvidence(tx, command, evidence))];
  if (refusals.length > 0) throw new Refused(refusals);
  await sql`insert into cases.diligence_item (guarantor_id, case_id, code, finding, note, attachments, recorded_by, recorded_at)
    select ${command.guarantorId}, ${command.id}, i ->> 'code', i ->> 'finding', i ->> 'note',
           array(select x::bigint from jsonb_array_elements_text(i -> 'attachments') x), ${context.actor.userId}, ${context.clock.now()}
      from jsonb_array_elements(${JSON.stringify(command.items)}::jsonb) i
    on conflict (guarantor_id, case_id, code) do update set finding = excluded.finding, note = excluded.note,
      attachments = excluded.attachments, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at`.execute(
    tx,
  );
  await moveCase(tx, context, found, 'check', {}, `${command.items.length} 项`);
}

/** Records a visit with place, time and photographs. */
export async function recordVisit(
  tx: Tx,
  context: Context,
  command: CaseKey & z.output<typeof newVisit>,
): Promise<{ seq: number }> {
  const found = await lockCase(tx, command, 'visit');
  partOf(found, context);
  const refusals = [
    ...checkVisit(await dayOfText(tx, command.visitedAt), context.clock.today()),
    ...(await checkEvidence(tx, command, command.attachments)),
  ];
  if ((command.lat === undefined) !== (command.lng === undefined))
    refusals.push({ code: 'half-a-place', field: 'lat', message: '经度与纬度须同时填写' });
  if (refusals.length > 0) throw new Refused(refusals);
  const seq = await nextSeq(tx, command, 'visit');
  await sql`insert into cases.visit (guarantor_id, case_id, seq, visited_at, place, lat, lng, met, note, attachments, recorded_by, recorded_at)
    values (${command.guarantorId}, ${command.id}, ${seq}, ${command.visitedAt}, ${command.place}, ${command.lat ?? null}, ${command.lng ?? null},
            ${command.met}, ${command.note}, ${`{${command.attachments.join(',')}}`}::bigint[], ${context.actor.userId},
            ${context.clock.now()})`.execute(tx);
  await moveCase(tx, context, found, 'visit', {}, command.place);
  return { seq };
}

/**
 * A角 or B角 concludes. Refused while lines are open, one that binds failed, nobody visited, or papers are missing. The second conclusion of
 * a round hands the case to review; a dissent goes along and stops the approval there.
 */
export async function concludeDiligence(
  tx: Tx,
  context: Context,
  command: CaseKey & z.output<typeof newConclusion>,
): Promise<{ isComplete: boolean }> {
  const found = await lockCase(tx, command, 'conclude');
  const part = partOf(found, context);
  const refusals = checkConclusion(await diligenceFacts(tx, found));
  if (refusals.length > 0) throw new Refused(refusals);
  const round = await roundOf(tx, command);
  const earlier = (await conclusionsOf(tx, command)).filter((each) => each.round === round);
  if (earlier.some((each) => each.part === part))
    throw new Refused({ code: 'concluded-already', message: `${part}角在本轮已出具结论` }, 409);
  await sql`insert into cases.conclusion (guarantor_id, case_id, round, user_id, part, agrees, opinion, recorded_at)
    values (${command.guarantorId}, ${command.id}, ${round}, ${context.actor.userId}, ${part}, ${command.agrees}, ${command.opinion},
            ${context.clock.now()})`.execute(tx);
  await addEvent(tx, context, command, 'conclude', { note: `${part}角：${command.agrees ? '同意' : '不同意'}` });
  const isComplete = earlier.length === 1;
  if (isComplete) await moveCase(tx, context, found, 'to-review');
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.conclude',
    subject: subjectOf(command),
    detail: { number: found.number, part, verdict: command.agrees ? 'agree' : 'disagree' },
  });
  return { isComplete };
}

async function diligenceFacts(tx: Tx, found: StoredCase) {
  const product = await productVersionOn(tx, found.productCode as string, found.submittedOn!);
  return {
    found: await itemsOf(tx, found),
    visits: (await visitsOf(tx, found)).length,
    missing: await missingItems(tx, found.guarantorId, subjectOf(found), product?.terms.checklist ?? []),
  };
}

/** The round of due diligence: one more each time the review sent it back. */
export async function roundOf(tx: Tx, key: CaseKey): Promise<number> {
  const { rows } = await sql<{ round: number }>`
    select 1 + count(*)::integer as round from cases.event e
     where e.guarantor_id = ${key.guarantorId} and e.case_id = ${key.id} and e.kind = 'back-to-diligence'`.execute(tx);
  return rows[0]?.round ?? 1;
}
