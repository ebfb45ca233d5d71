import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { systemActor } from '../../platform/db.ts';
import { handIn } from '../bankreports/index.ts';
import { searchCondition } from '../customers/index.ts';
import { recordMovement } from '../guarantees/index.ts';
import { carryOutChange } from './carry-out.ts';
import { newBusiness } from './chain.ts';
import { askChange, foreseeChange, recordConsent, submitChange } from './changes.ts';
import { contentOn } from './content.ts';
import { addCounter, addCounterFact } from './counters.ts';
import { dossierOf } from './dossier.ts';
import { afterReports } from './index.ts';
import { listCounters } from './lists.ts';
import { layGround } from './testing/ground.ts';

const today = day('2026-09-30');
let ground: Awaited<ReturnType<typeof layGround>>;
beforeAll(async () => {
  ground = await layGround(today);
});
afterAll(() => ground.close());

const codes = (code: string, more: object = {}) => ({ refusals: [{ code, ...more }] });
const changeOf = async (id: bigint) =>
  (
    await ground.test.owner.query(
      'select before, after, status, effective_on as on, effect from aftercare.change where id = $1',
      [id],
    )
  ).rows[0];

describe('书面同意', () => {
  it('缺谁的同意、缺哪份原件，都不能提交；银行只能替自己同意', async () => {
    const { as, guarantee, manager, bank, consent, filePaper } = ground;
    const { key } = await guarantee('1000');
    const ask = { ...key, kind: 'extension' as const, reason: '回款延后', dueOn: day('2027-06-30') };
    const { id } = await as(manager, (tx) => askChange(tx, manager, ask));
    await expect(as(manager, (tx) => askChange(tx, manager, ask))).rejects.toMatchObject(codes('change-open'));
    const submit = () => as(manager, (tx) => submitChange(tx, manager, { guarantorId: 1, id }));
    await expect(submit()).rejects.toMatchObject({
      refusals: [
        { code: 'consent-missing', field: 'bank', article: { article: '第五百四十三条' } },
        { code: 'consent-missing', field: 'customer' },
      ],
    });
    const agree = (context: typeof bank, party: 'bank' | 'customer') =>
      as(context, (tx) =>
        recordConsent(tx, context, { guarantorId: 1, id, party, consentedOn: today, document: '同意函' }),
      );
    await agree(bank, 'bank');
    await expect(agree(bank, 'customer')).rejects.toMatchObject({ code: '42501' });
    await consent(manager, id, 'customer');
    await expect(submit()).rejects.toMatchObject(codes('consent-file-missing', { field: 'bank' }));
    await filePaper(bank, id, 'bank');
    await submit();
  });
});

