import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quarter } from '../../kernel/month.ts';
import { systemActor } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { confirmCertificate } from './confirm.ts';
import { finaliseCertificate } from './finalise.ts';
import { sealQuarter } from './seal.ts';
import { contextOn, customerOf, layGround, loan, people, reconciled, signer } from './testing/book.ts';

let test: TestDatabase;
let county: bigint;
const inWindow = '2026-10-09';

beforeAll(async () => {
  test = await createTestDatabase();
  await layGround(test);
  const customerId = await customerOf(test, 1, 1);
  await loan(
    test,
    {
      guarantorId: 1,
      customerId,
      county: 140105,
      startsOn: '2026-07-10',
      contractNo: 'A',
      tags: 1,
      primaryTag: 1,
      principal: '100',
    },
    [['disburse', '100', '2026-07-10']],
  );
  await test.owner.query(`
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code)
    values (990, 'REG-990', '小店区金融中心', '小店金融', 'regulator', 3, 140105)`);
  await reconciled(test, null, '2026-09-30');
  await test.db.transaction(systemActor, (tx) =>
    sealQuarter(tx, contextOn('2026-10-08'), { quarter: quarter('2026-Q3'), signer }),
  );
  const { rows } = await test.owner.query(`select id from feedback.certificate where region_code = 140105`);
  county = rows[0].id;
});
afterAll(() => test.close());

const confirm = (userId: number, rest: { institutionId?: number; document?: string } = {}) =>
  test.db.transaction({ userId }, (tx) =>
    confirmCertificate(tx, contextOn(inWindow, userId), { certificateId: county, ...rest }),
  );
const finalise = () => test.db.transaction(systemActor, (tx) => finaliseCertificate(tx, contextOn(inWindow), county));

describe('条15 确认无异议', () => {
  it('the window stays open until the finance bureau and the regulator have both confirmed', async () => {
    await expect(finalise()).rejects.toMatchObject({ refusals: [{ code: 'window-open' }] });
    expect(await confirm(people.xiaodian)).toEqual({ stillMissing: ['小店金融'] });
    expect(await confirm(people.xiaodian)).toEqual({ stillMissing: ['小店金融'] });
    await expect(finalise()).rejects.toMatchObject({ refusals: [{ code: 'window-open' }] });
    await expect(confirm(people.reconciler, { institutionId: 990 })).rejects.toMatchObject({
      refusals: [{ code: 'document-required' }],
    });
    expect(await confirm(people.reconciler, { institutionId: 990, document: '小金函〔2026〕7号' })).toEqual({
      stillMissing: [],
    });
    await finalise();
    const { rows } = await test.owner.query(`select status from feedback.certificate where id = $1`, [county]);
    expect(rows).toEqual([{ status: 'final' }]);
  });

  it('nobody confirms for a region that is not its own', async () => {
    await expect(confirm(people.pingcheng)).rejects.toMatchObject({ status: 404 });
    await expect(confirm(people.taiyuan)).rejects.toBeDefined();
  });
});
