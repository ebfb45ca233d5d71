import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { sm3 } from '../../platform/crypto/index.ts';
import { type Actor, systemActor } from '../../platform/db.ts';
import { blocksOf, buildDocx, type Line, plainParagraphs, readDocx, writeDocx } from '../../platform/docx/index.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { kinds } from './contract/kinds.ts';
import { read } from './files.ts';
import {
  checkPaperFiles,
  checkPaperNumbers,
  documentsOf,
  type IssueDocument,
  issueDocument,
  revokeDocument,
} from './index.ts';
import { readPayload } from './payload.ts';
import { diffParagraphs } from './rules.ts';
import { documentById } from './store.ts';
import { submitTemplate, templateDecided } from './template-approval.ts';
import { openSample, setNumbering, uploadTemplate, withdrawTemplate } from './templates.ts';
import { layGround } from './testing/ground.ts';
import { checkTemplate, sampleValues } from './values.ts';
import { checkLetter } from './verify.ts';

let test: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await layGround(test);
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});

const contextOn = (on: string, userId = 0): Context => ({ actor: { userId }, clock: fixedClock(day(on)) });
const context = contextOn('2026-11-24');
const intent = (more: Partial<IssueDocument> = {}): IssueDocument => ({
  guarantorId: 1,
  template: 'intent-letter',
  subject: 'case:1/7',
  fields: sampleValues(kinds['intent-letter']).fields,
  ...more,
});
const issue = (command: IssueDocument, of = context, actor: Actor = systemActor) =>
  test.db.transaction(actor, (tx) => issueDocument(tx, of, command));
const rowOf = (guarantorId: number, id: bigint, actor: Actor = systemActor) =>
  test.db.read(actor, (tx) => documentById(tx, guarantorId, id));
const textsOf = async (docxSm3: string) => plainParagraphs(blocksOf(await readDocx(await read(docxSm3))));
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: { refusals?: { code: string; message: string }[] }) =>
      error.refusals?.map((each) => `${each.code} ${each.message}`).join('\n') ?? String(error),
  );
const docx = (...lines: string[]) => writeDocx(buildDocx(lines.map((text): Line => ({ kind: 'text', text }))));

