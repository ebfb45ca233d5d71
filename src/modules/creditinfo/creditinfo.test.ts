import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCreditPlatform, startCreditPlatform } from '../../../credit-platform/start-credit-platform.ts';
import { day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { systemClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { addAttachment, receiveFile } from '../attachments/index.ts';
import { customerOf, layGround } from '../feedback/testing/book.ts';
import { type AskCommand, askPlatform, recordAuthorisation, revokeAuthorisation } from './index.ts';
import { stateOn, usableAuthorisation } from './rules.ts';
import { queryDetailOf } from './view.ts';

let test: TestDatabase;
let folder: string;
let platform: RunningCreditPlatform;
let customerId: bigint;
let attachmentId: bigint;
let keys = 0;
const context = { actor: { userId: 105 }, clock: systemClock };
const asMe = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(context.actor, work);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credit-'));
  process.env.DATA_DIR = folder;
  process.env.CREDIT_PLATFORM_TIMEOUT_MS = '700';
  platform = await startCreditPlatform({ dataDir: join(folder, 'credit-platform') });
  test = await createTestDatabase();
  await layGround(test);
  customerId = await customerOf(test, 1, 1);
  const kept = await receiveFile(test.db, context, {
    subject: `customer:1/${customerId}`,
    name: '授权书.pdf',
    source: Readable.from([Buffer.from('%PDF-1.7\n%%EOF\n')]),
  });
  attachmentId = (
    await asMe((tx) =>
      addAttachment(tx, context, { subject: `customer:1/${customerId}`, itemCode: 'credit-authorisation', kept }),
    )
  ).id;
});
afterAll(async () => {
  await platform.stop();
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refused)) throw error ?? new Error('was not refused');
  return error.refusals[0]!.code;
};
const command = (more: Partial<AskCommand> = {}): AskCommand => ({
  guarantorId: 1,
  customerId,
  purpose: 'admission',
  platform: 'credit-platform',
  queryKey: `test-key-${++keys}`,
  ...more,
});
const ask = (more: Partial<AskCommand> = {}) => askPlatform(test.db, context, command(more));
const detail = (id: bigint) => asMe((tx) => queryDetailOf(tx, 1, id, systemClock.today()));
const authorise = (from: string, to: string) =>
  asMe((tx) =>
    recordAuthorisation(tx, context, {
      guarantorId: 1,
      customerId,
      purpose: 'admission',
      platform: 'credit-platform',
      fromOn: day(from),
      untilOn: day(to),
      attachmentId,
    }),
  );
const control = (method: string, path: string, body?: object): Promise<{ count?: number }> =>
  new Promise((resolve, reject) => {
    const ca = readFileSync(platform.caFile!);
    const asked = request(
      `${platform.url}${path}`,
      { method, ca, headers: { authorization: `Bearer ${platform.token}` } },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += chunk)).on('end', () => resolve(JSON.parse(text)));
      },
    );
    asked.on('error', reject).end(body ? JSON.stringify(body) : undefined);
  });

describe('授权', () => {
  const of = { id: 1n, fromOn: day('2026-01-10'), untilOn: day('2026-02-10'), isRevoked: false };
  it.each([
    ['2026-01-09', 'not-yet'],
    ['2026-01-10', 'valid'],
    ['2026-02-10', 'valid'],
    ['2026-02-11', 'expired'],
  ])('on %s it is %s', (on, state) => expect(stateOn(of, day(on))).toBe(state));
  it('a revoked one is worth nothing on any day', () =>
    expect(
      usableAuthorisation([{ ...of, isRevoked: true }], day('2026-01-20'), { purpose: '保前审查', platform: '平台' }),
    ).toMatchObject({
      code: 'credit-authorisation-revoked',
    }));

  it('nothing is asked without one on file, and none is registered without the signed paper', async () => {
    expect(await refusalOf(ask())).toBe('credit-authorisation-missing');
    const wrong = asMe((tx) =>
      recordAuthorisation(tx, context, {
        guarantorId: 1,
        customerId,
        purpose: 'admission',
        platform: 'credit-platform',
        fromOn: day('2026-01-01'),
        untilOn: day('2099-01-01'),
        attachmentId: 999n,
      }),
    );
    expect(await refusalOf(wrong)).toBe('authorisation-evidence-missing');
    expect((await control('GET', '/v1/queries/count')).count).toBe(0);
  });
});

