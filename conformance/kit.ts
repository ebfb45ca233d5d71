import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** One check of the kit: what was asked for, whether it holds, and what was seen where it does not. */
export type Check = { readonly code: string; readonly title: string; passed: boolean; detail: string };

/** What a generated client answers. */
// biome-ignore lint/suspicious/noExplicitAny: answers of a client generated at run time have no types here; every one is looked at by a check.
export type Loose = any;

/** A call of the client that was generated from the published OpenAPI document, by operation id. */
export type Calls = (name: string) => (input?: Record<string, unknown>) => Promise<Loose>;

export type KitOptions = {
  /** Where rongdan runs, without a slash at the end. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Sets the bearer token of the generated client. */
  readonly setToken: (token: string | undefined) => void;
  readonly calls: Calls;
  /** Institution code of the guarantor and its county; found from the bank's agreements where left out. */
  readonly guarantorCode?: string | undefined;
  readonly county?: string | undefined;
  readonly productCode?: string | undefined;
  /** Makes numbers of one run its own; only tests give it. */
  readonly run?: string | undefined;
};

export type Certificate = {
  readonly kit: string;
  readonly server: string;
  readonly client: string;
  readonly bank: string;
  readonly guarantor: string;
  readonly product: string;
  readonly run: string;
  readonly businessDay: string;
  readonly startedAt: string;
  readonly passed: number;
  readonly total: number;
  readonly conforms: boolean;
  readonly checks: readonly Check[];
  /** The batches the run left on the server: what the certificate can be checked against. */
  readonly batches: readonly Evidence[];
  /** SHA-256 of everything above as canonical JSON. */
  readonly hash: string;
};

/** A batch as the server keeps it. */
export type Evidence = {
  readonly batchNo: string;
  readonly id: string;
  readonly contentHash: string;
  readonly accepted: number;
};

const version = 'rongdan-conformance 1.1';
type Batch = {
  id: string;
  batchNo: string;
  contentHash: string;
  phase: string;
  counts: Record<string, number>;
  meters: { before: { volume: string }; after: { volume: string } | null }[];
  principal: string;
};
type Expected = { readonly line: number; readonly verdict: string; readonly code?: string | readonly string[] };

/** Runs every check against the server and answers the certificate. A check that fails does not keep the others from being run. */
export async function runKit(options: KitOptions): Promise<Certificate> {
  const startedAt = new Date().toISOString();
  const kit = new Kit(options);
  await kit.runAll();
  const passed = kit.checks.filter((each) => each.passed).length;
  const body = {
    kit: version,
    server: options.url,
    client: options.clientId,
    bank: kit.bank,
    guarantor: kit.guarantorCode,
    product: kit.productCode,
    run: kit.run,
    businessDay: kit.today,
    startedAt,
    passed,
    total: kit.checks.length,
    conforms: passed === kit.checks.length && passed > 0,
    checks: kit.checks,
    batches: [...kit.batches.values()],
  };
  return { ...body, hash: hashOf(body) };
}

const hashOf = (body: unknown): string => createHash('sha256').update(canonical(body)).digest('hex');

/**
 * What is wrong with a certificate; none where it holds. It must hash to what it says, and the server must hold every batch it names, with the
 * same content and outcome. Whoever may see the bank's batches can ask.
 */
export async function verifyCertificate(certificate: Certificate, calls: Calls): Promise<string[]> {
  const { hash, ...body } = certificate;
  if (hashOf(body) !== hash) return ['内容与摘要不符：证明被改动过'];
  if (!certificate.conforms || certificate.batches.length === 0) return ['这份证明没有通过自检'];
  const wrong: string[] = [];
  for (const { batchNo, id, contentHash, accepted } of certificate.batches) {
    const batch = await calls('getBatchesById')({ id }).catch(() => undefined);
    if (!batch) wrong.push(`服务器上没有批次 ${batchNo}`);
    else if (batch.batchNo !== batchNo || batch.contentHash !== contentHash || batch.counts.accepted !== accepted)
      wrong.push(`批次 ${batchNo} 与服务器的记录不符`);
  }
  return wrong;
}

