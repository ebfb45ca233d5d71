import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { encode } from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fen, yuan } from '../../kernel/money.ts';
import { percent } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import { readSheet, sniffSheet } from './read-sheet.ts';
import { readXlsx } from './read-xlsx.ts';
import { returnBadRows } from './return-bad-rows.ts';
import type { ReadOptions, SheetRow } from './row.ts';
import type { Column, Table } from './table.ts';
import { writeCsv } from './write-csv.ts';
import { writeXlsx } from './write-xlsx.ts';
import { packageParts } from './xlsx-parts.ts';
import { showNumber, showSerial } from './xlsx-values.ts';
import { Sink, ZipWriter } from './zip-writer.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheets-'));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
const newPath = (end = '.xlsx') => join(folder, `${++count}${end}`);

async function collect(rows: AsyncGenerator<SheetRow[]>): Promise<SheetRow[]> {
  const all: SheetRow[] = [];
  for await (const batch of rows) all.push(...batch);
  return all;
}
const refusalOf = async (reading: Promise<unknown>) => {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refused);
  return (error as Refused).refusals[0]!;
};

/** A workbook whose only sheet holds the given XML, other parts replaced as told. */
async function workbookOf(sheetData: string, parts: Record<string, string> = {}): Promise<string> {
  const path = newPath();
  const zip = new ZipWriter(new Sink(path));
  const all = new Map([
    ...packageParts(['台账']),
    ['xl/worksheets/sheet1.xml', `<worksheet><sheetData>${sheetData}</sheetData></worksheet>`] as const,
    ...Object.entries(parts),
  ]);
  for (const [name, xml] of all) await zip.entry(name, [xml]);
  await zip.end();
  return path;
}
const cellsOf = async (sheetData: string, parts?: Record<string, string>, options: ReadOptions = {}) =>
  collect(readXlsx(await workbookOf(sheetData, parts), { headerLine: 1000, ...options }));

describe('readXlsx', () => {
  it('reads what a spreadsheet program writes', async () => {
    const path = newPath();
    const book = new ExcelJS.Workbook();
    const sheet = book.addWorksheet('明细');
    sheet.addRow(['编号', '金额', '日期', '时刻', '费率', '是否', '公式', '富文本']);
    sheet.addRow(['001', 0.1 + 0.2, new Date('2024-02-29T00:00:00Z'), new Date('2024-02-29T13:45:30Z'), 0.008, true]);
    sheet.getCell('G2').value = { formula: 'B2*2', result: 0.6, date1904: false };
    sheet.getCell('H2').value = { richText: [{ text: '某某' }, { font: { bold: true }, text: '公司' }] };
    sheet.getCell('C2').numFmt = 'yyyy"年"m"月"d"日"';
    sheet.getCell('D2').numFmt = 'yyyy-mm-dd hh:mm:ss';
    sheet.getCell('E2').numFmt = '0.00%';
    sheet.getCell('B2').numFmt = '#,##0.00"万元"';
    await book.xlsx.writeFile(path);
    const rows = await collect(readSheet(path));
    expect(rows[1]).toEqual({
      line: 2,
      cells: ['001', '0.3', '2024-02-29', '2024-02-29 13:45:30', '0.8%', 'TRUE', '0.6', '某某公司'],
      problems: [],
    });
    expect(await sniffSheet(path)).toEqual({ kind: 'xlsx', sheets: ['明细'] });
  });

  it('reads dates of the 1904 system', async () => {
    const path = newPath();
    const book = new ExcelJS.Workbook();
    book.properties.date1904 = true;
    book.addWorksheet('a').addRow([new Date('2024-09-30T00:00:00Z')]);
    await book.xlsx.writeFile(path);
    expect((await collect(readXlsx(path)))[0]!.cells).toEqual(['2024-09-30']);
  });

  it('keeps row numbers and columns over gaps, and pads rows to the header', async () => {
    const rows = await collect(
      readXlsx(
        await workbookOf(
          '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="C1" t="inlineStr"><is><t>c</t></is></c></row>' +
            '<row r="5"><c r="B5"><v>7</v></c></row><row r="6"><c r="A6" s="1"/></row>' +
            '<row r="7"><c r="D7"><v>1</v></c></row>',
        ),
      ),
    );
    expect(rows.map((row) => [row.line, row.cells])).toEqual([
      [1, ['a', '', 'c']],
      [5, ['', '7', '']],
      [7, ['', '', '', '1']],
    ]);
    expect(rows[2]!.problems[0]!.message).toContain('第7行应有3列，实有4列');
  });

  it('names the cell of an error, an unreckoned formula, lost digits and a number that is none', async () => {
    const [row] = await cellsOf(
      '<row r="3"><c r="A3" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B3"><f>A1</f></c>' +
        '<c r="C3"><v>320102199001011000</v></c><c r="D3"><v>abc</v></c><c r="E3"><v>1E-3</v></c></row>',
    );
    expect(row!.cells).toEqual(['#DIV/0!', '', '320102199001011000', 'abc', '0.001']);
    expect(row!.problems.map((each) => [each.code, each.column])).toEqual([
      ['cell-error', 0],
      ['formula-uncached', 1],
      ['number-precision', 2],
      ['cell-error', 3],
    ]);
    expect(row!.problems[2]!.message).toContain('第3行C列');
  });

  it('cuts a cell beyond the limit and says so, and bounds the columns', async () => {
    const [row] = await cellsOf(
      `<row r="1"><c r="A1" t="inlineStr"><is><t>${'长'.repeat(40_000)}</t></is></c><c r="XFD1"><v>1</v></c></row>`,
    );
    expect(row!.problems.map((each) => each.code)).toEqual(['cell-too-long', 'column-count']);
    expect(row!.cells.length).toBe(1);
  });

  it('refuses by name a sheet that is not there', async () => {
    const refusal = await refusalOf(cellsOf('', {}, { sheet: '保后' }));
    expect(refusal.message).toBe('工作簿没有名为“保后”的工作表：现有“台账”，请核对报送模板');
  });
});

