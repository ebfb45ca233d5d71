import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeUscc } from '../../../db/seed/identities.ts';
import { day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { checkTrialBalance } from '../../ledger/index.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { checkBookEqualsLedger, checkMovementChain, recordMovement } from '../guarantees/index.ts';
import { saveProfile } from './actions.ts';
import { importFile, resumeImports } from './index.ts';
import {
  context,
  guaranteeHeader,
  guaranteeProfile,
  movementHeader,
  movementProfile,
  scratch,
  seedReference,
} from './testing/fixture.ts';

// The Node that the product runs on, whatever runs the tests.
const node24 = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
let test: TestDatabase;
let folder: Awaited<ReturnType<typeof scratch>>;

beforeAll(async () => {
  test = await createTestDatabase();
  await seedReference(test);
  await test.db.transaction(context.actor, async (tx) => {
    await saveProfile(tx, context, 1, guaranteeProfile);
    await saveProfile(tx, context, 1, movementProfile);
  });
});
afterAll(() => test.close());
beforeEach(async () => {
  folder = await scratch();
  await test.owner.query(
    'truncate imports.batch, imports.file, imports.pass, imports.chunk, imports.verdict, ledger.transfer, guarantees.movement, guarantees.guarantee, customers.customer cascade',
  );
});
afterEach(() => folder.end());

const row = (n: number, change: Record<string, string> = {}) => {
  const cells: Record<string, string> = {
    no: `C${n}`,
    name: `第${n}号公司`,
    id: makeUscc('91', 140105, n),
    bank: '晋商银行',
    county: '小店区',
    wan: '100',
    from: '2025-01-10',
    to: '2026-01-09',
    tags: '支小',
    ...change,
  };
  return Object.values(cells).join(',');
};
const guarantees = (...rows: string[]) => folder.file('g.csv', `${[guaranteeHeader, ...rows].join('\n')}\n`);
const movements = (...rows: string[]) => folder.file('m.csv', `${[movementHeader, ...rows].join('\n')}\n`);
const bring = (file: string, profile = 'plain-guarantees', more: object = {}) =>
  importFile(test.db, context, { guarantorId: 1, path: file, profile, ...more });
const count = async (table: string) => Number((await test.owner.query(`select count(*) as n from ${table}`)).rows[0].n);
const codes = async () =>
  (await test.owner.query('select line::int, verdict, code from imports.verdict order by pass_no, line')).rows.map(
    ({ line, verdict, code }) => `${line} ${verdict} ${code}`,
  );
const findings = () =>
  test.db.read(context.actor, async (tx) => [
    ...(await checkTrialBalance(tx)),
    ...(await checkBookEqualsLedger(tx)),
    ...(await checkMovementChain(tx)),
  ]);

describe('批次', () => {
  it('试算不入账；好行先入，坏行退回改好后只送坏行', async () => {
    const file = await guarantees(
      row(1),
      row(2, { wan: '-5' }),
      row(3, { to: '2026-02-31' }),
      row(4, { bank: '晋商银行股份公司' }),
    );
    const dry = await bring(file, 'plain-guarantees', { dryRun: true });
    expect([dry.phase, dry.accepted, dry.refused, dry.needsCompleting]).toEqual(['checked', 1, 2, 1]);
    expect(await count('guarantees.guarantee')).toBe(0);

    const bad = path.join(folder.path, 'bad.csv');
    const done = await bring(file, 'plain-guarantees', { badRowsTo: bad });
    expect([done.phase, done.accepted, done.movements, done.badRows]).toEqual(['committed', 1, 1, 3]);
    const returned = (await readFile(bad, 'utf8')).split('\n');
    expect(returned[0]).toBe(`退回原因,${guaranteeHeader}`);
    expect(returned[1]).toContain('amount-negative');
    expect(returned[2]).toContain('date-impossible');
    expect(returned[3]).toContain('晋商银行股份有限公司');

    const fixed = returned
      .join('\n')
      .replace(',-5,', ',5,')
      .replaceAll('2026-02-31', '2026-02-28')
      .replace(',晋商银行股份公司,', ',晋商银行,');
    const again = await bring(await folder.file('fixed.csv', fixed));
    expect([again.accepted, again.refused, again.needsCompleting]).toEqual([3, 0, 0]);
    expect(await findings()).toEqual([]);
  });

  it('“全部入账”在有坏行时一行不入', async () => {
    const file = await guarantees(row(1), row(2, { wan: '-5' }));
    await expect(bring(file, 'plain-guarantees', { take: 'all' })).rejects.toThrow('试算有 1 行未通过');
    expect(await count('guarantees.guarantee')).toBe(0);
  });

  it('同一批次送两次，与内容相同而文件不同的一批，都不改变账', async () => {
    const first = await bring(await guarantees(row(1), row(2)));
    const second = await bring(await guarantees(row(1), row(2)));
    expect(second.id).toBe(first.id);
    const other = await bring(await folder.file('other.csv', `${guaranteeHeader}\r\n${row(2)}\r\n${row(1)}\r\n`));
    expect([other.accepted, other.already]).toEqual([0, 2]);
    expect([
      await count('guarantees.guarantee'),
      await count('guarantees.movement'),
      await count('ledger.transfer'),
    ]).toEqual([2, 2, 2]);
  });

  it('同一合同内容不同则拒绝并列出两边数值；文件内重复分别认定', async () => {
    await bring(await guarantees(row(1)));
    await bring(
      await folder.file(
        'b.csv',
        [guaranteeHeader, row(1, { wan: '90' }), row(2), row(2), row(2, { wan: '80' })].join('\n'),
      ),
    );
    const { rows } = await test.owner.query(`select reasons from imports.verdict where code = 'contract-differs'`);
    expect(rows[0].reasons[0].figures.主债权金额).toBe('在账 1000000.00，文件 900000.00');
    expect((await codes()).slice(-3)).toEqual([
      '2 refused contract-differs',
      '4 already already',
      '5 refused duplicate-contract-in-file',
    ]);
    expect(await count('guarantees.guarantee')).toBe(2);
  });

  it('变动：余额不为负、代偿不超余额、同流水号不重复、异内容拒绝、倒填日期不得使当日余额为负', async () => {
    await bring(await guarantees(row(1)));
    const done = await bring(
      await movements(
        'C1,还款,2025-03-01,200000,A1',
        'C1,还款,2025-03-01,200000,A1',
        'C1,还款,2025-03-01,300000,A1',
        'C1,代偿,2025-12-01,800000.01,A2',
        'C1,代偿,2025-12-01,800000,A3',
        'C1,追偿回收,2026-01-05,640000.01,A4',
        'C1,追偿回收,2026-01-05,640000,A5',
        'C9,还款,2025-03-01,1,A6',
        'C1,还款,2025-01-09,1,A7',
      ),
      'plain-movements',
    );
    expect(done.accepted).toBe(3);
    expect(await codes()).toEqual([
      '3 already already',
      '4 refused movement-differs',
      '5 refused claim-above-outstanding',
      '7 refused above-claim',
      '9 refused contract-unknown',
      '10 refused before-start',
    ]);
    // 代偿支付 = 80 万元 × 80% = 64 万元；回收以此为限。
    const { rows } = await test.owner.query('select status, outstanding::text, last_seq from guarantees.guarantee');
    expect(rows).toEqual([{ status: 'claimed', outstanding: '0', last_seq: 4 }]);
    expect(await findings()).toEqual([]);
  });

  it('试算与入账对同一变动文件给出同样的结论，不论块的大小', async () => {
    await bring(await guarantees(row(1), row(2)));
    const file = await movements(
      'C1,还款,2025-03-01,600000,A1',
      'C2,还款,2025-03-01,1,A2',
      'C1,还款,2025-03-02,600000,A3',
      'C1,还款,2025-03-02,400000,A4',
    );
    const dry = await bring(file, 'plain-movements', { dryRun: true, chunkRows: 1 });
    const done = await bring(file, 'plain-movements', { chunkRows: 1 });
    expect([done.accepted, done.refused]).toEqual([dry.accepted, dry.refused]);
    expect([done.accepted, done.refused]).toEqual([3, 1]);
    expect(await findings()).toEqual([]);
  });

  it('进程在中途被 kill -9，续跑后不缺一行、不重一笔', async () => {
    const file = await guarantees(...Array.from({ length: 3000 }, (_, n) => row(n)));
    const script = fileURLToPath(new URL('testing/run-import.ts', import.meta.url));
    const child = spawn(node24, [script, test.url, file, 'plain-guarantees', '100'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let heard = '';
    for await (const text of child.stdout) {
      heard += text;
      if (heard.split('\n').length > 5) break;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const before = await count('guarantees.guarantee');
    expect(before).toBeGreaterThanOrEqual(500);
    expect(before).toBeLessThan(3000);
    expect(before % 100).toBe(0);

    const done = await bring(file, 'plain-guarantees', { chunkRows: 100 });
    expect([done.phase, done.accepted, done.already, done.movements]).toEqual(['committed', 3000, 0, 3000]);
    expect([
      await count('guarantees.guarantee'),
      await count('guarantees.movement'),
      await count('ledger.transfer'),
    ]).toEqual([3000, 3000, 3000]);
    expect(await count('imports.pass')).toBe(1);
    expect(await findings()).toEqual([]);
    expect(await resumeImports(test.db, context)).toBe(0);
  }, 60_000);

  it('机构的人只能为本机构导入，行级安全之下照样写得进', async () => {
    await test.owner.query(`
      insert into identity.user_account (id, account, name, person_key, institution_id) values (77, 'stat', '张三', 'p77', 1) on conflict do nothing;
      insert into identity.role (code, title, is_government, row_scope) values ('r06-statistics', '统计综合', false, 'guarantor') on conflict do nothing;
      insert into identity.role_fit (role_code, institution_kind, level) values ('r06-statistics', 'guarantor', 2) on conflict do nothing;
      insert into identity.role_grant (user_id, role_code, person_key, granted_by)
        select 77, 'r06-statistics', 'p77', 0 where not exists (select from identity.role_grant where user_id = 77)`);
    const own = { actor: { userId: 77 }, clock: context.clock };
    const path = await guarantees(row(1), row(2));
    const done = await importFile(test.db, own, { path, profile: 'plain-guarantees' });
    expect([done.guarantorId, done.accepted]).toEqual([1, 2]);
    await expect(importFile(test.db, own, { guarantorId: 2, path, profile: 'sba' })).rejects.toThrow(
      '您只能为本机构导入',
    );
    expect(await count('guarantees.guarantee where guarantor_id = 2')).toBe(0);
    expect(await findings()).toEqual([]);
  });

  it('另一人在导入途中动了同一合同：整块重新判定，不覆盖', async () => {
    await bring(await guarantees(row(1)));
    const file = await movements('C1,还款,2025-03-01,600000,A1', 'C1,还款,2025-03-02,400000,A2');
    let isMoved = false;
    // Runs when the second row has been judged upon the first, and is not written yet.
    const onChunk = async () => {
      if (isMoved) return;
      isMoved = true;
      const { rows } = await test.owner.query('select id from guarantees.guarantee');
      const fee = { kind: 'fee', amount: yuan('8000'), occurredOn: day('2025-03-05') } as const;
      await test.db.transaction(context.actor, (tx) =>
        recordMovement(tx, context, { guarantorId: 1, guaranteeId: BigInt(rows[0].id), ...fee }),
      );
    };
    const done = await bring(file, 'plain-movements', { chunkRows: 1, onChunk });
    const { rows } = await test.owner.query('select seq, kind, amount::text from guarantees.movement order by seq');
    expect(rows.map(({ seq, kind, amount }) => `${seq} ${kind} ${amount}`)).toEqual([
      '1 1 100000000',
      '2 2 60000000',
      '3 7 800000',
      '4 2 40000000',
    ]);
    expect([done.accepted, done.refused]).toEqual([2, 0]);
    expect(await findings()).toEqual([]);
  });
});