/** JSON with the keys of every object in order, so that equal content has equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{${parts
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

class Kit {
  readonly checks: Check[] = [];
  readonly batches = new Map<string, Evidence>();
  readonly run: string;
  readonly #o: KitOptions;
  #token: string | undefined;
  bank = '';
  today = '';
  guarantorCode: string;
  productCode: string;
  #county: string;

  constructor(options: KitOptions) {
    this.#o = options;
    this.run = options.run ?? `ZJ${Date.now().toString(36).toUpperCase()}`;
    this.guarantorCode = options.guarantorCode ?? '';
    this.productCode = options.productCode ?? 'batch';
    this.#county = options.county ?? '';
  }

  async runAll(): Promise<void> {
    await this.#check('sign-in', '用接入凭据换取令牌；错的密钥不给令牌', () => this.#signIn());
    await this.#check('parties', '找到本行与担保机构就该产品生效的合作协议', () => this.#findParties());
    if (this.checks.some((each) => !each.passed)) return;
    let good: Batch | undefined;
    await this.#check('template', '标准模板可下载，列名与说明一致', () => this.#template());
    await this.#check('good-file', '全部合格的文件：逐行接受，仪表随之变动', async () => {
      good = await this.#send('good', 'good.csv');
      await this.#compare(good, 'good');
      const moved = good.meters.reduce(
        (sum, each) => sum + yuan(each.after?.volume ?? '0') - yuan(each.before.volume),
        0n,
      );
      if (moved !== yuan(good.principal)) throw new Error(`累计承保变动 ${moved} 分，接受金额 ${good.principal} 元`);
    });
    await this.#check('same-again', '同号同内容再报：同一批次，答复不变', async () => {
      const again = await this.#send('good', 'good.csv');
      if (again.id !== good?.id || canonical(again.counts) !== canonical(good.counts))
        throw new Error(`得到批次 ${again.id}`);
    });
    await this.#check('number-used', '同号异内容：409，原批次不受影响', () => this.#numberUsed());
    await this.#check('yesterday', '同一文件换批次号再报：逐行已受理，不重复承保', async () => {
      const again = await this.#send('again', 'good.csv');
      if (again.counts.already !== again.counts.rows)
        throw new Error(`已受理 ${again.counts.already} / ${again.counts.rows}`);
    });
    let bad: Batch | undefined;
    await this.#check('bad-file', '不合格的文件：逐行结论与规则代码一致', async () => {
      bad = await this.#send('bad', 'bad.csv');
      await this.#compare(bad, 'bad');
    });
    await this.#check('bad-rows', '退回行：原格式，首列为退回原因，只含退回的行', () => this.#badRows(bad));
    await this.#check('resend', '改好换批次号，只补报退回的行', async () => {
      await this.#compare(await this.#send('fixed', 'fixed.csv', { resendOf: this.#no('bad') }), 'fixed');
    });
    await this.#check('trial', '整批试算：结论照出、不承保；接受后才承保', () => this.#trial());
    await this.#check('gbk', 'GBK 编码的文件照读', async () =>
      this.#compare(await this.#send('gbk', 'gbk.csv'), 'gbk'),
    );
    await this.#check('no-columns', '缺必填列的文件：整份退回，批次号不占用', () => this.#noColumns());
    await this.#check('rows', '逐笔报送（JSON，经生成的客户端）：接受；再报不重', () => this.#rows());
    await this.#check('forbidden', '没有权限的接口：403；没有令牌：401', () => this.#forbidden());
  }

  async #check(code: string, title: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.checks.push({ code, title, passed: true, detail: '' });
    } catch (error) {
      this.checks.push({ code, title, passed: false, detail: tell(error) });
    }
  }

  async #signIn(): Promise<void> {
    const { url, clientId, clientSecret } = this.#o;
    const wrong = await askToken(url, clientId, 'wrong-secret');
    if (wrong.status !== 401 && wrong.status !== 400) throw new Error(`错的密钥得到 ${wrong.status}`);
    this.#token = await tokenOf(url, clientId, clientSecret);
    this.#o.setToken(this.#token);
  }

  async #findParties(): Promise<void> {
    const { calls } = this.#o;
    const me = await calls('getMe')();
    this.today = me.today;
    this.bank = me.institution?.name ?? '';
    const { rows } = await calls('getAgreements')({ limit: 500 });
    const found = rows.filter((row: Loose) => row.productCode === this.productCode && row.current);
    if (found.length === 0) throw new Error(`没有就产品 ${this.productCode} 生效的合作协议`);
    const institutions = await Promise.all(
      found
        .slice(0, 20)
        .map((row: Loose) => calls('getInstitutionsById')({ id: row.guarantorId }).catch(() => undefined)),
    );
    const known = institutions.filter((each) => each !== undefined);
    const chosen =
      known.find((each: Loose) => each.code === this.guarantorCode) ??
      (this.guarantorCode === '' ? known[0] : undefined);
    if (!chosen) throw new Error(`没有与机构 ${this.guarantorCode} 的合作协议`);
    this.guarantorCode = chosen.code;
    if (this.#county === '') {
      const regions = await calls('getRegions')();
      const own = regions.rows.filter((row: Loose) => row.level === 'county');
      const inside = own.find((row: Loose) => String(row.parentCode) === String(chosen.regionCode)) ?? own[0];
      this.#county = String(inside.code);
    }
  }

  async #template(): Promise<void> {
    const answer = await this.#fetch('/api/batches/template?format=csv');
    const titles = (await answer.text())
      .replace(/^\ufeff/, '')
      .split('\r\n')[0]!
      .split(',');
    const missing = this.#golden('good.csv')
      .toString()
      .replace(/^\ufeff/, '')
      .split('\r\n')[0]!
      .split(',')
      .filter((each) => !titles.includes(each));
    if (missing.length > 0) throw new Error(`模板缺列：${missing.join('、')}`);
  }

  async #numberUsed(): Promise<void> {
    const answer = await this.#post('good', 'fixed.csv');
    const body: Loose = await answer.json();
    if (answer.status !== 409 || body.refusals?.[0]?.code !== 'batch-no-used')
      throw new Error(`得到 ${answer.status} ${JSON.stringify(body)}`);
  }

  async #badRows(bad: Batch | undefined): Promise<void> {
    if (!bad) throw new Error('上一步没有成功');
    const text = (await (await this.#fetch(`/api/batches/${bad.id}/bad-rows`)).text()).replace(/^\ufeff/, '');
    const lines = text.trimEnd().split('\r\n');
    const expected = this.#expected('bad').filter(
      ({ verdict }) => verdict === 'refused' || verdict === 'needs-completing',
    ).length;
    if (!lines[0]!.startsWith('退回原因,')) throw new Error(`首列是“${lines[0]!.split(',')[0]}”`);
    if (lines.length - 1 !== expected) throw new Error(`退回 ${lines.length - 1} 行，应为 ${expected} 行`);
  }

  async #noColumns(): Promise<void> {
    const first = await this.#post('cols', 'no-columns.csv');
    const body: Loose = await first.json();
    if (first.status !== 422 || body.refusals?.[0]?.code !== 'columns-missing')
      throw new Error(`得到 ${first.status} ${JSON.stringify(body)}`);
    const list = await this.#o.calls('getBatches')({ batchNo: this.#no('cols') });
    if (list.rows.length > 0) throw new Error('批次号已被占用');
  }

  /** The golden file of corrected rows under other numbers: tried first, then accepted. */
  async #trial(): Promise<void> {
    const { calls } = this.#o;
    const answer = await this.#post('trial', 'trial.csv', { dryRun: 'true' });
    if (!answer.ok) throw new Error(`试算得到 ${answer.status}：${await answer.text()}`);
    const tried = await this.#ended((await answer.json()) as Batch, 'tried');
    await this.#compare(tried, 'trial');
    const { rows } = await calls('getBatchesByIdRows')({ id: tried.id, limit: 500 });
    if (rows.some((row: Loose) => row.guaranteeId !== null)) throw new Error('试算时已经承保');
    const accepted = await this.#ended((await calls('postBatchesByIdAcceptance')({ id: tried.id })) as Batch);
    await this.#compare(accepted, 'trial');
  }

  async #rows(): Promise<void> {
    const { calls } = this.#o;
    const at = (n: number) => ({
      contractNo: `${this.run}-R${n}`,
      loanContractNo: `JK-${this.run}-R${n}`,
      customerName: `自检逐笔第${n}号有限公司`,
      customerKind: '企业',
      identityNo: this.#uscc(700 + n),
      industryCode: '5191',
      staff: '12',
      revenue: '8000000.00',
      county: this.#county,
      principal: '1000.00',
      feeRate: '0.008',
      startsOn: day(this.today, -18),
      endsOn: day(this.today, 340),
      tags: '支小',
    });
    const requestBody = {
      batchNo: this.#no('rows'),
      guarantorCode: this.guarantorCode,
      productCode: this.productCode,
      rows: [at(1), at(2)],
    };
    const first = await this.#ended((await calls('postBatches')({ requestBody })) as Batch);
    if (first.counts.accepted !== 2) throw new Error(`接受 ${first.counts.accepted} 笔：${canonical(first)}`);
    const again = (await calls('postBatches')({ requestBody })) as Batch;
    if (again.id !== first.id) throw new Error('再报成了另一批');
  }

  async #forbidden(): Promise<void> {
    const { calls, setToken } = this.#o;
    const statusOf = async (name: string) =>
      calls(name)({}).then(
        () => 200,
        (error: { status?: number }) => error.status ?? 0,
      );
    const users = await statusOf('getUsers');
    if (users !== 403) throw new Error(`用户列表得到 ${users}，应为 403`);
    setToken(undefined);
    const nobody = await statusOf('getBatches');
    setToken(this.#token);
    if (nobody !== 401) throw new Error(`没有令牌得到 ${nobody}，应为 401`);
  }

  #no(name: string): string {
    return `${this.run}-${name}`;
  }

  async #send(name: string, file: string, more: Record<string, string> = {}): Promise<Batch> {
    const answer = await this.#post(name, file, more);
    if (!answer.ok) throw new Error(`报送 ${file} 得到 ${answer.status}：${await answer.text()}`);
    return this.#ended((await answer.json()) as Batch);
  }

  async #post(name: string, file: string, more: Record<string, string> = {}): Promise<Response> {
    const query = new URLSearchParams({
      batchNo: this.#no(name),
      guarantorCode: this.guarantorCode,
      productCode: this.productCode,
      ...more,
    });
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(this.#golden(file))]), file);
    return this.#fetch(`/api/batches/files?${query}`, { method: 'POST', body: form });
  }

  /** Asks for the batch until it is judged: at most two minutes. */
  async #ended(batch: Batch, until: 'done' | 'tried' = 'done'): Promise<Batch> {
    let now = batch;
    for (let tries = 0; ['running', 'trying'].includes(now.phase) && tries < 600; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      now = (await this.#o.calls('getBatchesById')({ id: batch.id })) as Batch;
    }
    if (now.phase !== until) throw new Error(`批次 ${now.batchNo} 停在 ${now.phase}`);
    if (until === 'done') {
      const { id, batchNo, contentHash, counts } = now;
      this.batches.set(id, { id, batchNo, contentHash, accepted: counts.accepted! });
    }
    return now;
  }

  async #compare(batch: Batch, name: string): Promise<void> {
    const expected = this.#expected(name);
    const { rows } = await this.#o.calls('getBatchesByIdRows')({ id: batch.id, limit: 500 });
    const seen = new Map<number, Loose>(rows.map((row: Loose) => [row.line, row]));
    const wrong = expected.flatMap(({ line, verdict, code }) => {
      const row = seen.get(line);
      const codes = (row?.reasons ?? []).map((each: Loose) => each.code);
      const wanted = code === undefined ? [] : typeof code === 'string' ? [code] : code;
      const isRight = row?.verdict === verdict && (wanted.length === 0 || wanted.some((each) => codes.includes(each)));
      return isRight
        ? []
        : [`第 ${line} 行应为 ${verdict} ${wanted.join('/')}，得到 ${row?.verdict} ${codes.join('/')}`];
    });
    if (rows.length !== expected.length) wrong.push(`结论 ${rows.length} 行，应为 ${expected.length} 行`);
    if (wrong.length > 0) throw new Error(wrong.join('；'));
  }

  #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#o.url}${path}`, { ...init, headers: { authorization: `Bearer ${this.#token}` } });
  }

  #expected(name: string): readonly Expected[] {
    return JSON.parse(readFileSync(new URL(`golden/${name}.expected.json`, import.meta.url), 'utf8'));
  }

  /** The golden file with this run's numbers and days. The marks are ASCII, so that any encoding keeps them. */
  #golden(file: string): Buffer {
    const text = readFileSync(new URL(`golden/${file}`, import.meta.url)).toString('latin1');
    const filled = text
      .replaceAll('{{RUN}}', this.run)
      .replaceAll('{{COUNTY}}', this.#county)
      .replace(/\{\{DAY([+-]\d+)\}\}/g, (_, days) => day(this.today, Number(days)))
      .replace(/\{\{USCC:(\d+)\}\}/g, (_, n) => this.#uscc(Number(n)))
      .replace(/\{\{PERSON:(\d+)\}\}/g, (_, n) => this.#person(Number(n)));
    return Buffer.from(filled, 'latin1');
  }

  /** A formally valid USCC that belongs to nobody and differs from run to run. */
  #uscc(n: number): string {
    const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    const digest = createHash('sha256').update(`${this.run}:${n}`).digest();
    const body = `91${this.#county}MB${[...digest.subarray(0, 7)].map((each) => alphabet[each % 31]).join('')}`;
    const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    const sum = [...body].reduce((total, each, index) => total + alphabet.indexOf(each) * weights[index]!, 0);
    return body + alphabet[(31 - (sum % 31)) % 31];
  }

  /** A formally valid resident number of a made-up person. */
  #person(n: number): string {
    const digest = createHash('sha256').update(`${this.run}:p${n}`).digest();
    const two = (value: number) => String(value).padStart(2, '0');
    const born = `${1960 + (digest[0]! % 40)}${two(1 + (digest[1]! % 12))}${two(1 + (digest[2]! % 28))}`;
    const body = `${this.#county}${born}${String((digest[3]! * 256 + digest[4]!) % 1000).padStart(3, '0')}`;
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = [...body].reduce((total, each, index) => total + Number(each) * weights[index]!, 0);
    return body + '10X98765432'[sum % 11];
  }
}

