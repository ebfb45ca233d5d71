import { type Day, day } from '../../../kernel/day.ts';
import { type Fen, yuan } from '../../../kernel/money.ts';
import { usccCheck } from '../../../law/gb-32100.ts';
import { fixedClock } from '../../../platform/clock.ts';
import { newKeyPair, type Signer, sign } from '../../../platform/crypto/index.ts';
import { systemActor, type Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import type { TestDatabase } from '../../../platform/testing/index.ts';
import { createAgreement } from '../../agreements/index.ts';
import { registerCustomer } from '../../customers/index.ts';
import { issueGuarantee, recordMovement } from '../../guarantees/index.ts';
import { syncRoles } from '../../identity/index.ts';

const keys = newKeyPair();
/** Signs the certificates of tests. */
export const signer: Signer = {
  name: 'test',
  publicKey: keys.publicKey,
  sign: (content) => sign(content, keys.privateKey),
};

export const contextOn = (on: string, userId = 0): Context => ({ actor: { userId }, clock: fixedClock(day(on)) });

/** People of the test province by what they may see. */
export const people = { reconciler: 101, taiyuan: 102, xiaodian: 103, pingcheng: 104, guarantor1: 105 } as const;

/** A province of two cities and four counties (one without business), two guarantors, one bank; and who signs in. */
export async function layGround(test: TestDatabase): Promise<void> {
  await syncRoles(test.ownerUrl);
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values
      (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140200, '大同市', 2, 140000),
      (140105, '小店区', 3, 140100), (140106, '迎泽区', 3, 140100), (140213, '平城区', 3, 140200), (140214, '云冈区', 3, 140200);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140200),
      (5, 'R1', '山西再担保', '晋再', 'reguarantor', 1, 140000), (9, 'B1', '某银行', '某行', 'bank', 1, 140000),
      (11, 'F1', '太原市财政局', '太原财政', 'finance-bureau', 2, 140100), (12, 'F2', '小店区财政局', '小店财政', 'finance-bureau', 3, 140105),
      (13, 'F3', '平城区财政局', '平城财政', 'finance-bureau', 3, 140213);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source)
      select id, '2025-12-31', 1000000000000, 1000000000000, '审计报告' from institutions.institution where kind = 'guarantor';
    insert into agreements.product (code, name, class, source) values ('loan', '小微贷款担保', 'loan', '测试');
    insert into identity.user_account (id, account, name, person_key, institution_id) values
      (101, 'u101', '核对员', 'p1', 5), (102, 'u102', '太原财政', 'p2', 11), (103, 'u103', '小店财政', 'p3', 12),
      (104, 'u104', '平城财政', 'p4', 13), (105, 'u105', '太原担保统计', 'p5', 1);
    insert into identity.role_grant (user_id, role_code, person_key, granted_by) values
      (101, 'r08-reconciliation', 'p1', 0), (102, 'r10-finance-bureau', 'p2', 0), (103, 'r10-finance-bureau', 'p3', 0),
      (104, 'r10-finance-bureau', 'p4', 0), (105, 'r06-statistics', 'p5', 0)`);
  const context = contextOn('2026-09-30');
  for (const guarantorId of [1, 2]) {
    await test.db.transaction(systemActor, (tx) =>
      createAgreement(tx, context, {
        guarantorId,
        bankId: 9,
        productCode: 'loan',
        contractNo: `XY-${guarantorId}`,
        version: {
          ...{ bankShare: '0.2', guarantorShare: '0.4', provinceShare: '0.2', fundShare: '0.2', otherShare: '0' },
          ...{ feeRate: '0.008', claimRatioCap: '0.04', document: '协议', from: day('2025-01-01'), to: null },
        },
      }),
    );
  }
}

/** The same number is the same household, whichever guarantor registers it. */
export const customerOf = (
  test: TestDatabase,
  guarantorId: number,
  serial: number,
  county = 140105,
): Promise<bigint> => {
  const body = `91140100MA0${String(serial).padStart(6, '0')}`;
  return test.db
    .transaction(systemActor, (tx: Tx) =>
      registerCustomer(tx, contextOn('2026-09-30'), {
        guarantorId,
        kind: 'enterprise',
        name: `晋${serial}号装备制造有限公司`,
        identityKind: 'uscc',
        identityNo: body + usccCheck(body),
        county,
        industryCode: '3360',
        staff: 100,
        revenue: '9000000.00',
      }),
    )
    .then(({ id }) => id);
};

type Movement = readonly [kind: 'disburse' | 'repay' | 'claim-paid' | 'recovery' | 'fee', amount: string, on: string];

/** A guarantee with its movements, through the actions people use; returns its id. */
export async function loan(
  test: TestDatabase,
  of: {
    guarantorId: number;
    contractNo: string;
    customerId: bigint;
    county: number;
    tags: number;
    primaryTag: number;
    startsOn: string;
    principal: string;
  },
  movements: readonly Movement[],
): Promise<bigint> {
  const context = contextOn('2026-10-08');
  return test.db.transaction(systemActor, async (tx) => {
    const { id } = await issueGuarantee(tx, context, {
      ...of,
      bankId: 9,
      productCode: 'loan',
      principal: yuan(of.principal),
      startsOn: day(of.startsOn),
      endsOn: day('2027-06-30'),
      source: 'form',
    });
    for (const [kind, amount, on] of movements) await moveIn(tx, of.guarantorId, id, kind, yuan(amount), day(on));
    return id;
  });
}

const moveIn = (tx: Tx, guarantorId: number, guaranteeId: bigint, kind: Movement[0], amount: Fen, on: Day) =>
  recordMovement(tx, contextOn('2026-10-08'), { guarantorId, guaranteeId, kind, amount, occurredOn: on });

/** One more movement, learnt now. */
export const move = (test: TestDatabase, guarantorId: number, guaranteeId: bigint, [kind, amount, on]: Movement) =>
  test.db.transaction(systemActor, (tx) => moveIn(tx, guarantorId, guaranteeId, kind, yuan(amount), day(on)));

/** A reconciliation as of the day, clean, and sealed unless told otherwise, that knows what is known now. Written as the owner. */
export async function reconciled(
  test: TestDatabase,
  guarantorId: number | null,
  asOf: string,
  status = 'sealed',
): Promise<bigint> {
  const { rows } = await test.owner.query<{ id: bigint }>(
    `insert into reconciliation.run (key, guarantor_id, as_of_on, known_at, other_side, source_name, ours, theirs, fields, tolerances,
       records_hash, records_count, status, started_by)
     values (gen_random_uuid()::text, $1, $2, clock_timestamp(), 'monitor', '监测系统', '{}', '{}', '{outstanding}', '{}', '', 0, $3, 0)
     returning id`,
    [guarantorId, asOf, status],
  );
  return rows[0]!.id;
}