describe('J5 展期与续贷成链', () => {
  it('批准后执行展期，链上仍是一笔', async () => {
    const { as, guarantee, manager, approved, stateOf } = ground;
    const { id, key } = await guarantee('1000');
    const changeId = await approved({ ...key, kind: 'extension', reason: '回款延后', dueOn: day('2027-06-30') });
    await as(manager, (tx) => carryOutChange(tx, manager, { guarantorId: 1, id: changeId, on: today }));
    expect(await stateOf(id)).toMatchObject({ status: 'in-force', due: '2027-06-30' });
    const { chain } = await as(manager, (tx) => dossierOf(tx, 1, id));
    expect(chain.map((row) => [row.position, row.extensions])).toEqual([[1, 1]]);
  });

  it('银行报了同意过的展期：变更随之办结', async () => {
    const { test, guarantee, bank, approved, stateOf } = ground;
    const { id, key, contractNo } = await guarantee('1000');
    const changeId = await approved({ ...key, kind: 'extension', reason: '延期', dueOn: day('2027-03-31') });
    const parsed = {
      ...{ status: 'extended' as const, disbursed: yuan('0'), repaid: yuan('0'), overdueDays: 0 },
      ...{ overdueAmount: yuan('0'), balance: yuan('1000'), dueOn: day('2027-03-31') },
    };
    const rows = [{ line: 1, contractNo, guarantorCode: null, problems: [], text: 'a', parsed }];
    await handIn(test.db, bank, { bankId: 9, businessDay: today, source: 'api', rows }, afterReports);
    expect(await stateOf(id)).toMatchObject({ due: '2027-03-31' });
    expect(await changeOf(changeId)).toMatchObject({ status: 'done', on: today });
  });

  it('续贷：原保函同日解除、新保函入链，限额不重复计，分担前后可见', async () => {
    // 1 亿元 × 10% = 1000 万元 to one customer; 900 万元 stand. A renewal of 1000 万元 adds 100 万元, which fits; counted twice it would not.
    const { as, guarantee, manager, approved, stateOf, sound } = ground;
    const { id, key } = await guarantee('9000000', 3n);
    const renewal = { contractNo: 'XD-1', principal: yuan('10000000'), startsOn: today, endsOn: day('2027-09-30') };
    const ask = { ...key, kind: 'renewal' as const, reason: '续贷' };
    const tooMuch = { ...renewal, principal: yuan('10000000.01') };
    await expect(as(manager, (tx) => askChange(tx, manager, { ...ask, renewal: tooMuch }))).rejects.toMatchObject(
      codes('single-customer-cap', { figures: { 本次增加: '1000000.01' } }),
    );
    const { effect } = await as(manager, (tx) => foreseeChange(tx, manager, { ...ask, renewal }));
    // 9000000 × 80% = 7200000 borne, of which guarantor 40/80, province 20/80, fund 20/80; after: 8000000.
    expect(effect.slice(0, 5).map((line) => [line.title, line.before, line.after])).toEqual([
      ['担保责任余额（实际承担口径）', '7200000.00', '8000000.00'],
      ['银行分担', '1800000.00', '2000000.00'],
      ['担保机构分担', '3600000.00', '4000000.00'],
      ['省级再担保分担', '1800000.00', '2000000.00'],
      ['国家融担基金分担', '1800000.00', '2000000.00'],
    ]);
    const single = effect.find((line) => line.title.startsWith('同一被担保人集中度'));
    expect(single).toMatchObject({ before: '9000000.00', after: '10000000.00' });
    const changeId = await approved({ ...ask, renewal });
    const carried = await as(manager, (tx) => carryOutChange(tx, manager, { guarantorId: 1, id: changeId, on: today }));
    expect(await stateOf(id)).toMatchObject({ status: 'released', outstanding: yuan('0') });
    expect(await stateOf(carried.successorId!)).toMatchObject({ status: 'in-force', outstanding: yuan('10000000') });
    await sound();
  });

  it('续贷按新协议分担：原 80% 比 20%，新协议 70% 比 30%', async () => {
    const { test, as, guarantee, manager } = ground;
    const { key } = await guarantee('1000', 13n);
    await test.owner.query(`
      insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
        values (1, 1, 2, '2026-12-01', 0.3, 0.3, 0.2, 0.2, 0.01, '测试')`);
    const renewal = {
      ...{ contractNo: 'XD-9', principal: yuan('1000'), startsOn: day('2026-12-01'), endsOn: day('2027-12-01') },
    };
    const { effect } = await as(manager, (tx) =>
      foreseeChange(tx, manager, { ...key, kind: 'renewal', reason: '续贷', renewal }),
    );
    expect(effect[1]).toEqual({
      ...{ title: '银行分担', before: '200.00', after: '300.00' },
      note: '分担比例 20.00% → 30.00%',
    });
    await test.owner.query('delete from agreements.version where version = 2');
  });

  it('反担保随续贷转入：带最近的评估与登记，过期的提醒，没选的随原保函解除', async () => {
    const { as, guarantee, manager, approved } = ground;
    const { key } = await guarantee('1000', 6n);
    const add = (title: string, contractNo: string) =>
      as(manager, async (tx) => {
        const counter = { ...key, kind: '20008' as const, title, ownerName: '某公司6', contractNo };
        return (await addCounter(tx, manager, { ...counter, signedOn: day('2026-01-01') })).id;
      });
    const [house, land] = [await add('办公用房', 'FD-6'), await add('厂区土地', 'FD-7')];
    const fact = { guarantorId: 1, reference: '评报1号' };
    const value = (amount: string, onDay: string) =>
      as(manager, (tx) =>
        addCounterFact(tx, manager, {
          ...{ ...fact, id: house, kind: 'valuation', amount: yuan(amount), onDay: day(onDay) },
        }),
      );
    await value('500', '2025-01-01');
    await value('600', '2025-03-01');
    const registration = { ...fact, id: house, kind: 'registration' as const, onDay: day('2026-01-05') };
    await as(manager, (tx) => addCounterFact(tx, manager, { ...registration, expiresOn: day('2026-09-01') }));
    const renewal = {
      ...{ contractNo: 'XD-6', principal: yuan('1000'), startsOn: today, endsOn: day('2027-09-30') },
      counters: [house],
    };
    const ask = { ...key, kind: 'refinance' as const, reason: '借新还旧', renewal };
    const { needs, warnings } = await as(manager, (tx) => foreseeChange(tx, manager, ask));
    expect(needs.at(-1)).toMatchObject({ party: 'guarantor', article: { number: '法释〔2020〕28号' } });
    expect(warnings).toEqual([
      '办公用房：评估（有效 12 个月）已于 2026-03-01 到期，续贷前请更新',
      '办公用房：登记已于 2026-09-01 到期，续贷前请更新',
      '厂区土地：不随续贷，原保函解除时一并解除',
    ]);
    const id = await approved(ask, ['bank', 'customer', 'guarantor']);
    const { successorId } = await as(manager, (tx) => carryOutChange(tx, manager, { guarantorId: 1, id, on: today }));
    const of = async (guaranteeId: bigint) =>
      (await as(manager, (tx) => listCounters(tx, { guaranteeId: String(guaranteeId) }, undefined, 10, today))).rows;
    expect(await of(successorId!)).toMatchObject([
      {
        ...{ title: '办公用房', counterNo: 'FD-6', signedOn: today, value: yuan('600'), releasedOn: null },
        ...{ valuedOn: '2025-03-01', registrationEndsOn: '2026-09-01' },
      },
    ]);
    expect((await of(key.guaranteeId)).map((row) => [row.id, row.releasedOn, row.releaseCause])).toEqual([
      [land, today, '原保函借新还旧解除，未转入新保函'],
      [house, today, '随借新还旧转为担保 XD-6'],
    ]);
  });

  it('续贷、借新还旧、无还本续贷在户数与首次担保户中只计一次', async () => {
    const { as, guarantee, manager, approved, system } = ground;
    const count = (from: string, to: string) =>
      as(system, (tx) => newBusiness(tx, { from: day(from), to: day(to), guarantorId: 1 }));
    const before = await count('2026-01-01', '2026-12-31');
    const later = await count('2026-07-01', '2026-12-31');
    // Customer 10: a first guarantee, then three renewals of three kinds, all in one year: 4 contracts, 1 chain, 1 household, 1 first-time.
    let { key } = await guarantee('1000', 10n);
    for (const [at, kind] of (['renewal', 'refinance', 'no-repay-renewal'] as const).entries()) {
      const renewal = {
        ...{ contractNo: `LIAN-${at}`, principal: yuan('900'), startsOn: today, endsOn: day('2027-09-30') },
      };
      const id = await approved({ ...key, kind, reason: '接续', renewal });
      const made = await as(manager, (tx) => carryOutChange(tx, manager, { guarantorId: 1, id, on: today }));
      key = { guarantorId: 1, guaranteeId: made.successorId! };
    }
    // Customer 11: two guarantees of its own side by side: 2 contracts, 2 chains, 1 household, 1 first-time. An extension adds nothing.
    const { key: extended } = await guarantee('1000', 11n);
    await guarantee('1000', 11n);
    const extension = await approved({ ...extended, kind: 'extension', reason: '延期', dueOn: day('2027-06-30') });
    await as(manager, (tx) => carryOutChange(tx, manager, { guarantorId: 1, id: extension, on: today }));
    // 4 + 2 = 6 contracts; 1 + 2 = 3 chains; 1 + 1 = 2 households; 1 + 1 = 2 first-time; 3 renewals.
    expect(await count('2026-01-01', '2026-12-31')).toEqual({
      contracts: before.contracts + 6,
      chains: before.chains + 3,
      households: before.households + 2,
      firstTime: before.firstTime + 2,
      renewals: before.renewals + 3,
    });
    // Asked for the second half alone, the three renewals of September make no household and nobody's first time.
    expect(await count('2026-07-01', '2026-12-31')).toEqual({
      ...later,
      contracts: later.contracts + 3,
      renewals: later.renewals + 3,
    });
    const { chain } = await as(manager, (tx) => dossierOf(tx, 1, key.guaranteeId));
    expect(chain.map((row) => [row.position, row.kindTitle, row.outstanding])).toEqual([
      [1, '首笔', '0.00'],
      [2, '续贷', '0.00'],
      [3, '借新还旧', '0.00'],
      [4, '无还本续贷', '900.00'],
    ]);
  });
});