const askToken = (url: string, clientId: string, secret: string): Promise<Response> =>
  fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret }),
  });

/** An access token for a registered client. Throws what the server said where it gives none. */
export async function tokenOf(url: string, clientId: string, secret: string): Promise<string> {
  const answer = await askToken(url, clientId, secret);
  if (!answer.ok) throw new Error(`换取令牌得到 ${answer.status}：${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

function day(from: string, days: number): string {
  return new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const yuan = (text: string): bigint => BigInt(text.replace('.', ''));

function tell(error: unknown): string {
  const { message, body } = error as { message?: string; body?: unknown };
  return `${message ?? error}${body ? ` ${JSON.stringify(body).slice(0, 400)}` : ''}`;
}

/** The certificate as people read it. */
export function certificateText(of: Certificate): string {
  return [
    of.conforms ? '符合性证明' : '自检未通过',
    `套件　　${of.kit}`,
    `服务器　${of.server}`,
    `接入方　${of.bank}（${of.client}）`,
    `担保机构 ${of.guarantor}　产品 ${of.product}　业务日 ${of.businessDay}　批次前缀 ${of.run}`,
    ...of.checks.map((each) => `${each.passed ? '✓' : '✗'} ${each.title}${each.detail ? `\n    ${each.detail}` : ''}`),
    `通过 ${of.passed} / ${of.total}`,
    `摘要（SHA-256） ${of.hash}`,
    '',
  ].join('\n');
}
