import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createServer } from '../../platform/server.ts';
import { Sink, ZipWriter } from '../../platform/sheets/zip-writer.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { roles, syncRoles } from '../identity/index.ts';
import { attachmentRoutes, checkAttachmentFiles, completenessOf, missingItems } from './index.ts';

let test: TestDatabase;
let app: FastifyInstance;
let folder: string;
let origin: string;
const people: Readonly<Record<number, string>> = {
  101: 'r01-client-manager',
  102: 'r01-client-manager',
  103: 'r09-bank',
  104: 'r09-bank',
};
const clock = fixedClock(day('2026-11-24'));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attachments-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await syncRoles(test.ownerUrl);
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100),
      (5, 'R1', '山西再担保', '晋再', 'reguarantor', 1, 140000),
      (9, 'B1', '甲银行', '甲行', 'bank', 1, 140000), (10, 'B2', '乙银行', '乙行', 'bank', 1, 140000);
    insert into agreements.product (code, name, class, source) values ('loan', '小微贷款担保', 'loan', '测试');
    insert into agreements.agreement (guarantor_id, bank_id, product_code, contract_no) values (1, 9, 'loan', 'XY-1');
    insert into identity.user_account (id, account, name, person_key, institution_id) values
      (101, 'u101', '太原客户经理', 'p1', 1), (102, 'u102', '大同客户经理', 'p2', 2), (103, 'u103', '甲行信贷员', 'p3', 9),
      (104, 'u104', '乙行信贷员', 'p4', 10);
    insert into identity.role_grant (user_id, role_code, person_key, granted_by) values
      (101, 'r01-client-manager', 'p1', 0), (102, 'r01-client-manager', 'p2', 0), (103, 'r09-bank', 'p3', 0), (104, 'r09-bank', 'p4', 0)`);
  app = await createServer({
    authenticate: async (request) => {
      const userId = Number(request.headers['x-user'] ?? 0);
      const permissions = new Set(roles.find((role) => role.code === people[userId])?.permissions);
      return userId ? { userId, permissions, seesIdentity: false, viaCookie: false } : null;
    },
    version: '0',
    rateLimitPerMinute: 0,
  });
  attachmentRoutes(app, { db: test.db, clock });
  await app.listen({ port: 0, host: '127.0.0.1' });
  origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await test.close();
  await rm(folder, { recursive: true });
});

const pdf = (text = '') => Buffer.from(`%PDF-1.7\n${text}\n%%EOF\n`);
const jpeg = Buffer.from('ffd8ffe000104a46494600', 'hex');
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-', 'ANTIVIRUS-TEST-FILE!$H+H*'].join('');

async function zip(parts: Record<string, string>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const out = new Writable({
    write: (piece: Buffer, _, done) => {
      pieces.push(piece);
      done();
    },
  });
  const writer = new ZipWriter(new Sink(out));
  for (const [name, text] of Object.entries(parts)) await writer.entry(name, [text]);
  await writer.end();
  return Buffer.concat(pieces);
}

type Answer = { status: number; body: { id?: string; refusals?: { code: string; field?: string; message: string }[] } };
async function upload(name: string, bytes: Buffer, fields: Record<string, string> = {}, user = 101): Promise<Answer> {
  const form = new FormData();
  for (const [key, value] of Object.entries({ subject: 'case:1/7', item: 'licence', ...fields }))
    form.append(key, value);
  form.append('file', new File([new Uint8Array(bytes)], name));
  const answer = await fetch(`${origin}/api/attachments`, {
    method: 'POST',
    body: form,
    headers: { 'x-user': String(user), 'idempotency-key': randomUUID() },
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}
const get = (url: string, user = 101) => fetch(`${origin}${url}`, { headers: { 'x-user': String(user) } });
const list = async (user: number, subject = 'case:1/7') =>
  ((await (await get(`/api/attachments?subject=${subject}`, user)).json()) as { rows: Record<string, unknown>[] }).rows;
const leftovers = async () =>
  (await readdir(join(folder, 'attachments')).catch(() => [])).filter((name) => name.endsWith('.part'));

describe('附件', () => {
  it('keeps a file under its hash once, and gives the same bytes back as a download', async () => {
    const first = await upload('营业执照.pdf', pdf('a'), {
      lat: '37.8',
      lng: '112.5',
      takenAt: '2026-11-24T09:00:00+08:00',
      note: '正本',
    });
    expect(first.status).toBe(201);
    expect((await upload('又一次.pdf', pdf('a'))).body.id).toBe(first.body.id);
    const [row] = await list(101);
    expect(row).toMatchObject({
      name: '营业执照.pdf',
      type: 'pdf',
      lat: '37.800000',
      takenAt: '2026-11-24T01:00:00.000Z',
      mayRemove: true,
    });
    const answer = await get(`/api/attachments/1/${first.body.id}/content`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(pdf('a'));
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename*=UTF-8''${encodeURIComponent('营业执照.pdf')}`,
    );
    const named = await readdir(join(folder, 'attachments', String(row!.sm3).slice(0, 2)));
    expect(named).toEqual([row!.sm3]);
    const path = join(folder, 'attachments', String(row!.sm3).slice(0, 2), String(row!.sm3));
    await truncate(path, 5);
    expect((await get(`/api/attachments/1/${first.body.id}/content`)).status).toBe(409);
    const faults = async () =>
      (await test.db.read(systemActor, checkAttachmentFiles)).map(
        (each) => `${each.place} ${each.message.slice(0, 5)}`,
      );
    expect(await faults()).toEqual([`机构 1 附件 ${first.body.id}「营业执照.pdf」 文件被改动`]);
    await rm(path);
    expect(await faults()).toEqual([`机构 1 附件 ${first.body.id}「营业执照.pdf」 文件缺失（`]);
  });

  it('refuses what is not what its name says, naming both, and archives, programs, empty files, odd names', async () => {
    const cases: [string, Buffer, string, RegExp][] = [
      ['扫描件.pdf', jpeg, 'file-type-differs', /按扩展名是 PDF，内容却是 JPEG 图片/],
      ['表.xlsx', await zip({ 'word/document.xml': '<w/>' }), 'file-type-differs', /XLSX.*DOCX/],
      ['包.docx', await zip({ 'a.txt': 'a' }), 'file-type-refused', /压缩包（ZIP）/],
      ['宏.docx', await zip({ 'word/document.xml': '<w/>', 'word/vbaProject.bin': 'x' }), 'file-type-refused', /带宏/],
      ['程序.pdf', Buffer.from('MZ\0\0'), 'file-type-refused', /Windows 程序/],
      ['网页.pdf', Buffer.from('<html>'), 'file-type-refused', /文本或网页/],
      ['坏.docx', Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(40)]), 'file-damaged', /已损坏/],
      ['空.pdf', Buffer.alloc(0), 'file-empty', /空的/],
      ['a.exe', pdf(), 'file-name-refused', /只收 \.pdf/],
    ];
    for (const [name, bytes, code, message] of cases) {
      const { status, body } = await upload(name, bytes);
      expect([name, status, body.refusals?.[0]]).toEqual([
        name,
        422,
        { code, field: 'file', message: expect.stringMatching(message) },
      ]);
    }
    expect(await leftovers()).toEqual([]);
    expect((await upload('好.ofd', await zip({ 'OFD.xml': '<o/>' }))).status).toBe(201);
    expect((await upload('好.xlsx', await zip({ 'xl/workbook.xml': '<w/>' }))).status).toBe(201);
  });

  it('refuses the test virus in the clear and inside a document, and writes it into the audit log', async () => {
    const clear = await upload('a.pdf', pdf(`${'x'.repeat(70_000)}${eicar}`));
    expect(clear.body.refusals?.[0]?.code).toBe('file-virus');
    const inside = await zip({ 'word/document.xml': '<w/>', 'word/media/a.bin': `${'y'.repeat(200_000)}${eicar}` });
    expect(inside.includes('EICAR')).toBe(false);
    expect((await upload('b.docx', inside)).body.refusals?.[0]?.code).toBe('file-virus');
    const { rows } = await test.owner.query(
      `select subject, user_id from audit.entry where action = 'attachments.refuse-virus'`,
    );
    expect(rows).toEqual(Array(2).fill({ subject: 'attachments-of:case:1/7', user_id: 101 }));
    expect(await leftovers()).toEqual([]);
  });

  it('stops at 200 MB while the file is still arriving', async () => {
    const boundary = 'x-boundary';
    const piece = Buffer.alloc(1 << 20, 'a');
    let sent = 0;
    async function* body() {
      const field = (name: string, value: string) =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
      yield Buffer.from(field('subject', 'case:1/7'));
      yield Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n`,
      );
      // 201 MB: one more than is taken.
      for (; sent < 201; sent++) yield piece;
      yield Buffer.from(`\r\n--${boundary}--\r\n`);
    }
    const answer = await fetch(`${origin}/api/attachments`, {
      method: 'POST',
      headers: { 'x-user': '101', 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: body() as never,
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
    expect(((await answer.json()) as Answer['body']).refusals?.[0]).toMatchObject({
      code: 'file-too-large',
      message: expect.stringContaining('200 MB'),
    });
    expect(await leftovers()).toEqual([]);
  }, 90_000);

  it('shows a file to its guarantor and to the bank it is shared with, to nobody else', async () => {
    await upload('共享.pdf', pdf('shared'), { subject: 'case:1/8', bankId: '9' });
    await upload('内部.pdf', pdf('internal'), { subject: 'case:1/8' });
    const fromBank = await upload('行里.pdf', pdf('bank'), { subject: 'case:1/8', bankId: '10' }, 103);
    expect(fromBank.status).toBe(201);
    const names = async (user: number) => (await list(user, 'case:1/8')).map((row) => row.name);
    expect(await names(101)).toEqual(['共享.pdf', '内部.pdf', '行里.pdf']);
    expect(await names(103)).toEqual(['共享.pdf', '行里.pdf']);
    expect(await names(102)).toEqual([]);
    expect(await names(104)).toEqual([]);
    expect((await get(`/api/attachments/1/${fromBank.body.id}/content`, 102)).status).toBe(404);
    expect((await upload('a.pdf', pdf('b'), { subject: 'case:1/8' }, 102)).status).toBe(403);
    expect((await upload('a.pdf', pdf('b'), { subject: 'case:1/8' }, 104)).status).toBe(403);
    expect((await upload('准入.pdf', pdf('b'), { subject: 'admission:5/1' }, 104)).status).toBe(201);
  });

  it('knows what is missing of a checklist; what is taken out counts no more but stays', async () => {
    const checklist = [
      { code: 'licence', title: '营业执照', required: true },
      { code: 'report', title: '财务报表', required: true },
      { code: 'photo', title: '现场照片', required: false },
    ];
    const { body } = await upload('照.pdf', pdf('p'), { subject: 'case:1/9' });
    const read = <T>(ask: typeof completenessOf | typeof missingItems) =>
      test.db.read(systemActor, (tx) => ask(tx, 1, 'case:1/9', checklist) as Promise<T>);
    expect(await read(completenessOf)).toMatchObject({ percent: 50, missing: [{ code: 'report', title: '财务报表' }] });
    const remove = (user: number) =>
      fetch(`${origin}/api/attachments/1/${body.id}/remove`, {
        method: 'POST',
        headers: { 'x-user': String(user), 'content-type': 'application/json' },
        body: JSON.stringify({ reason: '传错了' }),
      });
    expect((await remove(102)).status).toBe(404);
    expect((await remove(101)).status).toBe(200);
    expect(await read(missingItems)).toHaveLength(2);
    expect((await get(`/api/attachments/1/${body.id}/content`)).status).toBe(404);
    const { rows } = await test.owner.query('select removed_why from attachments.attachment where id = $1', [body.id]);
    expect(rows).toEqual([{ removed_why: '传错了' }]);
  });

  it('says which field is wrong, and that fields come before the file', async () => {
    const bad = await upload('a.pdf', pdf(), { subject: 'case', lat: '95', lng: '112' });
    expect(bad.status).toBe(400);
    expect(bad.body.refusals?.map((each) => each.field)).toEqual(['subject', 'lat']);
  });
});
