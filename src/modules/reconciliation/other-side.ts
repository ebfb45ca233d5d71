import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { parseDay } from '../../kernel/day.ts';
import { parseMoney } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { copyField, copyInto, type Tx } from '../../platform/db.ts';
import { readSheet } from '../../platform/sheets/index.ts';
import { type ColumnMapping, type ComparedField, fieldTitles } from './contract.ts';
import { isMoney } from './rules/record.ts';

/** One record of the other side as it came; a field it does not supply is absent. */
export type OtherRecord = {
  readonly institution?: string | null;
  readonly contract_no?: string | null;
} & { readonly [F in ComparedField]?: string | number | null };

/** Records in batches with the line each stands on. */
export type OtherBatch = readonly { readonly line: number; readonly record: OtherRecord }[];

/** What was stored: how many records, and SM3 over them in line order (recomputed by verify). */
export type Stored = { readonly count: number; readonly hash: string };

/** How to read the other side's values. `guarantorOf` knows the institutions this run covers by their code. */
export type Reading = {
  readonly runId: bigint;
  readonly unit: '元' | '万元' | '分';
  readonly guarantorOf: ReadonlyMap<string, number>;
};

export const storedFields = Object.keys(fieldTitles) as ComparedField[];
/** Columns of other_record after run_id, in the order they are copied and hashed. */
export const storedColumns = ['line', 'institution_code', 'guarantor_id', 'contract_no', ...storedFields, 'unreadable'];

/**
 * Streams the other side's records into other_record by COPY, never holding more than a batch.
 * A value that cannot be read is stored as missing, and as it came in `unreadable`; no record is lost.
 */
export async function storeOtherSide(tx: Tx, batches: AsyncIterable<OtherBatch>, reading: Reading): Promise<Stored> {
  // The source may itself ask the database for its first batch, which an open COPY would keep waiting for ever.
  const source = batches[Symbol.asyncIterator]();
  let next = await source.next();
  const out = copyInto(tx, `reconciliation.other_record (run_id, ${storedColumns.join(', ')})`);
  const done = finished(out);
  done.catch(() => {});
  const hash = createHash('sm3');
  const prefix = `${reading.runId}\t`;
  let count = 0;
  try {
    for (; !next.done; next = await source.next()) {
      const batch = next.value;
      let copied = '';
      let hashed = '';
      for (const { line, record } of batch) {
        const row = copyRow(line, record, reading);
        hashed += row;
        copied += prefix + row;
      }
      count += batch.length;
      hash.update(hashed);
      if (!out.write(copied)) await Promise.race([once(out, 'drain'), done]);
    }
  } catch (error) {
    await source.return?.();
    out.destroy(error as Error);
    await done.catch(() => {});
    throw error;
  }
  out.end();
  await done;
  return { count, hash: hash.digest('hex') };
}

function copyRow(line: number, record: OtherRecord, reading: Reading): string {
  const institution = keyText(record.institution);
  const unreadable: Record<string, string> = {};
  let row = `${line}\t${copyField(institution)}\t${(institution && reading.guarantorOf.get(institution)) || 0}\t${copyField(keyText(record.contract_no))}`;
  for (const field of storedFields) {
    const given = record[field];
    if (given === undefined || given === null || given === '') {
      row += '\t\\N';
      continue;
    }
    const value = readValue(field, String(given), reading.unit);
    if (value === undefined) unreadable[field] = String(given).slice(0, 200);
    row += `\t${copyField(value)}`;
  }
  const problems = Object.keys(unreadable).length > 0 ? copyField(JSON.stringify(unreadable)) : '\\N';
  return `${row}\t${problems}\n`;
}

/** A key as it is matched: without surrounding blanks; blank is none; control characters are dropped. */
const keyText = (text: string | null | undefined): string | null =>
  text === null || text === undefined
    ? null
    : String(text)
        .replace(/\p{Cc}/gu, '')
        .trim() || null;

function readValue(field: ComparedField, text: string, unit: Reading['unit']): string | undefined {
  if (isMoney(field)) return readMoney(text, unit);
  if (field === 'county') return /^[1-9]\d{5}$/.test(text) ? text : undefined;
  if (field === 'primary_tag') return /^\d{1,2}$/.test(text) ? String(Number(text)) : undefined;
  if (field === 'starts_on' || field === 'ends_on') return parseDay(text);
  return /\p{Cc}/u.test(text) ? undefined : text;
}

function readMoney(text: string, unit: Reading['unit']): string | undefined {
  const point = text.length - 3;
  // The usual '12345.67' needs no big numbers: dropping the point is the exact 分.
  if (unit === '元' && point > 0 && text[0]! >= '1' && text[0]! <= '9' && /^\d{1,15}\.\d\d$/.test(text))
    return text.slice(0, point) + text.slice(point + 1);
  if (unit === '分') return /^-?\d{1,18}$/.test(text) ? String(BigInt(text)) : undefined;
  const value = parseMoney(text, unit);
  return value === undefined || value > 2n ** 62n || value < -(2n ** 62n) ? undefined : String(value);
}

/** What a data set in the monitoring system's format said of itself, filled while it is read. */
export type DataSetMark = { hash: string | null };

type DataSetLine = OtherRecord & {
  readonly kind?: string;
  readonly rows?: number;
  readonly sm3?: string;
  readonly outstanding_actual?: string | null;
  readonly claim_cash?: string | null;
  readonly due_on?: string | null;
};

