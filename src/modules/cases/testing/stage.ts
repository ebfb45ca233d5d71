import { type Day, day } from '../../../kernel/day.ts';
import { Refused } from '../../../kernel/refusal.ts';
import { usccCheck } from '../../../law/gb-32100.ts';
import { type Clock, fixedClock } from '../../../platform/clock.ts';
import { systemActor, type Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import type { TestDatabase } from '../../../platform/testing/index.ts';
import { createAgreement } from '../../agreements/index.ts';
import { layPeople, people } from '../../approvals/testing/people.ts';
import { loadBaseline } from '../../products/index.ts';
import { concludeDiligence, recordFindings, recordVisit } from '../actions/diligence.ts';
import { createCase } from '../actions/draft.ts';
import { checkCounter, reviewCase, scoreCase } from '../actions/review.ts';
import { assignManagers, submitCase } from '../actions/submit.ts';
import type { CaseDraft } from '../contract.ts';
import { diligenceLines } from '../rules/diligence.ts';

export { people };
export const guarantorId = 1001;
/** Two banks with an agreement at 1001, and one clerk each. */
export const banks = { one: 2001, other: 2002, clerk: 401, otherClerk: 402 } as const;
export const today = day('2026-11-20');
export const contextOf = (userId: number, on: Day = today): Context => ({
  actor: userId === 0 ? systemActor : { userId },
  clock: fixedClock(on) as Clock,
});

export const goodDraft: CaseDraft = {
  productCode: 'ordinary',
  customerKind: 'enterprise',
  customerName: '晋丰装备制造有限公司',
  identityKind: 'uscc',
  identityNo: '91140100MA0ABCD12R',
  address: '太原市小店区样例街1号',
  county: '140105',
  industryCode: '3360',
  staff: '100',
  revenue: '9000000.00',
  contactName: '王样例',
  contactPhone: '0351-0000000',
  amount: '3000000.00',
  termMonths: '12',
  purpose: '购买钢材',
  repayment: '销售回款',
  tags: [1],
  primaryTag: 1,
  tagEvidence: '小型企业',
  relatedParties: [
    { relation: '法定代表人', name: '张样例', identityKind: 'resident-id', identityNo: '140105199003070012' },
  ],
  counterGuarantees: [{ kind: '10000', provider: '张样例', title: '法定代表人连带责任保证' }],
};

/** Institutions, people, products, agreements; papers on file are laid straight into the table. */
export async function layStage(test: TestDatabase): Promise<void> {
  await layPeople(test);
  await test.owner.query(`
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (2001, 'B1', '甲银行', '甲行', 'bank', 1, 140000), (2002, 'B2', '乙银行', '乙行', 'bank', 1, 140000);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values
      (1001, '2025-12-31', 1000000000000, 20000000000, '审计报告'), (1002, '2025-12-31', 1000000000000, 20000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values ('ordinary', '小微企业担保', 'loan', '6号'), ('agri', '农户担保', 'loan', '6号');
    insert into identity.user_account (id, account, name, person_key, institution_id) values
      (401, 'u401', '甲行信贷员', 'k401', 2001), (402, 'u402', '乙行信贷员', 'k402', 2002), (403, 'u403', '大同客户经理', 'k403', 1002);
    insert into identity.role_grant (user_id, role_code, person_key, granted_by) values
      (401, 'r09-bank', '', 0), (402, 'r09-bank', '', 0), (403, 'r01-client-manager', '', 0)`);
  const context = contextOf(0);
  await test.db.transaction(systemActor, async (tx) => {
    await loadBaseline(tx, context);
    for (const [at, bankId, productCode] of [
      [1001, 2001, 'ordinary'],
      [1001, 2002, 'ordinary'],
      [1001, 2001, 'agri'],
      [1002, 2001, 'ordinary'],
    ] as const)
      await createAgreement(tx, context, {
        guarantorId: at,
        bankId,
        productCode,
        contractNo: `XY-${at}-${bankId}-${productCode}`,
        version: {
          ...{ bankShare: '0.2', guarantorShare: '0.4', provinceShare: '0.2', fundShare: '0.2', otherShare: '0' },
          ...{ feeRate: '0.01', claimRatioCap: '0.04', document: '协议', from: day('2025-01-01'), to: null },
        },
      });
  });
}

/** Puts one file on record for each entry of the full 资料清单. */
export async function layFiles(test: TestDatabase, at: number, id: bigint): Promise<void> {
  await test.owner.query(
    `insert into attachments.attachment (guarantor_id, subject, item_code, name, type, bytes, sm3, uploaded_by, recorded_at)
     select $1::integer, 'case:' || $1::integer || '/' || $2::bigint, code, code || '.pdf', 'pdf', 10, repeat('a', 64), 301, now()
       from unnest(array['identity', 'size', 'statements', 'purpose', 'credit']) code`,
    [at, id],
  );
}

/** A valid credit code, another for each number. */
export function usccOf(n: number): string {
  const body = `91140100MA0XY${String(n).padStart(4, '0')}`;
  return body + usccCheck(body);
}

/** Runs an action as a person. */
export const as = <T>(test: TestDatabase, userId: number, work: (tx: Tx, context: Context) => Promise<T>, on?: Day) =>
  test.db.transaction(contextOf(userId, on).actor, (tx) => work(tx, contextOf(userId, on)));

/** The codes a refused action answers, with its status. */
export const refusalsOf = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ status: 200, codes: [] as string[], message: '' }),
    (error) => {
      if (!(error instanceof Refused)) throw error;
      return { status: error.status, codes: error.refusals.map((each) => each.code), message: error.message };
    },
  );