describe('文书', () => {
  it('has a sample of every kind that fills with its own sample values', async () => {
    for (const [code, kind] of Object.entries(kinds)) {
      const { scan } = openSample(code);
      expect([code, checkTemplate(kind, scan)]).toEqual([code, []]);
      const made = await issue({ ...intent(), template: code, subject: 'case:1/1', ...sampleValues(kind) });
      const row = (await rowOf(1, made.documentId))!;
      const texts = await textsOf(row.docxSm3);
      expect(texts.join()).not.toMatch(/\{\{|\}\}/);
      expect(texts[1]).toContain('样例文本');
      expect((await read(row.pdfSm3)).subarray(0, 5).toString()).toBe('%PDF-');
    }
  });

  it('prints amounts, days, ratios and amounts in words by rule, with number, issuer and the Chinese day', async () => {
    const fields = { ...intent().fields, 主债权金额: '1000020.50', 担保费率: '0.008', 有效期至: '2026-12-31' };
    const { documentId, number } = await issue(intent({ fields, subject: 'case:1/2' }));
    expect(number).toBe('太原意〔2026〕2号');
    const row = (await rowOf(1, documentId))!;
    expect(row).toMatchObject({ status: 'issued', amount: 100002050n, issuedOn: '2026-11-24', templateVersion: 0 });
    const text = (await textsOf(row.docxSm3)).join('\n');
    for (const part of [
      '太原意〔2026〕2号',
      '1,000,020.50元',
      '人民币壹佰万零贰拾元伍角整',
      '年0.80%',
      '2026年12月31日',
      '太原担保（盖章）',
      '二〇二六年十一月二十四日',
    ])
      expect(text).toContain(part);
    expect(row.pdfSm3).toBe(sm3(await read(row.pdfSm3)));
  });

  it('refuses missing, unknown and malformed fields by name, and then uses no number', async () => {
    const { 借款人: _, ...without } = intent().fields;
    expect(await refusal(issue(intent({ fields: without })))).toContain('field-missing 意向函缺少：借款人');
    expect(await refusal(issue(intent({ fields: { ...without, 借款人: ' ' } })))).toContain('缺少：借款人');
    expect(await refusal(issue(intent({ fields: { ...intent().fields, 借款入: 'x' } })))).toContain(
      '没有「借款入」这个字段',
    );
    expect(await refusal(issue(intent({ fields: { ...intent().fields, 主债权金额: '3百万' } })))).toContain('不是金额');
    const contract = { ...intent(), template: 'entrust-contract', ...sampleValues(kinds['entrust-contract']) };
    expect(await refusal(issue({ ...contract, rows: { 分期: [{ 期次: '1', 应缴金额: '1.00' }] } }))).toContain(
      '分期第1行的应缴日',
    );
    expect(await refusal(issue({ ...intent(), template: 'nothing' }))).toContain('没有「nothing」');
    expect((await issue(intent({ subject: 'case:1/3' }))).number).toBe('太原意〔2026〕3号');
  });

  it('numbers twenty at once without gap or double, each institution and year for itself', async () => {
    const notice = {
      ...intent(),
      guarantorId: 2,
      template: 'disburse-notice',
      subject: 'case:2/1',
      fields: sampleValues(kinds['disburse-notice']).fields,
    };
    const failing = (index: number) => (index % 5 === 0 ? { ...notice, fields: {} } : notice);
    const made = await Promise.allSettled(Array.from({ length: 25 }, (_, index) => issue(failing(index))));
    const numbers = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value.number] : []));
    const wanted = Array.from({ length: 20 }, (_, index) => `大同放〔2026〕${index + 1}号`);
    expect(new Set(numbers)).toEqual(new Set(wanted));
    expect(numbers).toHaveLength(20);
    expect((await issue(notice, contextOn('2027-01-04'))).number).toBe('大同放〔2027〕1号');
    const gaps = () => test.db.read(systemActor, checkPaperNumbers);
    expect(await gaps()).toEqual([]);
    // A number that was used and is not there: what a hand in the database would leave.
    await test.owner.query(`update documents.counter set last = 21 where guarantor_id = 2 and year = 2026`);
    expect(await gaps()).toMatchObject([
      { place: '机构 2 disburse-notice 2026 年', message: expect.stringContaining('21') },
    ]);
    await test.owner.query(`update documents.counter set last = 20 where guarantor_id = 2 and year = 2026`);
  }, 90_000);

  it('shows a paper to its institution and the bank it is addressed to, and lets only the institution revoke', async () => {
    const { documentId } = await issue(intent({ bankId: 9, subject: 'case:1/8' }));
    const sees = async (userId: number) => (await rowOf(1, documentId, { userId })) !== undefined;
    expect(await Promise.all([101, 102, 103, 104].map(sees))).toEqual([true, false, true, false]);
    const revoke = (userId: number) =>
      refusal(
        test.db.transaction({ userId }, (tx) =>
          revokeDocument(tx, contextOn('2026-11-24', userId), { guarantorId: 1, documentId, reason: '金额有误' }),
        ),
      );
    expect(await revoke(103)).toContain('document-not-standing');
    expect(await revoke(101)).toBe('done');
    expect(await revoke(101)).toContain('已经作废');
    const [row] = await test.db.read(systemActor, (tx) => documentsOf(tx, 1, 'case:1/8'));
    expect(row).toMatchObject({ status: 'revoked', revokedWhy: '金额有误', revokedBy: '太原客户经理' });
  });

  it('never hands out a file that was altered on disk', async () => {
    const { documentId } = await issue(intent({ subject: 'case:1/9' }));
    const { pdfSm3 } = (await rowOf(1, documentId))!;
    const path = join(folder, 'documents', pdfSm3.slice(0, 2), pdfSm3);
    await writeFile(path, (await readFile(path)).fill(0, 100, 101));
    expect(await refusal(read(pdfSm3))).toContain('file-damaged');
    const faults = () => test.db.read(systemActor, checkPaperFiles);
    const pdf = { place: expect.stringMatching(/^机构 1 文书 太原意〔2026〕\d+号 的 PDF$/) };
    expect(await faults()).toMatchObject([{ ...pdf, message: expect.stringContaining('文件被改动') }]);
    await rm(path);
    expect(await faults()).toMatchObject([{ ...pdf, message: expect.stringContaining('文件缺失') }]);
  });
});