describe('readXlsx refuses', () => {
  const file = async (content: Buffer | string) => {
    const path = newPath();
    await writeFile(path, content);
    return path;
  };
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2000)]);
  it.each([
    ['an old .xls', 'xlsx-old-format', ole],
    ['an encrypted workbook', 'xlsx-encrypted', Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')])],
    ['text named .xlsx', 'xlsx-not-zip', 'a,b\n'],
    ['a zip cut off', 'xlsx-broken', Buffer.from('504b0304140000000000', 'hex')],
    ['an empty file', 'xlsx-not-zip', ''],
  ])('%s', async (_, code, content) => {
    expect((await refusalOf(collect(readXlsx(await file(content))))).code).toBe(code);
  });

  it.each([['<html><table></table></html>'], ['%PDF-1.7'], ['\n<?xml version="1.0"?><Workbook/>']])(
    'no table at all: %j',
    async (content) => {
      expect((await refusalOf(collect(readSheet(await file(content))))).code).toBe('sheet-unknown-format');
      expect((await refusalOf(sniffSheet(await file(content)))).code).toBe('sheet-unknown-format');
    },
  );

  it('a zip bomb, by ratio, by total size and by number of parts', async () => {
    const path = newPath();
    const zip = new ZipWriter(new Sink(path));
    for (const [name, xml] of packageParts(['a'])) await zip.entry(name, [xml]);
    const block = ' '.repeat(1 << 20);
    await zip.entry(
      'xl/worksheets/sheet1.xml',
      (function* () {
        for (let i = 0; i < 30; i++) yield block;
      })(),
    );
    await zip.end();
    const byRatio = await refusalOf(collect(readXlsx(path)));
    expect(byRatio).toMatchObject({ code: 'xlsx-bomb', message: expect.stringContaining('压缩比') });
    const bySize = await refusalOf(collect(readXlsx(path, { limits: { maxRatio: 9999, maxUnpackedBytes: 20 << 20 } })));
    expect(bySize).toMatchObject({ code: 'xlsx-bomb', message: expect.stringContaining('展开后超过20MB') });
    expect((await refusalOf(collect(readXlsx(path, { limits: { maxEntries: 3 } })))).code).toBe('xlsx-bomb');
    const silent = await refusalOf(collect(readXlsx(path, { limits: { maxRatio: 9999 } })));
    expect(['xlsx-bomb', 'xlsx-broken']).toContain(silent.code);
  });

  it('a part larger than it declares', async () => {
    const path = await workbookOf('<row r="1"><c r="A1"><v>1</v></c></row>'.repeat(1000));
    const bytes = await readFile(path);
    const central = bytes.lastIndexOf(Buffer.from('xl/worksheets/sheet1.xml')) - 46;
    bytes.writeUInt32LE(100, central + 24);
    expect((await refusalOf(collect(readXlsx(await file(bytes))))).code).toBe('xlsx-broken');
  });

  it('a document type, so that no entity is ever resolved', async () => {
    const xml =
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>';
    expect((await refusalOf(cellsOf('', { 'xl/worksheets/sheet1.xml': xml }))).code).toBe('xlsx-doctype');
  });

  it('broken XML', async () => {
    expect((await refusalOf(cellsOf('<row r="1"><c></row>'))).code).toBe('xlsx-broken');
  });

  it('more distinct text than it may hold', async () => {
    const strings = `<sst>${Array.from({ length: 3 }, (_, i) => `<si><t>${String(i).repeat(2 << 20)}</t></si>`).join('')}</sst>`;
    const limits = { maxSharedStringBytes: 4 << 20, maxCellChars: 4 << 20 };
    const refusal = await refusalOf(cellsOf('', { 'xl/sharedStrings.xml': strings }, { limits }));
    expect(refusal.code).toBe('xlsx-too-many-strings');
  });
});

