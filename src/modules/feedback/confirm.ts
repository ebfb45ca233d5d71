import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { existing } from './detail.ts';
import { unconfirmedOf } from './store.ts';

export type Confirm = {
  readonly certificateId: bigint;
  /** Whose confirmation; default the caller's own institution. Another's needs the document it rests on. */
  readonly institutionId?: number | undefined;
  readonly document?: string | undefined;
};

/**
 * The finance bureau or the regulator of the certificate's own region confirms it without objection. When both have, the
 * certificate may become final before the window ends. Doing it again changes nothing. Refuses (404) an unknown certificate,
 * (422) one that is not open to objection, an institution of another region or kind, and another's word without its document.
 */
export async function confirmCertificate(
  tx: Tx,
  context: Context,
  command: Confirm,
): Promise<{ stillMissing: string[] }> {
  const found = await existing(tx, command.certificateId);
  if (found.status !== 'published')
    throw new Refused({ code: 'not-open-to-objection', message: `${found.number} 不在异议期，无需确认` });
  const { rows } = await sql<{ id: number; name: string; isOwn: boolean; fits: boolean }>`
    select i.id, i.name, i.id = p.institution_id as "isOwn",
           i.region_code = ${found.regionCode} and i.kind in ('finance-bureau', 'regulator') and i.status = 'active' as fits
      from identity.person p
      join institutions.institution i on i.id = coalesce(${command.institutionId ?? null}::integer, p.institution_id)
     where p.id = ${context.actor.userId}
     union all
    select i.id, i.name, false, i.region_code = ${found.regionCode} and i.kind in ('finance-bureau', 'regulator') and i.status = 'active'
      from institutions.institution i
     where i.id = ${command.institutionId ?? null} and not exists (
             select from identity.person p where p.id = ${context.actor.userId} and p.institution_id is not null)`.execute(
    tx,
  );
  const party = rows[0];
  if (!party?.fits) {
    const message = `${found.number} 由${found.regionName}的财政部门和地方金融监管部门确认`;
    throw new Refused({ code: 'not-a-party', field: 'institutionId', message });
  }
  if (!party.isOwn && !command.document) {
    throw new Refused({
      code: 'document-required',
      field: 'document',
      message: '代录其他单位的确认须填写其书面确认的文号',
    });
  }
  const { rows: made } = await sql`
    insert into feedback.confirmation (certificate_id, institution_id, document, confirmed_by, confirmed_at)
    values (${command.certificateId}, ${party.id}, ${command.document ?? null}, ${context.actor.userId}, ${context.clock.now()})
    on conflict do nothing returning 1`.execute(tx);
  if (made.length > 0) {
    await appendAudit(tx, context, {
      chain: 0,
      action: 'feedback.confirm',
      subject: `certificate:${found.number}`,
      detail: { institution: party.name, document: command.document ?? null },
    });
  }
  return { stillMissing: await unconfirmedOf(tx, command.certificateId) };
}
