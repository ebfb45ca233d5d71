import { sql } from 'kysely';
import { zeroFen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { Asked } from './facts.ts';
import type { HeadroomLine } from './line.ts';

/**
 * 其他担保机构在保: whether the customer has business with other institutions, by the hash of its identity number. Counts only, never an
 * amount or a name; told, for the limits are each institution's own (条例第十六条). Nothing without a customer.
 */
export async function elsewhereLine(tx: Tx, { guarantorId, customerId }: Asked): Promise<HeadroomLine[]> {
  if (customerId === undefined) return [];
  const { rows } = await sql<{ inForce: number; openCases: number; relatedCases: number }>`
    select e.in_force as "inForce", e.open_cases as "openCases", e.related_cases as "relatedCases"
      from customers.customer c
     cross join lateral cases.elsewhere(${guarantorId}, array[c.identity_hash]) e
     where c.guarantor_id = ${guarantorId} and c.id = ${customerId}`.execute(tx);
  const found = rows[0];
  if (!found) return [];
  const parts = [
    ...(found.inForce > 0 ? [`在保 ${found.inForce} 笔`] : []),
    ...(found.openCases > 0 ? [`在办 ${found.openCases} 笔`] : []),
    ...(found.relatedCases > 0 ? [`作为关联方在办 ${found.relatedCases} 笔`] : []),
  ];
  return [
    {
      code: 'elsewhere',
      title: '其他担保机构在保（只计笔数，不显示他机构数据）',
      source: '跨机构查重：按证件号码散列比对',
      limit: null,
      used: zeroFen,
      reserved: zeroFen,
      after: zeroFen,
      room: null,
      isBreached: false,
      binds: false,
      cure: '',
      note:
        parts.length > 0
          ? `${parts.join('，')}；单户限额按各机构分别计算，不相加，请向客户核实总负债`
          : '其他担保机构没有该客户的在保或在办业务',
    },
  ];
}
