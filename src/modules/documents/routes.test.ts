import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { buildDocx, writeDocx } from '../../platform/docx/index.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { approvalRoutesWith } from '../approvals/index.ts';
import { roles } from '../identity/index.ts';
import { kinds } from './contract/kinds.ts';
import { documentsRoutesWith, type PaperSource, templateDecided } from './index.ts';
import { layGround, people } from './testing/ground.ts';
import { sampleValues } from './values.ts';

let test: TestDatabase;
let app: FastifyInstance;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await layGround(test);
  app = await createServer({
    authenticate: async (request) => {
      const userId = Number(request.headers['x-user'] ?? 0);
      const role = roles.find((each) => each.code === people[userId]);
      return role
        ? { userId, permissions: new Set(role.permissions), seesIdentity: role.seesIdentity, viaCookie: false }
        : null;
    },
    version: '0',
  });
  const deps = { db: test.db, clock: fixedClock(day('2026-11-24')) };
  documentsRoutesWith(new Map([['case', knownCase]]))(app, deps);
  approvalRoutesWith(new Map([['template', templateDecided]]))(app, deps);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
  await rm(folder, { recursive: true });
});

const call = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, user = 101) => {
  const answer = await app.inject({
    method,
    url,
    headers: user ? { 'x-user': String(user) } : {},
    ...(payload ? { payload } : {}),
  });
  const isJson = String(answer.headers['content-type']).includes('json');
  return {
    status: answer.statusCode,
    raw: answer.rawPayload,
    headers: answer.headers,
    body: isJson ? answer.json() : undefined,
  };
};
const get = (url: string, user = 101) => call('GET', url, undefined, user);
const contract = (more: object = {}) => ({
  template: 'entrust-contract',
  subject: 'case:1/7',
  ...sampleValues(kinds['entrust-contract']),
  customerName: '晋样装备制造有限公司',
  ...more,
});
async function upload(text: string, note: string, user = 101) {
  const bytes = await writeDocx(buildDocx(text.split('\n').map((line) => ({ kind: 'text' as const, text: line }))));
  const form = new FormData();
  form.append('note', note);
  form.append('file', new File([new Uint8Array(bytes)], '意向函.docx'));
  const encoded = new Response(form);
  const answer = await app.inject({
    method: 'POST',
    url: '/api/document-templates/intent-letter/versions',
    headers: { 'x-user': String(user), 'content-type': encoded.headers.get('content-type')! },
    payload: Buffer.from(await encoded.arrayBuffer()),
  });
  return { status: answer.statusCode, body: answer.json() };
}

/** A case of which little is known yet. */
const knownCase: PaperSource = async (_tx, _context, { id }) =>
  id === 404n
    ? undefined
    : {
        title: 'XM-7　晋样装备制造有限公司',
        fields: { 借款人: '晋样装备制造有限公司', 银行名称: '甲银行', 主债权金额: '3000000.00', 期限月数: ' ' },
        customerName: '晋样装备制造有限公司',
        ...{ bankId: 9, bankName: '甲银行' },
      };

