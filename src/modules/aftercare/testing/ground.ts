import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { type Day, day } from '../../../kernel/day.ts';
import { yuan } from '../../../kernel/money.ts';
import { checkTrialBalance } from '../../../ledger/index.ts';
import { fixedClock } from '../../../platform/clock.ts';
import { sm3 } from '../../../platform/crypto/index.ts';
import { systemActor, type Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/testing/index.ts';
import { addAttachment } from '../../attachments/index.ts';
import { checkBookEqualsLedger, issueGuarantee, recordMovement } from '../../guarantees/index.ts';
import { createPerson, grantRole, syncRoles } from '../../identity/index.ts';
import { changeDecided } from '../carry-out.ts';
import { type AskChange, askChange, recordConsent, submitChange } from '../changes.ts';
import type { Party } from '../contract/titles.ts';

/** One guarantor (1) of five customers with a bank (9) of two branches, another guarantor (2), and the people who work there. */
export async function layGround(today: Day) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-aftercare-'));
  process.env.DATA_DIR = folder;
  const test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保有限公司', '太原担保', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100),
      (8, 'B8', '他行', '他行', 'bank', 1, 140000), (9, 'B9', '某银行', '某行', 'bank', 1, 140000);
    insert into banks.branch (id, bank_id, code, name) values (91, 9, 'B91', '某行小店支行'), (92, 9, 'B92', '某行迎泽支行'), (81, 8, 'B81', '他行支行');
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values (1, '2025-12-31', 1000000000000, 10000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values ('loan', '贷款担保', 'loan', '测试');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      select 1, n, 'enterprise', '某公司' || n, 'uscc', 'X' || n, lpad(n::text, 64, '0'), 140105, '微型', '{}' from generate_series(1, 20) n;
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) values (1, 1, 9, 'loan', 'A1');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      values (1, 1, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, '测试')`);
  await syncRoles(test.ownerUrl);
  const clock = fixedClock(today);
  const system: Context = { actor: systemActor, clock };
  const as = <T>(context: Context, work: (tx: Tx) => Promise<T>) => test.db.transaction(context.actor, work);
  const person = async (account: string, institutionId: number, role: string): Promise<Context> => {
    const userId = await as(system, async (tx) => {
      const facts = { account, name: account, personKey: account, institutionId, password: 'aftercare in words 1' };
      const { id } = await createPerson(tx, system, facts);
      await grantRole(tx, system, { userId: id, role });
      return id;
    });
    return { actor: { userId }, clock };
  };
  const manager = await person('kehu', 1, 'r01-client-manager');
  const bank = await person('yinhang', 9, 'r09-bank');
  await person('fengkong', 1, 'r02-risk');
  await person('pingshen', 1, 'r03-committee');
  await person('caiwu', 1, 'r05-finance-officer');
  const close = async () => {
    await test.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { test, as, person, close, system, manager, bank, ...actsOn({ test, as, system, manager, today }) };
}

type Ground = {
  readonly test: TestDatabase;
  readonly as: <T>(context: Context, work: (tx: Tx) => Promise<T>) => Promise<T>;
  readonly system: Context;
  readonly manager: Context;
  readonly today: Day;
};

/** What tests do again and again. */
function actsOn({ test, as, system, manager, today }: Ground) {
  let serial = 0;
  /** A guarantee disbursed on its first day, with a fee where one is given. */
  async function guarantee(principal: string, customerId = 1n, fee = '0', startsOn = day('2026-01-01')) {
    const contractNo = `HT-${++serial}`;
    const { id } = await as(system, async (tx) => {
      const made = await issueGuarantee(tx, system, {
        ...{ guarantorId: 1, contractNo, customerId, bankId: 9, productCode: 'loan', county: 140105 },
        ...{ principal: yuan(principal), startsOn, endsOn: day('2027-01-01'), tags: 1, primaryTag: 1, source: 'form' },
      });
      const move = (kind: 'disburse' | 'fee', amount: string) =>
        recordMovement(tx, system, {
          ...{ guarantorId: 1, guaranteeId: made.id, kind, amount: yuan(amount), occurredOn: startsOn },
        });
      await move('disburse', principal);
      if (fee !== '0') await move('fee', fee);
      return made;
    });
    return { id, contractNo, key: { guarantorId: 1, guaranteeId: id } };
  }
  const stateOf = async (id: bigint) =>
    (await test.owner.query('select status, outstanding, due_on as due from guarantees.guarantee where id = $1', [id]))
      .rows[0];
  /** The book balances and equals the ledger. */
  const sound = async () =>
    expect(
      await as(system, async (tx) => [...(await checkTrialBalance(tx)), ...(await checkBookEqualsLedger(tx))]),
    ).toEqual([]);
  /** The paper of a party's consent is on file. */
  const filePaper = (context: Context, changeId: bigint, party: Party) =>
    as(context, (tx) => {
      const hash = sm3(`同意函 ${changeId} ${party}`);
      const kept = { path: '', sm3: hash, bytes: 1, type: 'pdf' as const, name: '同意函.pdf' };
      return addAttachment(tx, context, { subject: `change:1/${changeId}`, itemCode: `consent-${party}`, kept });
    });
  const consent = async (context: Context, changeId: bigint, party: Party) => {
    await as(context, (tx) =>
      recordConsent(tx, context, { guarantorId: 1, id: changeId, party, consentedOn: today, document: '同意函' }),
    );
    await filePaper(context, changeId, party);
  };
  const decide = (id: bigint, instanceId: bigint, outcome: 'approved' | 'rejected' = 'approved') =>
    as(system, (tx) =>
      changeDecided(tx, system, { guarantorId: 1, subject: `change:1/${id}`, instanceId, outcome, decidedOn: today }),
    );
  /** Asked, consented to by everybody with the papers on file, handed in. */
  async function submitted(command: AskChange, parties: readonly Party[]) {
    const { id } = await as(manager, (tx) => askChange(tx, manager, command));
    for (const party of parties) await consent(manager, id, party);
    const { instanceId } = await as(manager, (tx) => submitChange(tx, manager, { guarantorId: 1, id }));
    return { id, instanceId };
  }
  async function approved(command: AskChange, parties: readonly Party[] = ['bank', 'customer']) {
    const { id, instanceId } = await submitted(command, parties);
    await decide(id, instanceId);
    return id;
  }
  return { guarantee, stateOf, sound, filePaper, consent, decide, submitted, approved };
}
