import { Readable } from 'node:stream';
import { encode } from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { detectDialect } from './csv-dialect.ts';
import { detectEncoding } from './encoding.ts';
import { readCsv } from './read-csv.ts';
import { flattenHeader, ownText, type ReadOptions, type SheetRow } from './row.ts';

async function read(content: string | Buffer, options: ReadOptions = {}, chunk = 7): Promise<SheetRow[]> {
  const bytes = Buffer.from(content as string);
  const pieces = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  );
  const rows: SheetRow[] = [];
  for await (const batch of readCsv(Readable.from(pieces), options)) rows.push(...batch);
  return rows;
}
const shape = (rows: SheetRow[]) =>
  rows.map((row) => [row.line, row.cells.join('¦'), row.problems.map((p) => p.code).join()]);

describe('detectEncoding', () => {
  const text = '借款人,担保金额\n某某科技有限公司,100.00\n';
  it.each([
    ['utf-8', Buffer.from(text)],
    ['utf-8-bom', Buffer.from('\ufeff' + text)],
    ['gb18030', encode(text, 'gbk')],
    ['utf-16le', Buffer.from('\ufeff' + text, 'utf16le')],
    ['utf-16be', encode(text, 'utf-16be', { addBOM: true })],
    ['utf-16le', Buffer.from('no,amount\n1,2\n', 'utf16le')],
    ['utf-8', Buffer.from('id,amount\n')],
    ['utf-8', Buffer.alloc(0)],
  ])('%s', (encoding, bytes) => expect(detectEncoding(bytes)).toBe(encoding));

  it('is not misled by a character the sample cuts in two', () => {
    expect(detectEncoding(Buffer.from(text).subarray(0, 5))).toBe('utf-8');
    expect(detectEncoding(encode(text, 'gbk').subarray(0, 5))).toBe('gb18030');
  });

  it('takes the encoding of more lines when the bytes are valid in neither', () => {
    const bytes = Buffer.concat([
      encode('甲方,乙方\n丙方,丁方\n', 'gbk'),
      Buffer.from('坏,行\n'),
      Buffer.from([0xff, 0xff, 10]),
    ]);
    expect(detectEncoding(bytes)).toBe('gb18030');
  });
});

describe('detectDialect', () => {
  it.each([
    ['a,b,c\n1,2,3\n', ',', '\n'],
    ['a\tb\tc\r\n1,5\t2\t3\r\n', '\t', '\r\n'],
    ['a;b;c\r1;2;"x,y,z,w"\r', ';', '\r'],
    ['a|b|c\n1|2|3', '|', '\n'],
    ['只有一列\n甲\n', ',', '\n'],
  ])('%j', (text, delimiter, newline) =>
    expect(detectDialect(Buffer.from(text))).toMatchObject({ delimiter, newline }),
  );
});