/** A case handed in by the bank's clerk. */
export async function submitted(
  test: TestDatabase,
  draft: CaseDraft = goodDraft,
  by: number = banks.clerk,
  bankId?: number,
) {
  const { id, number } = await as(test, by, (tx, context) =>
    createCase(tx, context, { guarantorId, draft, ...(bankId ? { bankId } : {}) }),
  );
  await layFiles(test, guarantorId, id);
  await as(test, by, (tx, context) => submitCase(tx, context, { guarantorId, id }));
  return { guarantorId, id, number };
}

/** A case brought up to review, with everything an approval asks for. */
export async function reviewed(test: TestDatabase, draft?: CaseDraft) {
  const key = await submitted(test, draft);
  await as(test, people.manager, (tx, context) =>
    assignManagers(tx, context, { ...key, managerA: people.manager, managerB: people.manager2 }),
  );
  const items = diligenceLines.map(({ code }) => ({ code, finding: 'pass' as const, note: '', attachments: [] }));
  await as(test, people.manager, (tx, context) => recordFindings(tx, context, { ...key, items }));
  const visit = { visitedAt: '2026-11-19T10:00:00+08:00', place: '小店区样例街1号', met: '张样例', note: '在产在销' };
  await as(test, people.manager2, (tx, context) => recordVisit(tx, context, { ...key, ...visit, attachments: [] }));
  for (const by of [people.manager, people.manager2])
    await as(test, by, (tx, context) => concludeDiligence(tx, context, { ...key, agrees: true, opinion: '同意担保' }));
  await as(test, people.risk, (tx, context) =>
    reviewCase(tx, context, { ...key, verdict: 'support', opinion: '第一还款来源充足', conditions: '' }),
  );
  const inputs = {
    ...{ years: '6', 'debt-ratio': '50', 'revenue-growth': '5', overdue: '0' },
    ...{ repayment: '充足', counter: '保证' },
  };
  await as(test, people.risk, (tx, context) => scoreCase(tx, context, { ...key, inputs }));
  await as(test, people.risk, (tx, context) =>
    checkCounter(tx, context, { ...key, seq: 1, verdict: 'passed', opinion: '主体适格' }),
  );
  return key;
}