describe('查询', () => {
  let authorisation: bigint;
  beforeAll(async () => {
    authorisation = (await authorise('2026-01-01', '2099-01-01')).id;
  });

  it('answers once for one key, signed, hashed, sealed and masked', async () => {
    const first = await ask({ queryKey: 'one-question' });
    const again = await ask({ queryKey: 'one-question' });
    expect(again.id).toBe(first.id);
    const found = await detail(first.id);
    expect(found).toMatchObject({ status: 'answered', isSignatureValid: true, attempts: 1, isExpired: false });
    const name = found.sections[0]!.lines.find((line) => line.name === '名称');
    expect(name?.value).toBe('晋1****公司');
    const { rows } = await test.owner.query('select report_sealed, report_hash from creditinfo.query where id = $1', [
      first.id,
    ]);
    expect(rows[0].report_sealed).toMatch(/^v1:/);
    expect(await refusalOf(ask({ queryKey: 'one-question', purpose: 'claim' }))).toBe('query-key-reused');
  });

  it.each([
    ['slow', 1, 'answered', 2, null],
    ['drop', 2, 'answered', 3, null],
    ['fail', 3, 'failed', 3, '平台应答 503'],
    ['bad-signature', 1, 'failed', 1, '平台签名验证不通过，未采用'],
    ['bad-hash', 1, 'failed', 1, '报告内容与摘要不符，未采用'],
    ['no-record', 1, 'no-record', 1, null],
  ])('%s × %s', async (kind, count, status, attempts, failure) => {
    await control('POST', '/v1/faults', { kind, count, ms: 1500 });
    const { id } = await ask();
    expect(await detail(id)).toMatchObject({
      status,
      attempts,
      failure,
      ...(status === 'answered' ? {} : { sections: [] }),
    });
    await control('DELETE', '/v1/faults');
  });

  it('a question that failed may be tried again under its key', async () => {
    await control('POST', '/v1/faults', { kind: 'fail', count: 3 });
    const { id } = await ask({ queryKey: 'try-again-1' });
    expect((await detail(id)).status).toBe('failed');
    expect((await ask({ queryKey: 'try-again-1' })).id).toBe(id);
    expect(await detail(id)).toMatchObject({ status: 'answered', attempts: 4 });
  });

  it('is audited with its purpose, and hidden from everybody but its guarantor', async () => {
    const { rows } = await test.owner.query<{ detail: string }>(
      `select detail from audit.entry where action = 'creditinfo.ask' limit 1`,
    );
    expect(rows[0]!.detail).toContain('保前审查');
    const seen = await test.db.read({ userId: 101 }, (tx) =>
      tx
        .selectFrom('creditinfo.query' as never)
        .selectAll()
        .execute(),
    );
    expect(seen).toEqual([]);
  });

  it('is refused from the moment the customer takes the authorisation back', async () => {
    await asMe((tx) => revokeAuthorisation(tx, context, { guarantorId: 1, id: authorisation, reason: '客户来函撤回' }));
    expect(await refusalOf(ask())).toBe('credit-authorisation-revoked');
    expect(
      await refusalOf(
        asMe((tx) => revokeAuthorisation(tx, context, { guarantorId: 1, id: authorisation, reason: '再次' })),
      ),
    ).toBe('authorisation-not-open');
  });

  it('says so where no platform is set up', async () => {
    await authorise('2026-01-01', '2099-01-01');
    const nowhere = askPlatform(test.db, context, command(), () => {
      throw new Refused({ code: 'no-credit-platform', message: '' }, 503);
    });
    expect(await refusalOf(nowhere)).toBe('no-credit-platform');
    const { rows } = await test.owner.query(`select from creditinfo.query where query_key = $1`, [`test-key-${keys}`]);
    expect(rows).toEqual([]);
  });
});

it('the program itself reads what it stored', () =>
  test.db.read(systemActor, async (tx) => {
    const rows = await tx
      .selectFrom('creditinfo.query' as never)
      .selectAll()
      .execute();
    expect(rows.length).toBeGreaterThan(5);
  }));
