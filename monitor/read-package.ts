import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseDay } from '../src/kernel/day.ts';
import { formatYuan, parseMoney, plus, zeroFen } from '../src/kernel/money.ts';
import { sm3, verify } from '../src/platform/crypto/index.ts';

/** Why a package, or a row of it, is not taken. */
export type Reason = { code: string; message: string; section?: string; line?: number; contractNo?: string };

/** The manifest as far as the stand-in reads it; described in src/modules/exchange/README.md. */
export type Manifest = {
  format: string;
  institution: string;
  businessDay: string;
  kind: string;
  sequence: number;
  version: number;
  restates: { sequence: number; contentHash: string; cause: string } | null;
  previousHash: string | null;
  sections: Record<string, { rows: number; totals: Record<string, string>; sm3: string }>;
};

export type PackageRow = Record<string, unknown>;
export type ReadPackage = {
  manifest: Manifest;
  manifestText: string;
  contentHash: string;
  /** Damaged or not from its sender: proves nothing about what the sender meant, so it is not kept. */
  damage: Reason[];
  /** Intact, and wrong: the sender's own mistake. */
  faults: Reason[];
};

/** Thrown when the bytes are no package at all. */
export class Unreadable extends Error {}

const reasonsMax = 200;
const linesMax = 20_000_000;
const sectionNames = ['master', 'movements', 'closing'] as const;
export type SectionName = (typeof sectionNames)[number];

const sums: Record<SectionName, Record<string, string>> = {
  master: { principal: 'principal', guaranteed: 'guaranteed' },
  movements: { amount: 'amount', cash: 'cash', delta: 'delta' },
  closing: { outstanding: 'outstanding', outstandingActual: 'outstanding_actual' },
};
const moneyOf: Record<SectionName, readonly string[]> = {
  master: ['principal', 'guaranteed'],
  movements: ['amount', 'cash', 'delta'],
  closing: ['outstanding', 'outstanding_actual', 'principal', 'guaranteed', 'claims', 'claim_cash', 'recoveries'],
};
const daysOf: Record<SectionName, readonly string[]> = {
  master: ['starts_on', 'ends_on'],
  movements: ['occurred_on'],
  closing: ['starts_on', 'ends_on', 'due_on'],
};
const integersOf: Record<SectionName, readonly string[]> = {
  master: ['county', 'tags', 'primary_tag'],
  movements: ['seq'],
  closing: ['county', 'tags', 'primary_tag'],
};

/**
 * Reads a package as a stream and checks it against its own manifest: signature, hash, rows and sums of every section, and each row.
 * `take` is given every readable row. `keyOf` answers the public key on file of an institution.
 * Throws Unreadable when there is no manifest to speak of.
 */
export async function readPackage(
  body: Readable,
  keyOf: (institution: string) => Promise<string | undefined>,
  take: (section: SectionName, row: PackageRow, line: number) => Promise<void>,
): Promise<ReadPackage> {
  const lines = linesOf(body);
  const head = parse((await lines.next()).value);
  const manifestText = (await lines.next()).value;
  const manifest = parse(manifestText) as Manifest | undefined;
  if (!head || !manifestText || !manifest || !isManifest(manifest)) throw new Unreadable('不是数据包：缺少清单');
  const damage = await checkSignature(head, manifestText, manifest, keyOf);
  const faults: Reason[] = [];
  for (const section of sectionNames) {
    const read = await readSection(section, manifest, lines, take);
    damage.push(...read.damage);
    faults.push(...read.faults);
  }
  if (!(await lines.next()).done) damage.push({ code: 'rows-left-over', message: '行数多于清单所载' });
  return { manifest, manifestText, contentHash: sm3(manifestText), damage, faults: faults.slice(0, reasonsMax) };
}

async function checkSignature(
  head: PackageRow,
  text: string,
  manifest: Manifest,
  keyOf: (institution: string) => Promise<string | undefined>,
): Promise<Reason[]> {
  if (manifest.format !== 'rongdan-daily/1')
    return [{ code: 'format-unknown', message: `不认识的格式版本 ${manifest.format}` }];
  const key = await keyOf(manifest.institution);
  if (!key) return [{ code: 'sender-unknown', message: `机构 ${manifest.institution} 未登记公钥` }];
  return verify(text, String(head.signature), key)
    ? []
    : [{ code: 'signature-invalid', message: '签名与登记的公钥不符，数据包可能被改动' }];
}

