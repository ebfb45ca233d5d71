import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays, type Day, day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { createAgreement } from '../agreements/index.ts';
import { exitAdmission, resumeAdmission, reviewAdmission, suspendAdmission } from './aftercare.ts';
import {
  addScorecard,
  admissionStanding,
  admittedOn,
  applyAdmission,
  decideAdmission,
  evaluateAdmission,
  placeholderScorecard,
  recordDocument,
  submitAdmission,
} from './index.ts';
import { checkScorecard, checkSubmission, scoreOf } from './rules.ts';
import { admissionById, listAdmissions } from './store.ts';

let test: TestDatabase;
const today = day('2026-11-20');
const context: Context = { actor: systemActor, clock: fixedClock(today) };
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);
const { terms } = placeholderScorecard;
/** Full points but for the first criterion, so that the score is as wanted. */
const ratings = (score: number) => {
  let left = score;
  return terms.criteria.map(({ code, maximum }) => {
    const points = Math.min(left, maximum);
    left -= points;
    return { code, points, evidence: '' };
  });
};

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (5, 'Z1', '省再担保', '再担', 'reguarantor', 1, 140000),
      (8, 'B0', '另一银行', '另行', 'bank', 1, 140000), (9, 'B1', '某银行', '某行', 'bank', 1, 140000);
    insert into agreements.product (code, name, class, source) values ('tech', '科创', 'loan', '测试'), ('batch', '批量', 'loan', '测试')`);
  await asSystem((tx) => addScorecard(tx, context, placeholderScorecard));
});
afterAll(() => test.close());
beforeEach(() =>
  test.owner.query(
    'truncate admissions.admission, admissions.evaluation, admissions.document, admissions.suspension, admissions.event',
  ),
);

const apply = async (score = 80, products: string[] = []) => {
  const { id } = await asSystem((tx) => applyAdmission(tx, context, { bankId: 9, products, summary: '申请合作' }));
  for (const item of terms.checklist.filter((each) => each.required))
    await asSystem((tx) =>
      recordDocument(tx, context, {
        admissionId: id,
        code: item.code,
        reference: `${item.title}.pdf`,
        receivedOn: today,
      }),
    );
  await asSystem((tx) =>
    evaluateAdmission(tx, context, { admissionId: id, ratings: ratings(score), conclusion: '符合' }),
  );
  return id;
};
const admit = async (from: Day, products: string[] = []) => {
  const id = await apply(80, products);
  await asSystem((tx) => submitAdmission(tx, context, { admissionId: id, from, document: '准入批复' }));
  await asSystem((tx) => decideAdmission(tx, context, { admissionId: id, outcome: 'approved', reason: '同意' }));
  return id;
};
const isAdmitted = async (on: string, product?: string) =>
  (await asSystem((tx) => admittedOn(tx, 9, day(on), product))) !== undefined;

describe('评分卡', () => {
  it('满分合计100，等级由高到低；评分逐项核对', () => {
    expect(checkScorecard(terms)).toEqual([]);
    const short = { ...terms, criteria: terms.criteria.slice(1) };
    expect(checkScorecard(short).map((each) => each.message)).toEqual(['各项满分合计 75 分，须为 100 分']);
    expect(scoreOf(terms, ratings(85))).toMatchObject({ score: 85, grade: 'A', refusals: [] });
    expect(scoreOf(terms, ratings(84))).toMatchObject({ grade: 'B' });
    const wrong = [
      { code: 'risk-sharing', points: 26, evidence: '' },
      ...ratings(100).slice(2),
      { code: '无', points: 1, evidence: '' },
    ];
    expect(scoreOf(terms, wrong).refusals.map((each) => each.code)).toEqual([
      'points-above-maximum',
      'criterion-unknown',
      'criterion-not-once',
    ]);
  });
  it.each([
    [59, ['score-too-low']],
    [60, []],
    [61, []],
  ])('准入分数线 %i 分', (score, expected) =>
    expect(
      checkSubmission(terms, { score, received: terms.checklist.map((each) => each.code) }).map((each) => each.code),
    ).toEqual(expected),
  );
});

it('从受理到有效：缺资料按名拒绝；有效期、复审日按评分卡；期满次日不再有效', async () => {
  const { id } = await asSystem((tx) => applyAdmission(tx, context, { bankId: 9, products: [], summary: '申请合作' }));
  await expect(
    asSystem((tx) => applyAdmission(tx, context, { bankId: 9, products: [], summary: '又申请' })),
  ).rejects.toThrow(/已有准入申请在办/);
  await asSystem((tx) => evaluateAdmission(tx, context, { admissionId: id, ratings: ratings(80), conclusion: '符合' }));
  await expect(
    asSystem((tx) => submitAdmission(tx, context, { admissionId: id, from: today, document: '批复' })),
  ).rejects.toThrow(/缺少必备资料：准入申请函、金融许可证与营业执照/);
  await test.owner.query('truncate admissions.admission cascade');
  const done = await admit(day('2026-12-01'));
  const row = await asSystem((tx) => admissionById(tx, done));
  // 36 个月：2026-12-01 至 2029-11-30；一年后复审。
  expect(row).toMatchObject({
    state: 'in-force',
    from: '2026-12-01',
    to: '2029-11-30',
    reviewDueOn: '2027-12-01',
    grade: 'B',
  });
  expect([
    await isAdmitted('2026-11-30'),
    await isAdmitted('2026-12-01'),
    await isAdmitted('2029-11-30'),
    await isAdmitted('2029-12-01'),
  ]).toEqual([false, true, true, false]);
  const { rows } = await test.owner.query('select kind from admissions.event where admission_id = $1 order by seq', [
    String(done),
  ]);
  expect(rows.map((each) => each.kind)).toEqual(['apply', ...Array(5).fill('document'), 'evaluate', 'submit', 'admit']);
});

it('产品范围、暂停、恢复、退出：按日判断，历史不变', async () => {
  const id = await admit(day('2026-01-01'), ['tech']);
  expect([
    await isAdmitted('2026-06-01', 'tech'),
    await isAdmitted('2026-06-01', 'batch'),
    await isAdmitted('2026-06-01'),
  ]).toEqual([true, false, true]);
  const at = (on: string) => ({ admissionId: id, on: day(on), reason: '数据报送中断' });
  await expect(asSystem((tx) => suspendAdmission(tx, context, at('2025-12-31')))).rejects.toThrow(/须在准入期内/);
  await asSystem((tx) => suspendAdmission(tx, context, at('2026-03-01')));
  await expect(asSystem((tx) => suspendAdmission(tx, context, at('2026-04-01')))).rejects.toThrow(/已在暂停中/);
  await expect(asSystem((tx) => resumeAdmission(tx, context, at('2026-03-01')))).rejects.toThrow(/恢复日须晚于/);
  await asSystem((tx) => resumeAdmission(tx, context, at('2026-05-01')));
  expect([
    await isAdmitted('2026-02-28'),
    await isAdmitted('2026-03-01'),
    await isAdmitted('2026-04-30'),
    await isAdmitted('2026-05-01'),
  ]).toEqual([true, false, false, true]);
  await asSystem((tx) => exitAdmission(tx, context, at('2026-10-01')));
  expect([await isAdmitted('2026-09-30'), await isAdmitted('2026-10-01')]).toEqual([true, false]);
  const { rows } = await asSystem((tx) => listAdmissions(tx, { on: today }, undefined, 5));
  expect(rows.map((each) => each.shown)).toEqual(['exited']);
});

it('复审低于分数线只能暂停，当日起不再准入；新的准入接替旧的', async () => {
  const id = await admit(day('2026-01-01'));
  const review = (score: number, isKept: boolean) =>
    asSystem((tx) =>
      reviewAdmission(tx, context, { admissionId: id, ratings: ratings(score), conclusion: '逾期率上升', isKept }),
    );
  await expect(review(59, true)).rejects.toThrow(/结论只能是暂停/);
  expect(await isAdmitted('2026-11-20')).toBe(true);
  await review(59, false);
  expect([await isAdmitted('2026-11-19'), await isAdmitted('2026-11-20')]).toEqual([true, false]);
  await admit(addDays(today, 10));
  expect([await isAdmitted('2026-11-29'), await isAdmitted('2026-11-30')]).toEqual([false, true]);
  expect((await asSystem((tx) => admissionById(tx, id)))?.to).toBe('2026-11-29');
});

it('协议：没有任何准入记录的银行放行（存量）；有记录而当日未准入的拒绝，连同低于20%的银行分担', async () => {
  const version = {
    ...{
      bankShare: '0.2',
      guarantorShare: '0.4',
      provinceShare: '0.2',
      fundShare: '0.2',
      otherShare: '0',
      feeRate: '0.01',
    },
    ...{ claimRatioCap: null, document: '协议', from: day('2026-06-01'), to: null },
  };
  const make = (bankId: number, contractNo: string, given = {}, productCode = 'tech') =>
    asSystem((tx) =>
      createAgreement(tx, context, {
        guarantorId: 1,
        bankId,
        productCode,
        contractNo,
        version: { ...version, ...given },
      }),
    );
  expect(await asSystem((tx) => admissionStanding(tx, 8, today))).toBe('no-record');
  await make(8, 'XY-8');
  await admit(day('2026-07-01'));
  await expect(make(9, 'XY-9')).rejects.toThrow(/2026-06-01 不在准入有效期/);
  await make(9, 'XY-9', { from: day('2026-07-01') });
  await expect(
    make(9, 'XY-10', { bankShare: '0.1999', guarantorShare: '0.4001', from: day('2026-07-01') }, 'batch'),
  ).rejects.toThrow(/银行风险责任比例下限20%/);
});
