import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { deflateRawSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeUscc } from '../../../db/seed/identities.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { keepFile } from './files.ts';
import { importFile } from './index.ts';
import { context, guaranteeHeader, guaranteeProfile, scratch, seedReference } from './testing/fixture.ts';

let test: TestDatabase;
let folder: Awaited<ReturnType<typeof scratch>>;

beforeAll(async () => {
  test = await createTestDatabase();
  await seedReference(test);
  folder = await scratch();
});
afterAll(async () => {
  await folder.end();
  await test.close();
});

const line = (n: number) =>
  `C${n},第${n}号公司,${makeUscc('91', 140105, n)},晋商银行,小店区,100,2025-01-10,2026-01-09,支小`;
const check = async (name: string, content: string | Buffer) =>
  importFile(test.db, context, {
    guarantorId: 1,
    path: await folder.file(name, content),
    profile: guaranteeProfile,
    dryRun: true,
  });
const codesOf = async (batch: { id: bigint }) =>
  (
    await test.owner.query('select line::int, code from imports.verdict where batch_id = $1 order by line', [batch.id])
  ).rows.map(({ line: at, code }) => `${at} ${code}`);

describe('坏文件：给出明确结论，不崩溃', () => {
  it('GBK、带 BOM 的 UTF-8 与制表符分隔都照样读', async () => {
    const text = [guaranteeHeader, line(1)].join('\r\n');
    for (const [name, content] of [
      ['gbk.csv', iconv.encode(text, 'gbk')],
      ['bom.csv', `\ufeff${text}`],
      ['tab.csv', text.replaceAll(',', '\t')],
    ] as const) {
      expect((await check(name, content)).accepted).toBe(1);
    }
  });

  it('错位的列、未闭合的引号、坏编码只拒绝那一行', async () => {
    const rows = [guaranteeHeader, line(1), `${line(2)},多一列`, line(3).replace('第3号公司', '"第3号公司'), line(4)];
    const batch = await check('broken.csv', rows.join('\n'));
    expect(batch.accepted).toBeGreaterThanOrEqual(1);
    expect(await codesOf(batch)).toEqual(
      expect.arrayContaining(['3 column-count', expect.stringMatching(/^4 quote-/)]),
    );
    const bytes = Buffer.concat([
      Buffer.from(`${guaranteeHeader}\n${line(1)}\nC5,`),
      Buffer.from([0xff, 0xfe, 0x80]),
      Buffer.from('\n'),
    ]);
    expect((await check('bytes.csv', bytes)).refused).toBeGreaterThanOrEqual(1);
  });

  it('每条规则各有其码：日期、年份、金额、比例、证件、县、起止', async () => {
    const bad = (change: (cells: string[]) => void, n: number) => {
      const cells = line(n).split(',');
      change(cells);
      return cells.join(',');
    };
    const batch = await check(
      'rules.csv',
      [
        guaranteeHeader,
        bad((c) => (c[6] = '2025-02-31'), 1),
        bad((c) => (c[6] = '25/1/10'), 2),
        bad((c) => (c[6] = '去年'), 3),
        bad((c) => (c[5] = '-1'), 4),
        bad((c) => (c[5] = '1000000.01'), 5),
        bad((c) => (c[5] = '一百'), 6),
        bad((c) => (c[5] = '0.0000001'), 7),
        bad((c) => (c[2] = '91140105MB00000000'), 8),
        bad((c) => (c[4] = '某某县'), 9),
        bad((c) => (c[7] = '2025-01-09'), 10),
        bad((c) => (c[0] = ''), 11),
        bad((c) => (c[6] = c[7] = '2026-11-21'), 12),
      ].join('\n'),
    );
    expect(await codesOf(batch)).toEqual([
      '2 date-impossible',
      '3 date-two-digit-year',
      '4 date-format',
      '5 amount-negative',
      '6 amount-absurd',
      '7 amount-format',
      '8 amount-finer-than-fen',
      '9 uscc-check',
      '10 county-unknown',
      '11 ends-before-start',
      '12 required',
      '13 in-the-future',
    ]);
  });

  it('缺列、空文件、不是表格、解压炸弹，整份拒绝并说明', async () => {
    await expect(check('columns.csv', '合同号,企业名称\nC1,甲\n')).rejects.toThrow(/文件缺少映射所列的列：.*证件号/);
    await expect(check('empty.csv', '')).rejects.toThrow('空');
    await expect(check('image.csv', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))).rejects.toThrow(
      /CSV|XLSX/,
    );
    await expect(check('bomb.xlsx', bomb())).rejects.toThrow();
    const { rows } = await test.owner.query(`select state, failure from imports.pass where state <> 'done'`);
    expect(rows.every(({ state, failure }) => state === 'failed' && failure)).toBe(true);
  });

  it('超过上限的文件边收边停，不留残片；内存不随文件增长', async () => {
    const at = `${folder.path}/kept`;
    const piece = Buffer.from(`${line(1)}\n`.repeat(8000));
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += piece.length;
        this.push(piece);
      },
    });
    const before = process.memoryUsage().rss;
    await expect(keepFile(endless, at, 300 * 2 ** 20)).rejects.toThrow('文件超过 300 MB 上限');
    expect(sent).toBeLessThan(310 * 2 ** 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(120 * 2 ** 20);
    expect(await readdir(at)).toEqual([]);
  });
});

/** A workbook whose one sheet says it is 200 MB of zeros in a few hundred kilobytes. */
function bomb(): Buffer {
  const name = Buffer.from('xl/worksheets/sheet1.xml');
  const unpacked = Buffer.alloc(200 * 2 ** 20, 0x20);
  const packed = deflateRawSync(unpacked);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt32LE(unpacked.length, 22);
  header.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(unpacked.length, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(header.length + name.length + packed.length, 16);
  return Buffer.concat([header, name, packed, central, name, end]);
}