describe('J6 内容变更批准即生效', () => {
  const find = async (text: string) => {
    const rows = await ground.test.db.read(systemActor, (tx) =>
      tx
        .selectFrom('customers.customer as c')
        .select(['id', 'name'])
        .where(searchCondition(text, 'c') as never)
        .execute(),
    );
    return rows.map((row) => row.name);
  };

  it('更名：客户改名，曾用名留到前一日、按曾用名和拼音仍可查到，两个时间都在', async () => {
    const { test, as, guarantee, manager, approved } = ground;
    const { id, key } = await guarantee('1000', 7n);
    await guarantee('500', 7n);
    await test.owner.query(`update customers.customer set name = '晋旧纺织有限公司', pinyin = 'jjfzyxgs' where id = 7`);
    const ask = { ...key, kind: 'name' as const, reason: '工商变更', after: '晋新材料有限公司' };
    const { effect } = await as(manager, (tx) => foreseeChange(tx, manager, ask));
    expect(effect).toContainEqual(expect.objectContaining({ title: '一并更名的在保保函（笔）', before: '2' }));
    const changeId = await approved({ ...ask, effectiveOn: day('2026-09-15') });
    expect(await changeOf(changeId)).toMatchObject({
      ...{ before: '晋旧纺织有限公司', after: '晋新材料有限公司', status: 'done', on: '2026-09-15' },
    });
    const { rows } = await test.owner.query(
      'select name, until_on as until from customers.former_name where customer_id = 7',
    );
    expect(rows).toEqual([{ name: '晋旧纺织有限公司', until: '2026-09-14' }]);
    for (const text of ['新材料', '旧纺织', 'jxcl', 'jjfz'])
      expect([text, await find(text)]).toEqual([text, ['晋新材料有限公司']]);
    expect(await find('旧纺织有限责任')).toEqual([]);
    const seen = await as(manager, (tx) => dossierOf(tx, 1, id));
    expect(seen.contents).toMatchObject([
      { kind: 'name', before: '晋旧纺织有限公司', value: '晋新材料有限公司', trueFrom: '2026-09-15' },
    ]);
    expect(seen.contents[0]?.learntAt.slice(0, 10)).toBe('2026-09-30');
    const again = { ...ask, after: '晋再材料有限公司', effectiveOn: day('2026-09-14') };
    await expect(as(manager, (tx) => askChange(tx, manager, again))).rejects.toMatchObject(codes('later-change'));
  });

  it('何时为真、何时得知：九月三十日得知九月一日起换了法定代表人，此前所知不变', async () => {
    const { as, guarantee, manager, approved } = ground;
    const { key } = await guarantee('1000', 8n);
    const ask = { ...key, kind: 'representative' as const, reason: '股东会决议' };
    await approved({ ...ask, after: '李四', effectiveOn: day('2026-09-01') });
    const at = (on: string, knownAt?: Date) =>
      as(manager, async (tx) => (await contentOn(tx, key, day(on), knownAt)).map((fact) => fact.value));
    expect(await at('2026-08-31')).toEqual([]);
    expect(await at('2026-09-01')).toEqual(['李四']);
    expect(await at('2026-09-01', new Date('2026-09-20T00:00:00Z'))).toEqual([]);
    await approved({ ...ask, after: '王五', effectiveOn: day('2026-09-10') });
    expect(await at('2026-09-09')).toEqual(['李四']);
    expect(await at('2026-09-30')).toEqual(['王五']);
    const { before } = await as(manager, (tx) => foreseeChange(tx, manager, { ...ask, after: '赵六' }));
    expect(before).toBe('王五');
  });

  it('期限缩短改到期日；延长须走展期', async () => {
    const { guarantee, approved, stateOf, as, manager } = ground;
    const { id, key } = await guarantee('1000', 9n);
    const ask = { ...key, kind: 'term' as const, reason: '提前回款' };
    await approved({ ...ask, dueOn: day('2026-11-30') });
    expect(await stateOf(id)).toMatchObject({ status: 'in-force', due: '2026-11-30' });
    const longer = { ...ask, dueOn: day('2026-12-31') };
    await expect(as(manager, (tx) => askChange(tx, manager, longer))).rejects.toMatchObject(codes('term-is-extension'));
  });

  it('网点变更改网点；他行的网点不行', async () => {
    const { test, guarantee, approved, as, manager } = ground;
    const { id, key } = await guarantee('1000', 12n);
    const ask = { ...key, kind: 'branch' as const, reason: '网点撤并' };
    await expect(as(manager, (tx) => askChange(tx, manager, { ...ask, branchId: 81 }))).rejects.toMatchObject(
      codes('after-missing'),
    );
    const changeId = await approved({ ...ask, branchId: 92 });
    expect(await changeOf(changeId)).toMatchObject({ before: '（未登记网点）', after: '某行迎泽支行' });
    const { rows } = await test.owner.query('select branch_id as branch from guarantees.guarantee where id = $1', [id]);
    expect(rows).toEqual([{ branch: 92 }]);
  });

  it('反担保变更：批准即解除旧的、登记新的', async () => {
    const { guarantee, approved, as, manager } = ground;
    const { key } = await guarantee('1000', 14n);
    const { id: old } = await as(manager, (tx) =>
      addCounter(tx, manager, {
        ...{ ...key, kind: '20001', title: '货车一辆', ownerName: '某公司14', contractNo: 'FD-14' },
        signedOn: day('2026-01-01'),
      }),
    );
    const add = { kind: '20008' as const, title: '商铺', ownerName: '某公司14', contractNo: 'FD-15' };
    const ask = { ...key, kind: 'counter' as const, reason: '车辆报废', counters: { release: [old], add } };
    const { before, after, needs } = await as(manager, (tx) => foreseeChange(tx, manager, ask));
    expect([before, after, needs.map((need) => need.party)]).toEqual(['货车一辆', '商铺', ['customer', 'guarantor']]);
    await approved(ask, ['customer', 'guarantor']);
    const { rows } = await as(manager, (tx) =>
      listCounters(tx, { guaranteeId: String(key.guaranteeId) }, undefined, 10, today),
    );
    expect(rows.map((row) => [row.title, row.releasedOn])).toEqual([
      ['商铺', null],
      ['货车一辆', today],
    ]);
  });

  it('担保金额下调批准即办：部分解除，分担与限额前后对照在案', async () => {
    const { guarantee, approved, stateOf, sound } = ground;
    const { id, key } = await guarantee('1000', 15n);
    const changeId = await approved({ ...key, kind: 'reduction', reason: '客户申请', amount: yuan('600') });
    expect(await stateOf(id)).toMatchObject({ outstanding: yuan('600') });
    const { before, after, effect } = await changeOf(changeId);
    expect([before, after]).toEqual(['1000.00 元', '600.00 元']);
    // 1000 × 80% = 800 borne, after 600 × 80% = 480; the single-customer limit weighs small loans by 75%: 750, after 450.
    expect(effect[0]).toMatchObject({ before: '800.00', after: '480.00' });
    expect(effect.find((line: { title: string }) => line.title.startsWith('同一被担保人'))).toMatchObject({
      ...{ before: '750.00', after: '450.00' },
    });
    await sound();
  });

  it('审批期间保函已还清：变更不能生效，决定一并退回', async () => {
    const { guarantee, submitted, decide, as, system, test } = ground;
    const { id: guaranteeId, key } = await guarantee('1000', 16n);
    const ask = { ...key, kind: 'term' as const, reason: '提前', dueOn: day('2026-11-30') };
    const { id, instanceId } = await submitted(ask, ['bank', 'customer']);
    await as(system, (tx) =>
      recordMovement(tx, system, { ...key, kind: 'repay', amount: yuan('1000'), occurredOn: today }),
    );
    await expect(decide(id, instanceId)).rejects.toMatchObject(codes('not-in-force'));
    expect(await changeOf(id)).toMatchObject({ status: 'approving' });
    await decide(id, instanceId, 'rejected');
    expect(await changeOf(id)).toMatchObject({ status: 'rejected' });
    const { rows } = await test.owner.query(
      'select count(*)::integer as n from aftercare.content where guarantee_id = $1',
      [guaranteeId],
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
});
