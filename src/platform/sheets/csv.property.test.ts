import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCsv } from './read-csv.ts';
import { isBlank, type ReadOptions, type SheetRow } from './row.ts';
import { quoteCell } from './write-csv.ts';

async function read(bytes: Buffer, chunk: number, options: ReadOptions = {}): Promise<SheetRow[]> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  );
  const rows: SheetRow[] = [];
  for await (const batch of readCsv(Readable.from(pieces), options)) rows.push(...batch);
  return rows;
}
const plain = (rows: SheetRow[]) =>
  rows.map(({ line, cells, problems, raw }) => ({ line, cells, problems, raw: raw?.toString('hex') }));

const noise = fc
  .array(fc.constantFrom('"', '"', ',', ',', '\n', '\r\n', 'a', '甲', ' ', '\0', '\xff', '1'), { maxLength: 60 })
  .map((parts) => Buffer.concat(parts.map((part) => (part === '\xff' ? Buffer.from([0xff]) : Buffer.from(part)))));

it('gives the same rows however the bytes arrive', async () => {
  await fc.assert(
    fc.asyncProperty(noise, fc.integer({ min: 1, max: 9 }), async (bytes, chunk) => {
      const options = { encoding: 'utf-8', delimiter: ',', limits: { maxRecordLines: 3, maxRecordChars: 40 } } as const;
      // Beyond 64 KiB the reader no longer holds the beginning back, so that chunks really reach it one by one.
      const lead = Buffer.from(`h,h\n${'p,q\n'.repeat(17_000)}`);
      const whole = await read(Buffer.concat([lead, bytes]), 1 << 20, options);
      const pieces = [
        lead,
        ...Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
          bytes.subarray(i * chunk, (i + 1) * chunk),
        ),
      ];
      const rows: SheetRow[] = [];
      for await (const batch of readCsv(Readable.from(pieces), options)) rows.push(...batch);
      expect(plain(rows.slice(17_001))).toEqual(plain(whole.slice(17_001)));
    }),
    { numRuns: 150 },
  );
});

it('accounts for every line that is not blank, exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(noise, async (bytes) => {
      const rows = await read(Buffer.concat([Buffer.from('h,h\n'), bytes]), 1 << 16, {
        delimiter: ',',
        encoding: 'utf-8',
      });
      const raws = rows.slice(1).map((row) => row.raw!.toString('latin1'));
      const bare = (text: string) => text.replace(/[\r\n]/g, '');
      const lines = bytes
        .toString('latin1')
        .split('\n')
        .filter((line) => /[^,\s"]/.test(line));
      const given = bare(raws.join(''));
      for (const line of lines) expect(given).toContain(bare(line));
      expect(given.length).toBeLessThanOrEqual(bare(bytes.toString('latin1')).length);
      for (const [index, row] of rows.entries()) expect(row.line).toBeGreaterThan(rows[index - 1]?.line ?? 0);
    }),
    { numRuns: 500 },
  );
});

it('reads back what a proper writer wrote, without a complaint', async () => {
  const cell = fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a', '甲', ' ', "'", ';'), maxLength: 6 });
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const header = rows[0]!.map((_, index) => `h${index}`);
      const text = [header, ...rows].map((row) => row.map((each) => quoteCell(each, ',')).join(',')).join('\r\n');
      const read1 = await read(Buffer.from(text), 1 << 16, { delimiter: ',' });
      expect(read1.flatMap((row) => row.problems)).toEqual([]);
      expect(read1.slice(1).map((row) => row.cells)).toEqual(rows.filter((row) => !isBlank(row)));
    }),
    { numRuns: 300 },
  );
});

it('stays fast when every line opens a quote it never closes', async () => {
  const bytes = Buffer.from(`a,b\n${'x,"abcdef\n'.repeat(100_000)}`);
  const started = performance.now();
  const rows = await read(bytes, 1 << 16);
  expect(rows).toHaveLength(100_001);
  // Generous: only a quadratic reader fails it.
  expect(performance.now() - started).toBeLessThan(10_000);
});