describe('numbers and dates', () => {
  it.each([
    [1, false, '1900-01-01'],
    [59, false, '1900-02-28'],
    [60, false, '1900-02-29'],
    [61, false, '1900-03-01'],
    [45_565, false, '2024-09-30'], // 2024-09-30 − 1899-12-30
    [44_103, true, '2024-09-30'], // 45,565 − 1,462
    [45_565.5, false, '2024-09-30 12:00:00'],
    [0.75, false, '18:00:00'],
    [-1, false, undefined],
    [2_958_466, false, undefined],
  ])('serial %d (1904: %s) is %s', (serial, is1904, expected) => expect(showSerial(serial, is1904)).toBe(expected));

  it.each([
    ['0.30000000000000004', '0.3'],
    ['1234567.8900000001', '1234567.89'],
    ['1E+20', '100000000000000000000'],
    ['1.5E-7', '0.00000015'],
    ['-0.10', '-0.1'],
    ['', undefined],
    ['1e999', undefined],
  ])('%j shows as %j', (stored, shown) => expect(showNumber(stored)).toBe(shown));
});

const columns: Column[] = [
  { key: 'no', title: '业务编号', type: 'text' },
  { key: 'sum', title: '担保金额', type: 'money', whenNull: '—' },
  { key: 'on', title: '放款日', type: 'day' },
  { key: 'count', title: '笔数', type: 'integer' },
  { key: 'rate', title: '费率', type: 'percent' },
];
const table: Table = {
  title: '担保台账',
  columns,
  unit: '万元',
  footer: ['单位：万元　数据截至2024年9月30日'],
  rows: [
    { no: '=cmd|x', sum: yuan('12345678.91'), on: day('2024-09-30'), count: 3, rate: percent('0.85%') },
    { no: 'a"<&,\u0001', sum: null, on: null, count: 0n, rate: null },
    { no: '-5.20', sum: fen(-1n), on: day('1900-01-01'), count: 2, rate: percent('100%') },
  ],
};

describe('writeXlsx', () => {
  it('writes what a spreadsheet program reads: real numbers and dates, frozen header, footer', async () => {
    const path = newPath();
    expect(await writeXlsx(path, table)).toEqual({ rows: 3, sheets: 1 });
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(path);
    const sheet = book.worksheets[0]!;
    expect(sheet.name).toBe('担保台账');
    expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 2 });
    expect(sheet.getCell('A2').value).toBe('业务编号');
    expect(sheet.getCell('A3').value).toBe('=cmd|x');
    expect(sheet.getCell('A3').type).toBe(ExcelJS.ValueType.String);
    expect(sheet.getCell('B3').value).toBe(1234.567891); // 12,345,678.91 元 ÷ 10,000
    expect(sheet.getCell('B3').numFmt).toBe('#,##0.00');
    expect(sheet.getCell('C3').value).toEqual(new Date('2024-09-30T00:00:00Z'));
    expect(sheet.getCell('E3').value).toBe(0.0085);
    expect(sheet.getCell('A4').value).toBe('a"<&,');
    expect(sheet.getCell('B4').value).toBe('—');
    expect(sheet.getCell('B5').value).toBe(-0.000001);
    expect(sheet.getCell('A6').value).toBe('单位：万元　数据截至2024年9月30日');
  });

  it('reads back as it was written', async () => {
    const path = newPath();
    await writeXlsx(path, table);
    const rows = await collect(readXlsx(path, { headerLine: 2 }));
    expect(rows[2]!.cells).toEqual(['=cmd|x', '1234.567891', '2024-09-30', '3', '0.85%']);
    expect(rows[4]!.cells).toEqual(['-5.20', '-0.000001', '1900-01-01', '2', '100%']);
  });

  it('goes on in the next sheet where one is full', async () => {
    const path = newPath();
    const rows = Array.from({ length: 25 }, (_, i) => ({ no: `N${i}` }));
    const written = await writeXlsx(path, { columns: columns.slice(0, 1), rows, maxSheetRows: 11, sheetName: '表/一' });
    expect(written).toEqual({ rows: 25, sheets: 3 });
    expect(await sniffSheet(path)).toEqual({ kind: 'xlsx', sheets: ['表 一', '表 一（2）', '表 一（3）'] });
    const last = await collect(readXlsx(path, { sheet: 2 }));
    expect(last.map((row) => row.cells[0])).toEqual(['业务编号', 'N20', 'N21', 'N22', 'N23', 'N24']);
  });

  it('writes a header even when there are no rows', async () => {
    const path = newPath();
    expect(await writeXlsx(path, { columns, rows: [] })).toEqual({ rows: 0, sheets: 1 });
    expect(await collect(readXlsx(path))).toHaveLength(1);
  });

  it('passes on the error of its rows and of its output', async () => {
    const rows = (async function* () {
      yield { no: '1' };
      throw new Error('查询中断');
    })();
    await expect(writeXlsx(newPath(), { columns, rows })).rejects.toThrow('查询中断');
    await expect(writeXlsx(join(folder, 'none', 'x.xlsx'), { columns, rows: [] })).rejects.toThrow('ENOENT');
    await expect(writeCsv(join(folder, 'none', 'x.csv'), { columns, rows: [] })).rejects.toThrow('ENOENT');
  });
});