describe('查验', () => {
  const check = (given: { payload?: string; number?: string; code?: string }) =>
    test.db.read({ userId: -1 }, (tx) => checkLetter(tx, given));

  it('knows a letter by its QR code and by number with code, and tells when it is revoked', async () => {
    const { documentId, number } = await issue(intent({ subject: 'case:1/20' }));
    const row = (await rowOf(1, documentId))!;
    const byQr = await check({ payload: `http://any.example/verify-letter?d=${row.payload}` });
    expect(byQr).toMatchObject({
      verdict: 'genuine',
      number,
      issuer: '太原担保',
      title: '意向函',
      amount: '3000000.00',
      keyOwner: '太原担保',
    });
    expect(await check({ number, code: row.checkCode.toLowerCase().replaceAll('-', ' ') })).toMatchObject({
      verdict: 'genuine',
      number,
    });
    expect((await check({ number, code: 'AAAA-AAAA-AAAA' })).verdict).toBe('unknown');
    await test.db.transaction(systemActor, (tx) =>
      revokeDocument(tx, context, { guarantorId: 1, documentId, reason: '重开' }),
    );
    expect(await check({ payload: row.payload })).toMatchObject({ verdict: 'revoked', revokedOn: '2026-11-24' });
  });

  it('finds out any change to what the QR code says', async () => {
    const { documentId } = await issue(intent({ subject: 'case:1/21' }));
    const { payload } = (await rowOf(1, documentId))!;
    const { facts, statement } = readPayload(payload)!;
    const signature = payload.split('.')[2]!;
    const forge = (values: unknown[]) =>
      `RD1.${Buffer.from(JSON.stringify(values)).toString('base64url')}.${signature}`;
    const honest = JSON.parse(Buffer.from(statement.slice(4), 'base64url').toString()) as string[];
    expect(honest[3]).toBe(facts.amount);
    expect((await check({ payload: forge(honest) })).verdict).toBe('genuine');
    expect((await check({ payload: forge(honest.with(3, '9000000.00')) })).verdict).toBe('forged');
    expect((await check({ payload: forge(honest.with(2, '解保函')) })).verdict).toBe('forged');
    expect((await check({ payload: forge(honest.with(7, 'ffffffffffffffff')) })).verdict).toBe('forged');
    const flipped = `${signature.slice(0, 30)}${signature[30] === 'A' ? 'B' : 'A'}${signature.slice(31)}`;
    expect((await check({ payload: payload.replace(signature, flipped) })).verdict).toBe('forged');
    expect((await check({ payload: 'RD1.abc' })).verdict).toBe('unreadable');
  });

  it('verifies by signature alone a letter the records do not hold, and no letter of an unknown key', async () => {
    const { documentId } = await issue(intent({ subject: 'case:1/22' }));
    const { payload, keyId } = (await rowOf(1, documentId))!;
    await test.owner.query('delete from documents.document where id = $1', [documentId]);
    expect(await check({ payload })).toMatchObject({ verdict: 'signed-only', keyOwner: '太原担保' });
    await test.owner.query(`delete from documents.document where key_id = $1`, [keyId]);
    await test.owner.query('delete from documents.signing_key where key_id = $1', [keyId]);
    expect((await check({ payload })).verdict).toBe('unknown');
  });
});

