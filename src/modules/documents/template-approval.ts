import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { type OutcomeHandler, startApproval } from '../approvals/index.ts';
import { setTemplateStatus, templateById } from './template-store.ts';
import { auditTemplate, unknownVersion, wantedKind } from './templates.ts';

/**
 * Hands a draft in for approval, to be in force from a day on, today or later: papers already issued stay as they are. One that came
 * back is handed in again the same way.
 */
export async function submitTemplate(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; id: number; fromOn: Day },
): Promise<{ instanceId: bigint }> {
  const { guarantorId, id, fromOn } = command;
  if (fromOn < context.clock.today())
    throw new Refused({
      code: 'from-day-past',
      field: 'fromOn',
      message: '启用日不能早于今天：已经制作的文书不因新模板而改变',
    });
  const row = await templateById(tx, guarantorId, id);
  if (!row) throw unknownVersion();
  const of = { guarantorId, id, by: context.actor.userId, at: context.clock.now() };
  const done = await setTemplateStatus(tx, { ...of, status: 'approving', from: ['draft'], fromOn });
  if (!done) throw new Refused({ code: 'template-not-draft', message: '这个版本不是草稿，或正在审批' }, 409);
  await auditTemplate(tx, context, 'documents.submit-template', guarantorId, id, { from: fromOn });
  const { title } = wantedKind(row.code);
  return startApproval(tx, context, {
    ...{ guarantorId, chain: 'template', subject: `template:${guarantorId}/${id}` },
    title: `${title}模板第 ${row.version} 版`,
    href: `/documents/templates/${row.code}?guarantorId=${guarantorId}`,
    facts: { 启用日: fromOn, 文件: row.fileName, 说明: row.note || '—', '摘要（SM3）': row.sm3 },
  });
}

/**
 * What follows when the approval of a template ends. Approved: it is in force from the day asked for, or from the decision where that
 * came later; otherwise it is a draft again.
 */
export const templateDecided: OutcomeHandler = async (tx, context, event) => {
  const { guarantorId } = event;
  const id = Number(event.subject.slice(event.subject.indexOf('/') + 1));
  const row = await templateById(tx, guarantorId, id);
  if (!row?.fromOn) throw unknownVersion();
  const isApproved = event.outcome === 'approved';
  const fromOn = [row.fromOn, event.decidedOn].sort().at(-1) as Day;
  const of = { guarantorId, id, fromOn, by: context.actor.userId, at: context.clock.now() };
  const done = await setTemplateStatus(tx, { ...of, status: isApproved ? 'in-force' : 'draft', from: ['approving'] });
  if (!done) throw new Refused({ code: 'template-not-approving', message: '这个版本已不在审批中' }, 409);
  if (isApproved) await auditTemplate(tx, context, 'documents.put-in-force', guarantorId, id, { from: fromOn });
};
