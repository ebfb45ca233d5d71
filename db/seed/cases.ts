import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { addMonths, type Day } from '../../src/kernel/day.ts';
import { decideTask } from '../../src/modules/approvals/actions.ts';
import { addAttachment, receiveFile } from '../../src/modules/attachments/index.ts';
import { askApproval, caseDecided, withdrawCase } from '../../src/modules/cases/actions/approval.ts';
import { concludeDiligence, recordFindings, recordVisit } from '../../src/modules/cases/actions/diligence.ts';
import { planFee, receiveFee } from '../../src/modules/cases/actions/fees.ts';
import { issuePaper, startPapers } from '../../src/modules/cases/actions/papers.ts';
import { checkCounter, reviewCase, scoreCase } from '../../src/modules/cases/actions/review.ts';
import { assignManagers, refuseCase, sendBack } from '../../src/modules/cases/actions/submit.ts';
import type { CaseDraft } from '../../src/modules/cases/contract.ts';
import { type CaseKey, createCase, disburse, submitCase } from '../../src/modules/cases/index.ts';
import { diligenceLines } from '../../src/modules/cases/rules/diligence.ts';
import { minutesAfter } from '../../src/platform/clock.ts';
import type { Db, Tx } from '../../src/platform/db.ts';
import type { Context } from '../../src/platform/http.ts';
import { makeResidentId, makeUscc } from './identities.ts';
import { seeded } from './random.ts';

const stages = [
  'draft',
  'submitted',
  'due-diligence',
  'review',
  'approving',
  'approved',
  'papers',
  'disbursed',
] as const;
export type Stage = (typeof stages)[number] | 'returned' | 'refused' | 'withdrawn';
/** What a case is to be and how far it goes. */
export type PlannedCase = {
  readonly name: string;
  readonly wan: number;
  readonly until: Stage;
  readonly by: 'bank' | 'manager';
};

/** A dozen cases, one at least in each state. Names are made up. */
const planned: readonly PlannedCase[] = [
  { name: '太原晋样精密铸造有限公司', wan: 260, until: 'draft', by: 'bank' },
  { name: '太原汾样食品有限公司', wan: 80, until: 'draft', by: 'manager' },
  { name: '太原并样物流有限公司', wan: 180, until: 'submitted', by: 'bank' },
  { name: '太原迎样电子有限公司', wan: 120, until: 'submitted', by: 'manager' },
  { name: '太原龙样装饰材料有限公司', wan: 150, until: 'due-diligence', by: 'bank' },
  { name: '太原杏样机械配件有限公司', wan: 300, until: 'review', by: 'bank' },
  { name: '太原尖样钢构有限公司', wan: 200, until: 'approving', by: 'bank' },
  { name: '太原晋样软件有限公司', wan: 100, until: 'approved', by: 'manager' },
  { name: '太原清样醋业有限公司', wan: 220, until: 'papers', by: 'bank' },
  { name: '太原阳样农机有限公司', wan: 160, until: 'disbursed', by: 'bank' },
  { name: '太原古样文创有限公司', wan: 60, until: 'returned', by: 'bank' },
  { name: '太原娄样煤机有限公司', wan: 400, until: 'refused', by: 'bank' },
  { name: '太原草样印务有限公司', wan: 50, until: 'withdrawn', by: 'bank' },
];

type People = Readonly<
  Record<'yinhang' | 'kehu' | 'kehu2' | 'fengkong' | 'pingshen' | 'caiwu', number> & {
    guarantorId: number;
    bankId: number;
  }
>;

/** The demo's cases through the actions people use, each by the person whose work it is. Answers one line for the operator. */
export async function seedCases(db: Db, context: Context): Promise<string> {
  const people = await peopleOf(db, context);
  for (const [index, plan] of planned.entries())
    for await (const _step of carryCase(new Hand(db, context, people), plan, index));
  return `担保项目 ${planned.length} 个，各环节均有`;
}

/** Who does what to the demo's cases. */
export async function peopleOf(db: Db, context: Context): Promise<People> {
  const { rows } = await db.read(context.actor, (tx) =>
    sql<{ account: string; id: number; institutionId: number }>`
      select substr(account, 6) as account, id, institution_id as "institutionId" from identity.user_account
       where account in ('demo-yinhang', 'demo-kehu', 'demo-kehu2', 'demo-fengkong', 'demo-pingshen', 'demo-caiwu')`.execute(
      tx,
    ),
  );
  const ids = Object.fromEntries(rows.map((row) => [row.account, row.id]));
  const at = (account: string) => rows.find((row) => row.account === account)?.institutionId ?? 0;
  return { ...ids, guarantorId: at('kehu'), bankId: at('yinhang') } as People;
}