describe('writeCsv', () => {
  it('writes exact decimals, quotes what needs it and defuses formulas', async () => {
    const path = newPath('.csv');
    await writeCsv(path, table);
    expect((await readFile(path)).toString().split('\r\n')).toEqual([
      '\ufeff担保台账',
      '业务编号,担保金额,放款日,笔数,费率',
      "'=cmd|x,1234.567891,2024-09-30,3,0.85%",
      '"a""<&,\u0001",—,,0,',
      '-5.20,-0.000001,1900-01-01,2,100%',
      '单位：万元　数据截至2024年9月30日',
      '',
    ]);
  });

  it('writes GBK', async () => {
    const path = newPath('.csv');
    await writeCsv(path, { columns, rows: [], encoding: 'gb18030', delimiter: '\t' });
    expect(await readFile(path)).toEqual(encode('业务编号\t担保金额\t放款日\t笔数\t费率\r\n', 'gbk'));
  });
});

describe('returnBadRows', () => {
  it.each(['utf8', 'gbk', 'utf-16le'])('gives back the very bytes of refused rows (%s)', async (encoding) => {
    const path = newPath('.csv');
    const out = newPath('.csv');
    const lines = ['编号,名称', '1,甲', '2,"没有结尾', '3,丙 ,多', '4,丁'];
    await writeFile(path, encode(lines.join('\r\n'), encoding, { addBOM: encoding !== 'gbk' }));
    const verdicts = [
      { line: 3, reason: '引号没有成对' },
      { line: 4, reason: '多一列' },
      { line: 4, reason: '名称不在名录，请核对' },
    ];
    expect(await returnBadRows(path, verdicts, out)).toEqual({ rows: 2 });
    const text = ['退回原因,编号,名称', '引号没有成对,2,"没有结尾', '多一列；名称不在名录，请核对,3,丙 ,多', ''].join(
      '\r\n',
    );
    expect(await readFile(out)).toEqual(encode(text, encoding, { addBOM: encoding !== 'gbk' }));
  });

  it('finds the encoding of a file whose beginning is ASCII', async () => {
    const path = newPath('.csv');
    const out = newPath('.csv');
    await writeFile(path, encode(`id,name\n${'1,x\n'.repeat(50_000)}2,某公司\n`, 'gbk'));
    await returnBadRows(path, [{ line: 50_002, reason: '重复' }], out);
    expect(await readFile(out)).toEqual(encode('退回原因,id,name\n重复,2,某公司\n', 'gbk'));
  });

  it('marks the cells of a workbook red', async () => {
    const path = newPath();
    const out = newPath();
    await writeXlsx(path, { columns, rows: table.rows });
    const result = await returnBadRows(path, [{ line: 3, reason: '金额为空', columns: [1] }], out);
    expect(result).toEqual({ rows: 1 });
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(out);
    const sheet = book.worksheets[0]!;
    expect((sheet.getRow(1).values as unknown[]).slice(1, 4)).toEqual(['退回原因', '业务编号', '担保金额']);
    expect((sheet.getRow(2).values as unknown[]).slice(1, 4)).toEqual(['金额为空', 'a"<&,', '—']);
    expect(sheet.getCell('C2').fill).toMatchObject({ fgColor: { argb: 'FFFFC7CE' } });
    expect(sheet.getCell('B2').fill).toMatchObject({ pattern: 'none' });
  });

  it('throws when a verdict names no row', async () => {
    const path = newPath('.csv');
    await writeFile(path, 'a\n1\n2\n');
    await expect(returnBadRows(path, [{ line: 9, reason: 'x' }], newPath('.csv'))).rejects.toThrow('第9行');
    const unsorted = [
      { line: 3, reason: 'x' },
      { line: 2, reason: 'y' },
    ];
    await expect(returnBadRows(path, unsorted, newPath('.csv'))).rejects.toThrow('第2行');
  });
});