describe('readCsv', () => {
  it.each(['\n', '\r\n', '\r'])('reads rows, quotes and line numbers with %j', async (end) => {
    const text = ['编号,名称,备注', 'A1,"甲,乙","说""好"""', '', 'A2,丙,', ',,', 'A3,丁,"x"'].join(end);
    expect(shape(await read(text))).toEqual([
      [1, '编号¦名称¦备注', ''],
      [2, 'A1¦甲,乙¦说"好"', ''],
      [4, 'A2¦丙¦', ''],
      [6, 'A3¦丁¦x', ''],
    ]);
  });

  it.each([1, 2, 3, 5, 64, 4096])('gives the same rows whatever the chunks (%d bytes)', async (chunk) => {
    const text = 'a,b\r\n"多\r\n行",甲\r\n中,"文"\r\n';
    expect(shape(await read(text, {}, chunk))).toEqual([
      [1, 'a¦b', ''],
      [2, '多\r\n行¦甲', ''],
      [4, '中¦文', ''],
    ]);
  });

  it.each(['gbk', 'gb18030', 'utf-16le', 'utf-16be', 'utf-8'])('decodes %s', async (encoding) => {
    const rows = await read(encode('编号,名称\n1,"镕基，㐀"\n', encoding, { addBOM: true }));
    const expected = encoding === 'gbk' ? '1¦镕基，?' : '1¦镕基，㐀';
    expect(shape(rows)[1]).toEqual([2, expected, '']);
  });

  it('decides the encoding at the first Chinese text when the beginning is plain ASCII', async () => {
    const ascii = 'id,name\n' + 'x,y\n'.repeat(20_000);
    const rows = await read(Buffer.concat([Buffer.from(ascii), encode('z,某公司\n', 'gbk')]), {}, 65_536);
    expect(rows.at(-1)).toMatchObject({ line: 20_002, cells: ['z', '某公司'], problems: [] });
  });

  it('names the row of a wrong byte, and keeps its bytes', async () => {
    const bad = Buffer.concat([Buffer.from('2,'), Buffer.from([0xff, 0xfe, 0xff]), Buffer.from('\n')]);
    const rows = await read(
      Buffer.concat([Buffer.from('编号,名称\n1,甲\n'), bad, encode('3,乙方\n', 'gbk'), Buffer.from('4,丁\n')]),
    );
    expect(rows.map((row) => row.problems.map((p) => p.code).join())).toEqual(['', '', 'encoding', 'encoding', '']);
    expect(rows[2]!.problems[0]!.message).toContain('第3行编码既不是UTF-8也不是GBK');
    expect(rows[2]!.raw).toEqual(bad.subarray(0, -1));
    expect(rows[3]!.cells).toEqual(['3', '乙方']);
    expect(rows[3]!.problems[0]!.message).toContain('本行GBK');
  });

  it('does not let a quote without end swallow the file', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i},名称${i},备注`);
    lines[9] = '9,"没有结尾,备注';
    const rows = await read(['a,b,c', ...lines].join('\n'), {}, 65_536);
    expect(rows).toHaveLength(30_001);
    expect(rows[10]).toMatchObject({ line: 11, problems: [{ code: 'quote-unclosed' }] });
    expect(rows[10]!.raw!.toString()).toBe('9,"没有结尾,备注');
    expect(rows.filter((row) => row.problems.length > 0)).toHaveLength(1);
  });

  it('does not pair two stray quotes of different rows', async () => {
    const text = 'a,b\n1,"x\n2,y\n3,"z\n4,w\n5,v"\n6,u\n';
    expect(shape(await read(text))).toEqual([
      [1, 'a¦b', ''],
      [2, '1¦"x', 'quote-malformed'],
      [3, '2¦y', ''],
      [4, '3¦z\n4,w\n5,v', ''],
      [7, '6¦u', ''],
    ]);
    expect(shape(await read('a,b,c\n1,"x,0\n2,y,0\n3,z",0\n4,w,0\n'))).toEqual([
      [1, 'a¦b¦c', ''],
      [2, '1¦x,0\n2,y,0\n3,z¦0', ''],
      [5, '4¦w¦0', ''],
    ]);
    const rows = await read('a,b,c\n1,"甲,0\n2,y,0\n3,z,0"\n4,w,0\n');
    expect(shape(rows)).toEqual([
      [1, 'a¦b¦c', ''],
      [2, '1¦"甲¦0', 'quote-unclosed'],
      [3, '2¦y¦0', ''],
      [4, '3¦z¦0"', ''],
      [5, '4¦w¦0', ''],
    ]);
    expect(rows.map((row) => row.raw!.toString())).toEqual(['a,b,c', '1,"甲,0', '2,y,0', '3,z,0"', '4,w,0']);
  });

  it('takes a quote inside a cell as it is, and refuses text after a closing quote', async () => {
    expect(shape(await read('a,b\n5" pipe,x\n"ab"c,y\n"d" ,z\n'))).toEqual([
      [1, 'a¦b', ''],
      [2, '5" pipe¦x', ''],
      [3, '"ab"c¦y', 'quote-malformed'],
      [4, 'd¦z', ''],
    ]);
  });

  it('reports shifted columns per row, with both figures', async () => {
    const rows = await read('a,b,c\n1,2,3\n1,2\n1,2,3,4\n');
    expect(rows[2]!.problems[0]!.message).toContain('第3行应有3列，实有2列');
    expect(rows[3]!.problems[0]!.message).toContain('第4行应有3列，实有4列');
  });

  it('leaves lines above the header unjudged', async () => {
    const rows = await read('担保台账\n单位：万元\na,b,c\n1,2\n', { headerLine: 3 });
    expect(rows.map((row) => row.problems.length)).toEqual([0, 0, 0, 1]);
  });

  it('reports NUL bytes', async () => {
    expect(shape(await read('a,b\n1,\0\n2,x\n'))[1]![2]).toBe('nul');
  });

  it('skips a line beyond the limit and goes on, counting it', async () => {
    const limits = { maxLineBytes: 1000 };
    const text = `a,b\n1,${'x'.repeat(5000)}\n2,y\n`;
    for (const chunk of [100, 1 << 20]) {
      const rows = await read(text, { limits }, chunk);
      expect(rows.map((row) => [row.line, row.problems.map((p) => p.code).join()])).toEqual([
        [1, ''],
        [2, 'line-too-long'],
        [3, ''],
      ]);
    }
  });

  it('yields batches no larger than asked', async () => {
    const sizes: number[] = [];
    const source = Readable.from([Buffer.from('a\n' + '1\n'.repeat(10))]);
    for await (const batch of readCsv(source, { batchRows: 4 })) sizes.push(batch.length);
    expect(sizes).toEqual([4, 4, 3]);
  });

  it('gives nothing for an empty file', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\ufeff\r\n\r\n')).toEqual([]);
  });
});

it('flattenHeader carries merged parents over their children', () => {
  expect(
    flattenHeader([
      ['借款人', '', '担保', '', '备注'],
      ['名称', '证件号', '金额', '费率', ''],
    ]),
  ).toEqual(['借款人/名称', '借款人/证件号', '担保/金额', '担保/费率', '备注']);
});

it('ownText gives the same text', () => expect(ownText('DB2024某𠮷')).toBe('DB2024某𠮷'));