/** Does actions as one of the people. */
export class Hand {
  readonly db: Db;
  readonly context: Context;
  readonly people: People;
  constructor(db: Db, context: Context, people: People) {
    this.db = db;
    this.context = context;
    this.people = people;
  }
  as<T>(who: keyof People, work: (tx: Tx, context: Context) => Promise<T>): Promise<T> {
    const context = { ...this.context, actor: { userId: this.people[who] } };
    return this.db.transaction(context.actor, (tx) => work(tx, context));
  }
}

/** Carries a case as far as planned, stopping after every stage so that others may come between. `index` tells customers apart. */
export async function* carryCase(hand: Hand, plan: PlannedCase, index: number): AsyncGenerator<void> {
  const { people } = hand;
  const applicant = plan.by === 'bank' ? 'yinhang' : 'kehu';
  const { guarantorId, bankId } = people;
  const { id } = await hand.as(applicant, (tx, context) =>
    createCase(tx, context, {
      guarantorId,
      ...(plan.by === 'bank' ? {} : { bankId }),
      draft: draftOf(plan, index, hand.context.clock.today()),
    }),
  );
  const key = { guarantorId, id };
  const reaches = (stage: (typeof stages)[number]) =>
    stages.indexOf(plan.until as (typeof stages)[number]) >= stages.indexOf(stage);
  if (plan.until === 'draft') return;
  yield;
  await layPapers(hand, applicant, key, bankId);
  await hand.as(applicant, (tx, context) => submitCase(tx, context, key));
  yield;
  const end = endings[plan.until];
  if (end) return end(hand, key);
  if (!reaches('due-diligence')) return;
  await hand.as('kehu', (tx, context) =>
    assignManagers(tx, context, { ...key, managerA: people.kehu, managerB: people.kehu2 }),
  );
  yield;
  if (!reaches('review')) return;
  await lookInto(hand, key);
  yield;
  if (!reaches('approving')) return;
  await judge(hand, key);
  yield;
  const { instanceId } = await hand.as('kehu', (tx, context) => askApproval(tx, context, key));
  yield;
  if (!reaches('approved')) return;
  for (const [at, who] of (['kehu2', 'fengkong', 'pingshen'] as const).entries())
    await hand.as(who, (tx, context) =>
      decideTask(
        tx,
        context,
        { instanceId, seq: at + 1, decision: { verb: 'agree', opinion: '同意' } },
        new Map([['case', caseDecided]]),
      ),
    );
  yield;
  if (reaches('papers')) await sign(hand, key, plan, index, reaches('disbursed'));
}

/** How a case ends that is not carried on. */
const endings: Partial<Record<Stage, (hand: Hand, key: CaseKey) => Promise<void>>> = {
  returned: (hand, key) =>
    hand.as('kehu', (tx, context) => sendBack(tx, context, { ...key, reason: '请补充最近一期财务报表' })),
  refused: (hand, key) =>
    hand.as('kehu', (tx, context) => refuseCase(tx, context, { ...key, reason: '贷款用途与经营范围不符' })),
  withdrawn: (hand, key) =>
    hand.as('yinhang', (tx, context) => withdrawCase(tx, context, { ...key, reason: '借款人改用信用贷款' })),
};

function draftOf({ name, wan }: PlannedCase, index: number, today: Day): CaseDraft {
  return {
    productCode: 'ordinary',
    customerKind: 'enterprise',
    customerName: name,
    identityKind: 'uscc',
    identityNo: makeUscc('91', 140105, 880_001 + index),
    address: `太原市小店区样例路${index + 1}号`,
    county: '140105',
    industryCode: '3360',
    staff: String(30 + index * 7),
    revenue: `${800 + index * 120}0000.00`,
    declaredOn: addMonths(today, -1),
    contactName: '联系人（演示）',
    contactPhone: `139${String(index + 1).padStart(8, '0')}`,
    amount: `${wan}0000.00`,
    termMonths: '12',
    purpose: '购买原材料',
    repayment: '产品销售回款',
    tags: [1],
    primaryTag: 1,
    tagEvidence: '按工信部联企业〔2011〕300号划型为小型企业',
    flags: [],
    relatedParties: [
      {
        relation: '法定代表人',
        name: '法人（演示）',
        identityKind: 'resident-id',
        identityNo: makeResidentId(140105, 880 + index, seeded(880 + index)),
      },
    ],
    counterGuarantees: [{ kind: '10000', provider: '法人（演示）', title: '法定代表人连带责任保证' }],
  };
}

