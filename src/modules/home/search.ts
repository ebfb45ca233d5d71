import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import { hasHead, searchCondition } from '../customers/index.ts';

/** One thing found. `url` is a page of the web. */
export type Hit = { kind: string; title: string; subtitle: string; url: string };

const perKind = 6;

/**
 * Guarantees by the head of their contract number, customers by name, identity number or pinyin initials, institutions and
 * branches by name or code; only what the caller may see, a few of each.
 */
export async function search(tx: Tx, q: string): Promise<Hit[]> {
  const text = q.trim();
  const escaped = text.replace(/[\\%_]/g, '\\$&');
  const { rows } = await sql<Hit>`
    (select '保函' as kind, g.contract_no as title, c.name as subtitle, '/guarantees/' || g.guarantor_id || '/' || g.id as url
       from guarantees.guarantee g
       join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
      where ${hasHead('g.contract_no', text)}
      order by g.contract_no limit ${perKind})
    union all
    (select '客户', c.name, i.short_name || ' · ' || r.name, '/customers/' || c.guarantor_id || '/' || c.id
       from customers.customer c
       join institutions.institution i on i.id = c.guarantor_id
       join institutions.region r on r.code = c.county
      where ${searchCondition(text, 'c')}
      order by length(c.name), c.id limit ${perKind})
    union all
    (select '机构', i.name, i.code, '/institutions/' || i.id
       from institutions.institution i
      where i.name like ${`%${escaped}%`} or i.code like ${`${escaped.toUpperCase()}%`}
      order by i.level, i.id limit ${perKind})`.execute(tx);
  return rows;
}