async function readSection(
  section: SectionName,
  manifest: Manifest,
  lines: AsyncGenerator<string>,
  take: (section: SectionName, row: PackageRow, line: number) => Promise<void>,
): Promise<{ damage: Reason[]; faults: Reason[] }> {
  const declared = manifest.sections[section]!;
  const hash = createHash('sm3');
  const totals = Object.fromEntries(Object.keys(sums[section]).map((name) => [name, zeroFen]));
  const faults: Reason[] = [];
  const seen = new Set<string>();
  let count = 0;
  for (; count < declared.rows; count++) {
    const next = await lines.next();
    if (next.done) break;
    hash.update(`${next.value}\n`);
    const row = parse(next.value);
    const wrong = row ? checkRow(section, row, seen) : [{ code: 'row-unreadable', message: '不是 JSON 行' }];
    const place = { section, line: count + 1, ...(row ? { contractNo: String(row.contract_no) } : {}) };
    if (faults.length < reasonsMax) faults.push(...wrong.map((reason) => ({ ...reason, ...place })));
    if (!row || wrong.length > 0) continue;
    for (const [name, field] of Object.entries(sums[section])) {
      totals[name] = plus(totals[name]!, parseMoney(String(row[field]), '元')!);
    }
    await take(section, row, count + 1);
  }
  const damage: Reason[] = [];
  if (count !== declared.rows || hash.digest('hex') !== declared.sm3) {
    damage.push({ code: 'section-hash', section, message: '内容与清单所载的行数或摘要不符，数据包不完整或被改动' });
  } else if (faults.length === 0) {
    for (const [name, sum] of Object.entries(totals)) {
      if (formatYuan(sum) !== declared.totals[name])
        faults.push({
          code: 'total-differs',
          section,
          message: `合计 ${name} 为 ${formatYuan(sum)}，清单载 ${declared.totals[name]}`,
        });
    }
  }
  return { damage, faults };
}

function checkRow(section: SectionName, row: PackageRow, seen: Set<string>): Reason[] {
  const reasons: Reason[] = [];
  if (typeof row.contract_no !== 'string' || row.contract_no === '')
    reasons.push({ code: 'contract-missing', message: '合同编号为空' });
  const key = section === 'movements' ? `${row.contract_no}\n${row.seq}` : String(row.contract_no);
  if (seen.has(key)) reasons.push({ code: 'duplicate-row', message: '同一业务重复出现' });
  seen.add(key);
  for (const field of moneyOf[section]) {
    if (parseMoney(String(row[field]), '元') === undefined)
      reasons.push({ code: 'amount-unreadable', message: `${field} 不是金额：${String(row[field])}` });
  }
  for (const field of daysOf[section]) {
    if (parseDay(String(row[field])) === undefined)
      reasons.push({ code: 'day-unreadable', message: `${field} 不是日期：${String(row[field])}` });
  }
  for (const field of integersOf[section]) {
    if (!Number.isInteger(row[field])) reasons.push({ code: 'code-unreadable', message: `${field} 不是整数` });
  }
  if (section === 'closing' && reasons.length === 0) {
    const amount = (field: string) => parseMoney(String(row[field]), '元')!;
    if (amount('outstanding') < 0n) reasons.push({ code: 'outstanding-negative', message: '在保余额为负' });
    if (amount('outstanding') > amount('principal'))
      reasons.push({ code: 'outstanding-above-principal', message: '在保余额大于主债权金额' });
    if (!/^[0-9a-f]{64}$/.test(String(row.identity_hash)))
      reasons.push({ code: 'identity-hash', message: '客户证件摘要须为64位十六进制' });
  }
  return reasons;
}

const isManifest = (value: Manifest): boolean =>
  typeof value.institution === 'string' &&
  parseDay(String(value.businessDay)) !== undefined &&
  Number.isInteger(value.sequence) &&
  Number.isInteger(value.version) &&
  sectionNames.every(
    (name) => Number.isInteger(value.sections?.[name]?.rows) && value.sections[name]!.rows <= linesMax,
  );

function parse(line: string | undefined): PackageRow | undefined {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return typeof value === 'object' && value !== null ? (value as PackageRow) : undefined;
  } catch {
    return undefined;
  }
}

async function* linesOf(body: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const chunk of body.pipe(createGunzip())) {
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > 1_000_000) throw new Unreadable('一行超过 1 MB');
      yield* lines;
    }
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`解压未成：${(error as Error).message}`);
  }
  if (rest !== '') yield rest;
}