/**
 * Records of a data set in the monitoring system's format (JSON lines: header, records, footer), on the asked 口径; 到期日 is
 * the one after extensions. Throws Refused when it is cut off, or its records are not those its footer signs for.
 */
export async function* dataSetRecords(
  stream: AsyncIterable<Uint8Array | string>,
  basis: 'contract' | 'actual',
  mark: DataSetMark,
): AsyncGenerator<OtherBatch> {
  const hash = createHash('sm3');
  let footer: DataSetLine | undefined;
  let rows = 0;
  for await (const lines of textLines(stream)) {
    const batch = [];
    let signed = '';
    for (const { line, text } of lines) {
      const each = parseLine(text, line) as DataSetLine;
      if (each.kind === 'footer') footer = each;
      if (each.kind === 'header' || each.kind === 'footer') continue;
      signed += `${text}\n`;
      batch.push({ line, record: onBasis(each, basis) });
    }
    hash.update(signed);
    rows += batch.length;
    yield batch;
  }
  mark.hash = hash.digest('hex');
  const complete = footer?.rows === rows && (footer.sm3 === undefined || footer.sm3 === mark.hash);
  if (!complete)
    throw new Refused({
      code: 'other-side-incomplete',
      message: `对方数据不完整（收到 ${rows} 条，结尾行${footer ? `写明 ${footer.rows} 条，或摘要不符` : '缺失'}），请重新取数；本次核对未留下任何数据`,
    });
}

function onBasis(line: DataSetLine, basis: 'contract' | 'actual'): OtherRecord {
  // The line is ours, just parsed: changing it in place spares a copy of every record.
  const record = line as { -readonly [K in keyof DataSetLine]: DataSetLine[K] };
  record.ends_on = line.due_on ?? line.ends_on ?? null;
  if (basis === 'actual') {
    record.outstanding = line.outstanding_actual ?? null;
    record.claims = line.claim_cash ?? null;
  }
  return record as OtherRecord;
}

async function* textLines(
  stream: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<{ line: number; text: string }[]> {
  let rest = '';
  let line = 0;
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of stream) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    const end = text.lastIndexOf('\n');
    rest = text.slice(end + 1);
    if (end < 0) continue;
    const batch = [];
    for (const each of text.slice(0, end).split('\n')) {
      line++;
      if (each !== '') batch.push({ line, text: each });
    }
    yield batch;
  }
  if (rest.trim() !== '') yield [{ line: line + 1, text: rest }];
}

function parseLine(text: string, line: number): OtherRecord {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as OtherRecord;
  } catch {
    // Told below, with the line.
  }
  throw new Refused({
    code: 'other-side-malformed',
    message: `对方数据第 ${line} 行不是 JSON 对象，请对方重新提供；本次核对未留下任何数据`,
  });
}

/** Records from an uploaded CSV or XLSX through its column mapping. Throws Refused when a mapped column is not there. */
export async function* sheetRecords(path: string, mapping: ColumnMapping): AsyncGenerator<OtherBatch> {
  const options = { headerLine: mapping.headerLine, ...(mapping.sheet === undefined ? {} : { sheet: mapping.sheet }) };
  let header: readonly string[] | undefined;
  let read: ((cells: readonly string[]) => OtherRecord) | undefined;
  for await (const rows of readSheet(path, options)) {
    const batch = [];
    for (const row of rows) {
      if (!header || !read) {
        header = row.cells.map((cell) => cell.trim());
        read = recordReader(header, mapping);
      } else batch.push({ line: row.line, record: read(row.cells) });
    }
    yield batch;
  }
}

function recordReader(header: readonly string[], mapping: ColumnMapping): (cells: readonly string[]) => OtherRecord {
  const wanted = Object.entries(mapping.columns).filter((each): each is [string, string] => each[1] !== undefined);
  const missing = wanted.filter(([, title]) => !header.includes(title));
  if (missing.length > 0)
    throw new Refused(
      missing.map(([field, title]) => ({
        code: 'column-missing',
        field,
        message: `文件第 ${mapping.headerLine} 行表头中没有“${title}”列，请检查列对应或表头所在行`,
      })),
    );
  if (mapping.columns.institution === undefined && mapping.institutionCode === undefined)
    throw new Refused({
      code: 'institution-unmapped',
      field: 'institution',
      message: '请指定机构代码所在列，或填写固定的机构代码',
    });
  const columns = wanted.map(([field, title]) => [field, header.indexOf(title)] as const);
  return (cells) => {
    const record: Record<string, string | undefined> = { institution: mapping.institutionCode };
    for (const [field, at] of columns) record[field] = translate(field, cells[at]?.trim() ?? '', mapping);
    return record as OtherRecord;
  };
}

function translate(field: string, text: string, mapping: ColumnMapping): string {
  if (field === 'status') return mapping.statusWords[text] ?? text;
  if (field === 'primary_tag') return String(mapping.tagWords[text] ?? text);
  if (isMoney(field)) return text.replaceAll(',', '');
  if (field === 'starts_on' || field === 'ends_on') return text.slice(0, 10).replaceAll(/[/.]/g, '-');
  return text;
}

/** The fields a mapping supplies. */
export const mappedFields = (mapping: ColumnMapping): ComparedField[] =>
  storedFields.filter((field) => mapping.columns[field] !== undefined);