/** One small PDF for every entry of the 资料清单. */
async function layPapers(hand: Hand, who: 'yinhang' | 'kehu', key: CaseKey, bankId: number): Promise<void> {
  const subject = `case:${key.guarantorId}/${key.id}`;
  const context = { ...hand.context, actor: { userId: hand.people[who] } };
  for (const [itemCode, title] of [
    ['identity', '营业执照'],
    ['size', '划型资料'],
    ['statements', '财务报表'],
    ['purpose', '购销合同'],
    ['credit', '征信授权书'],
  ] as const) {
    const source = Readable.from([Buffer.from(`%PDF-1.7\n${subject} ${itemCode}\n%%EOF\n`)]);
    const kept = await receiveFile(hand.db, context, { subject, name: `${title}.pdf`, source, bankId });
    await hand.as(who, (tx, own) => addAttachment(tx, own, { subject, itemCode, kept, bankId }));
  }
}

async function lookInto(hand: Hand, key: CaseKey): Promise<void> {
  const items = diligenceLines.map(({ code }) => ({ code, finding: 'pass' as const, note: '', attachments: [] }));
  await hand.as('kehu', (tx, context) => recordFindings(tx, context, { ...key, items }));
  const visitedAt = minutesAfter(hand.context.clock.now(), -60).toISOString();
  await hand.as('kehu2', (tx, context) =>
    recordVisit(tx, context, {
      ...{ ...key, visitedAt, place: '太原市小店区生产车间', met: '法人（演示）', lat: '37.736000', lng: '112.565000' },
      ...{ note: '两条生产线在产，库存与订单相符', attachments: [] },
    }),
  );
  await hand.as('kehu', (tx, context) =>
    concludeDiligence(tx, context, { ...key, agrees: true, opinion: '经营稳定，还款来源可靠' }),
  );
  await hand.as('kehu2', (tx, context) =>
    concludeDiligence(tx, context, { ...key, agrees: true, opinion: '同意A角意见' }),
  );
}

async function judge(hand: Hand, key: CaseKey): Promise<void> {
  await hand.as('fengkong', (tx, context) =>
    reviewCase(tx, context, {
      ...{ ...key, verdict: 'support', opinion: '第一还款来源充足，风险可控' },
      conditions: '按季报送财务报表',
    }),
  );
  const figures = { years: '6', 'debt-ratio': '52', 'revenue-growth': '8', overdue: '0' };
  await hand.as('fengkong', (tx, context) =>
    scoreCase(tx, context, { ...key, inputs: { ...figures, repayment: '充足', counter: '保证' } }),
  );
  await hand.as('fengkong', (tx, context) =>
    checkCounter(tx, context, { ...key, seq: 1, verdict: 'passed', opinion: '保证人主体适格' }),
  );
}

async function sign(hand: Hand, key: CaseKey, plan: PlannedCase, index: number, isPaid: boolean): Promise<void> {
  const today = hand.context.clock.today();
  const amount = `${plan.wan}0000.00`;
  await hand.as('kehu', (tx, context) =>
    planFee(tx, context, { ...key, basis: 'guaranteed', frequency: 'once', startsOn: today, laterRates: [] }),
  );
  const issue = (template: Parameters<typeof issuePaper>[2]['template']) =>
    hand.as('kehu', (tx, context) => issuePaper(tx, context, { ...key, template }));
  await issue('intent-letter');
  const loanNo = `JK-演示-${String(index + 1).padStart(3, '0')}`;
  await hand.as('kehu', (tx, context) => startPapers(tx, context, { ...key, loanNo }));
  if (!isPaid) return;
  for (const template of ['entrust-contract', 'guarantee-contract', 'disburse-notice'] as const) await issue(template);
  await hand.as('caiwu', (tx, context) =>
    receiveFee(tx, context, { ...key, amount: '10000.00', receivedOn: today, reference: `SF-${index + 1}` }),
  );
  const days = { disbursedOn: today, endsOn: addMonths(today, 12) };
  await hand.as('yinhang', (tx, context) =>
    disburse(tx, context, { ...key, ...days, reference: `FK-演示-${index + 1}`, loanNo, amount }),
  );
}