describe('文书接口', () => {
  it('fills the form of a paper from its subject and names what is missing', async () => {
    const form = async (template: string, subject = 'case:1/7', user = 101) =>
      get(`/api/documents/prefill?template=${template}&subject=${subject}`, user);
    const { status, body } = await form('disburse-notice');
    expect(status).toBe(200);
    expect(body).toMatchObject({ title: 'XM-7　晋样装备制造有限公司', bankId: 9, templateVersion: 0 });
    const fieldOf = (name: string) => body.fields.find((field: { name: string }) => field.name === name);
    expect(fieldOf('借款人')).toEqual({ name: '借款人', type: 'text', value: '晋样装备制造有限公司', isNeeded: true });
    expect(body.missing).toContain('期限月数');
    expect(body.missing).not.toContain('借款人');
    const filled = body.fields.map((field: { name: string; type: string; value: string | null }) => [
      field.name,
      field.value ?? { money: '1.00', day: '2026-12-31', ratio: '0.8', text: '甲' }[field.type],
    ]);
    const made = await call('POST', '/api/documents', {
      ...{ template: 'disburse-notice', subject: body.subject, fields: Object.fromEntries(filled), bankId: 9 },
    });
    expect(made.status).toBe(201);
    expect((await form('entrust-contract')).body).toMatchObject({ bankId: null, groups: [{ name: '分期' }] });
    expect((await form('minutes', 'case:1/404')).status).toBe(404);
    expect((await form('minutes', 'admission:1/4')).body.refusals[0].code).toBe('subject-unknown');
    expect((await form('minutes', 'case:1/7', 103)).status).toBe(403);
  });

  let id: string;
  it('issues, lists, shows and hands out a paper; numbers of certificates only to whom may see them', async () => {
    expect((await call('POST', '/api/documents', contract(), 103)).status).toBe(403);
    const made = await call('POST', '/api/documents', contract({ bankId: 9 }));
    expect(made).toMatchObject({ status: 201, body: { guarantorId: 1, number: '太原委〔2026〕1号' } });
    id = made.body.id;
    const [row] = (await get('/api/documents?search=晋样&template=entrust-contract')).body.rows;
    expect(row).toMatchObject({ id, title: '委托担保合同', amount: '2400000.00', status: 'issued' });
    expect((await get('/api/documents', 102)).body.rows).toEqual([]);
    const own = (await get(`/api/documents/1/${id}`)).body;
    expect(own).toMatchObject({ mayRevoke: true, templateVersion: 0, fields: { 证件号码: '91140100MA0SAMPLE0' } });
    expect(own.blocks.some((each: { kind: string }) => each.kind === 'table')).toBe(true);
    expect((await get(`/api/documents/1/${id}`, 103)).body).toMatchObject({
      mayRevoke: false,
      fields: { 证件号码: '9114****PLE0' },
    });
    expect((await get(`/api/documents/1/${id}`, 104)).status).toBe(404);
    const pdf = await get(`/api/documents/1/${id}/pdf?inline=true`);
    expect([pdf.raw.subarray(0, 5).toString(), pdf.headers['content-disposition']]).toEqual(['%PDF-', 'inline']);
    expect((await get(`/api/documents/1/${id}/docx`)).raw.subarray(0, 2).toString()).toBe('PK');
    expect((await get('/api/documents?format=xlsx')).raw.subarray(0, 2).toString()).toBe('PK');
  });

  it('puts several papers into one PDF, page after page, and none the caller may not see', async () => {
    const second = (await call('POST', '/api/documents', contract())).body.id;
    const merged = await get(`/api/documents/print.pdf?ids=1/${id},1/${second}`);
    const pages = (of: Buffer) => of.toString('latin1').match(/\/Type \/Page\n/g)?.length;
    const single = await get(`/api/documents/1/${id}/pdf`);
    expect(pages(merged.raw)).toBe(2 * pages(single.raw)!);
    const text = merged.raw.toString('latin1');
    const start = Number(/startxref\n(\d+)/.exec(text)![1]);
    expect(text.slice(start, start + 4)).toBe('xref');
    expect(text.match(/\/Type \/Catalog/g)).toHaveLength(1);
    expect((await get(`/api/documents/print.pdf?ids=1/${id},1/${second}`, 103)).status).toBe(404);
    expect((await get('/api/documents/print.pdf?ids=x')).status).toBe(400);
  });

  it('revokes, and tells anyone who checks the letter, at most 30 times a minute', async () => {
    const { payload, number, checkCode } = (await get(`/api/documents/1/${id}`)).body;
    const check = (query: string) => get(`/api/public/letters?${query}`, 0);
    expect((await check(`d=${payload}`)).body).toMatchObject({ verdict: 'genuine', keyOwner: '太原担保' });
    expect((await call('POST', `/api/documents/1/${id}/revoke`, { reason: '' })).status).toBe(400);
    expect((await call('POST', `/api/documents/1/${id}/revoke`, { reason: '客户撤回' })).status).toBe(200);
    const byCode = await check(`number=${encodeURIComponent(number)}&code=${checkCode}`);
    expect(byCode.body).toMatchObject({ verdict: 'revoked', revokedOn: '2026-11-24' });
    expect(JSON.stringify(byCode.body)).not.toMatch(/客户撤回|晋样/);
    expect((await check('number=1')).status).toBe(400);
    const keys = (await get('/api/public/letter-keys', 0)).body.rows;
    expect(keys).toMatchObject([{ institution: '太原担保', publicKey: expect.stringMatching(/^04[0-9a-f]{128}$/) }]);
    const answers = await Promise.all(Array.from({ length: 31 }, () => check(`d=${payload}`)));
    expect(answers.some((each) => each.status === 429)).toBe(true);
  });
});