describe('模板', () => {
  const upload = (bytes: Buffer, more: { code?: string; userId?: number } = {}) =>
    test.db.transaction({ userId: more.userId ?? 0 }, (tx) =>
      uploadTemplate(tx, contextOn('2026-11-24', more.userId ?? 0), {
        guarantorId: 1,
        code: more.code ?? 'intent-letter',
        fileName: '意向函.docx',
        note: '首版',
        bytes,
      }),
    );

  it('takes an own template from its day on, and goes back to the one before when it is withdrawn', async () => {
    const { id, version } = await upload(await docx('{{文号}}', '致{{银行名称}}：为{{借款人}}担保{{主债权金额大写}}'), {
      userId: 101,
    });
    expect(version).toBe(1);
    const hands = contextOn('2026-11-24', 101);
    const submit = (fromOn: string) =>
      refusal(
        test.db.transaction(hands.actor, (tx) =>
          submitTemplate(tx, hands, { guarantorId: 1, id, fromOn: day(fromOn) }),
        ),
      );
    const versionAt = async (on: string) =>
      (await rowOf(1, (await issue(intent({ subject: 'case:1/30' }), contextOn(on))).documentId))!.templateVersion;
    expect(await submit('2026-11-23')).toContain('from-day-past');
    expect(await submit('2026-11-24')).toBe('done');
    expect(await submit('2026-11-24')).toContain('template-not-draft');
    expect(await versionAt('2026-11-25')).toBe(0);
    // Approved a day after the day asked for: in force from the decision, as papers of the day before stay as they are.
    const on = contextOn('2026-11-25', 106);
    const event = { guarantorId: 1, subject: `template:1/${id}`, instanceId: 1n, decidedOn: day('2026-11-25') };
    await test.db.transaction(on.actor, (tx) => templateDecided(tx, on, { ...event, outcome: 'approved' }));
    expect(await versionAt('2026-11-24')).toBe(0);
    expect(await versionAt('2026-11-25')).toBe(1);
    await test.db.transaction(systemActor, (tx) =>
      withdrawTemplate(tx, context, { guarantorId: 1, id, reason: '改版' }),
    );
    expect(await versionAt('2026-11-25')).toBe(0);
  });

  it('refuses a template with fields no such paper knows, by name, and one without fields', async () => {
    expect(await refusal(upload(await docx('{{借款人名}}{{银行名称}}')))).toMatch(
      /没有这些字段：借款人名；可用：.*借款人/,
    );
    expect(await refusal(upload(await docx('{{#委员}}{{姓名}}{{/委员}}')))).toContain('没有重复段「委员」');
    expect(await refusal(upload(await docx('没有字段')))).toContain('template-empty');
    expect(await refusal(upload(await docx('{{借款人')))).toContain('没配对');
    const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-', 'ANTIVIRUS-TEST-FILE!$H+H*'].join('');
    expect(await refusal(upload(await docx('{{借款人}}', eicar)))).toContain('file-virus');
    expect(await refusal(upload(await docx('{{借款人}}'), { userId: 102 }))).toMatch(/row-level security/);
  });

  it('gives an institution its own 字号, and no two the same', async () => {
    const set = (guarantorId: number, prefix: string) =>
      refusal(test.db.transaction(systemActor, (tx) => setNumbering(tx, context, { guarantorId, prefix })));
    expect(await set(1, '晋担')).toBe('done');
    expect((await issue(intent({ subject: 'case:1/40' }))).number).toMatch(/^晋担意〔2026〕\d+号$/);
    expect(await set(2, '晋担')).toContain('prefix-taken');
  });

  it('compares two texts paragraph by paragraph', () => {
    expect(diffParagraphs(['一', '二', '三'], ['一', '新', '三', '四'])).toEqual([
      { kind: 'same', text: '一' },
      { kind: 'removed', text: '二' },
      { kind: 'added', text: '新' },
      { kind: 'same', text: '三' },
      { kind: 'added', text: '四' },
    ]);
    expect(diffParagraphs([], [])).toEqual([]);
  });
});
