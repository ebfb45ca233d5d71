import { sql } from 'kysely';
import type { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createCase } from '../cases/index.ts';
import type { ApplyChoices, newApplication } from './contract.ts';
import { visitOf } from './my-case.ts';

/** Where the session's customer may apply: the guarantors that have it on file, each with the banks it has an agreement with. */
export async function applyChoices(tx: Tx, context: Context, token: string | undefined): Promise<ApplyChoices> {
  const { tokenHash } = await visitOf(tx, context.clock, token);
  const { rows } = await sql<ApplyChoices['rows'][number]>`
    select s.guarantor_id as "guarantorId", i.name,
           (select coalesce(jsonb_agg(distinct jsonb_build_object('id', b.id, 'name', b.name)), '[]')
              from agreements.agreement a join institutions.institution b on b.id = a.bank_id
             where a.guarantor_id = s.guarantor_id) as banks
      from portal.session_customer s
      join institutions.institution i on i.id = s.guarantor_id
     where s.token_hash = ${tokenHash} and i.status = 'active'
     order by s.guarantor_id
     limit 20`.execute(tx);
  return { rows };
}

type Customer = {
  readonly kind: string;
  readonly name: string;
  readonly identityKind: string;
  readonly identityNo: string;
  readonly county: number;
  readonly industryCode: string | null;
  readonly phone: string | null;
};

/**
 * 客户自助申请：opens a case at a guarantor that has the customer on file, as a draft that a client manager completes and submits. Refused
 * (401) without an open session, (404) elsewhere, (409) while an earlier one has not been taken up.
 */
export async function applyAsCustomer(
  tx: Tx,
  context: Context,
  command: z.output<typeof newApplication> & { readonly token: string | undefined },
): Promise<{ number: string }> {
  const { token, guarantorId, bankId, amount, termMonths, purpose, repayment, contactName } = command;
  const { rows: offered } = await applyChoices(tx, context, token);
  const chosen = offered.find((each) => each.guarantorId === guarantorId);
  if (!chosen?.banks.some((each) => each.id === bankId))
    throw new Refused(
      { code: 'not-offered', field: 'bankId', message: '请从列出的担保机构和与其合作的银行中选择' },
      404,
    );
  const { tokenHash } = await visitOf(tx, context.clock, token);
  const customer = await customerAt(tx, tokenHash, guarantorId);
  const waiting = await sql<{ number: string }>`
    select number from cases.case
     where guarantor_id = ${guarantorId} and state = 'draft' and applicant_kind = 'customer'
       and draft ->> 'identityNo' = ${customer.identityNo} limit 1`.execute(tx);
  if (waiting.rows[0])
    throw new Refused(
      { code: 'applied-already', message: `您的申请 ${waiting.rows[0].number} 已在担保机构待办，请等客户经理联系` },
      409,
    );
  const { number } = await createCase(tx, context, {
    ...{ guarantorId, bankId, applicantKind: 'customer' },
    draft: {
      ...{ customerKind: customer.kind, customerName: customer.name, amount, purpose, repayment, contactName },
      ...{ identityKind: customer.identityKind, identityNo: customer.identityNo, termMonths: String(termMonths) },
      ...{ county: String(customer.county), contactPhone: customer.phone ?? '' },
      ...(customer.industryCode ? { industryCode: customer.industryCode } : {}),
    },
  });
  return { number };
}

async function customerAt(tx: Tx, tokenHash: string, guarantorId: number): Promise<Customer> {
  const { rows } = await sql<Customer>`
    select c.kind, c.name, c.identity_kind as "identityKind", c.identity_no as "identityNo", c.county, c.industry_code as "industryCode",
           c.contact_phone as phone
      from portal.session_customer s
      join customers.customer c on c.guarantor_id = s.guarantor_id and c.id = s.customer_id
     where s.token_hash = ${tokenHash} and s.guarantor_id = ${guarantorId}
     order by c.id
     limit 1`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'customer-unknown', message: '没有您在这家机构的登记' }, 404);
  return rows[0];
}