describe('模板接口', () => {
  it('uploads a version, shows its fields, compares, previews, puts it in force', async () => {
    const kindsNow = (await get('/api/document-templates')).body;
    expect(kindsNow).toMatchObject({ guarantorId: 1, prefix: '太原' });
    expect(kindsNow.rows[0]).toMatchObject({ code: 'intent-letter', inForce: null });
    expect((await upload('为{{借款人}}担保', '首版', 103)).status).toBe(403);
    const first = await upload('第一条 {{借款人}}\n第二条 {{主债权金额大写}}', '首版');
    expect(first).toMatchObject({ status: 201, body: { version: 1 } });
    const second = await upload('第一条 {{借款人}}\n第二条 {{主债权金额}}元', '改写金额');
    const bad = await upload('{{借款银行}}', '错');
    expect([bad.status, bad.body.refusals[0].message]).toEqual([422, expect.stringContaining('借款银行')]);
    const versions = (await get('/api/document-templates/intent-letter/versions')).body.rows;
    expect(versions).toMatchObject([
      { version: 2, status: 'draft', note: '改写金额', fields: ['借款人', '主债权金额'] },
      { version: 1, fields: ['借款人', '主债权金额大写'] },
    ]);
    const compared = await get(
      `/api/document-templates/intent-letter/compare?from=${first.body.id}&to=${second.body.id}`,
    );
    expect(compared.body.lines.map((line: { kind: string }) => line.kind)).toEqual(['same', 'removed', 'added']);
    const seen = (await get(`/api/document-templates/intent-letter/preview?version=${second.body.id}`)).body;
    expect(JSON.stringify(seen.blocks)).toContain('3,000,000.00元');
    expect((await get('/api/document-templates/minutes/preview.pdf')).raw.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await get('/api/document-templates/minutes/sample.docx')).raw.subarray(0, 2).toString()).toBe('PK');
    const submit = () =>
      call('POST', `/api/document-templates/versions/1/${second.body.id}/submit`, { fromOn: '2026-11-24' });
    const { instanceId } = (await submit()).body;
    const statusNow = async () => (await get('/api/document-templates/intent-letter/versions')).body.rows[0].status;
    expect(await statusNow()).toBe('approving');
    // Returned, it is a draft again and the same person hands it in once more; then the risk officer and the head agree.
    const tasksOf = async (user: number) =>
      (await get('/api/approvals?box=todo&chain=template', user)).body.rows as { taskSeq: number }[];
    const act = async (user: number, verb: object) => {
      const [task] = await tasksOf(user);
      const answer = await call('POST', `/api/approvals/${instanceId}/tasks/${task?.taskSeq}`, verb, user);
      expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
    };
    await act(105, { verb: 'return', opinion: '缺落款', to: 'start', afterwards: 'rerun' });
    expect(await statusNow()).toBe('draft');
    expect((await submit()).body).toEqual({ instanceId });
    expect(await tasksOf(101)).toEqual([]);
    await act(105, { verb: 'agree', opinion: '同意' });
    expect(await statusNow()).toBe('approving');
    await act(106, { verb: 'agree', opinion: '同意启用' });
    expect((await get('/api/document-templates')).body.rows[0].inForce).toMatchObject({
      version: 2,
      fromOn: '2026-11-24',
    });
    expect((await get(`/api/document-templates/versions/1/${second.body.id}/content`, 102)).status).toBe(404);
    expect((await call('PUT', '/api/document-templates/numbering', { prefix: '晋担' })).status).toBe(200);
    expect((await get('/api/document-templates')).body.prefix).toBe('晋担');
  });
});
