import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createPaper, type PaperOptions } from './index.ts';

/** The objects of a PDF by number, streams inflated. */
function objectsOf(pdf: Buffer): Map<string, { head: string; stream: string }> {
  const objects = new Map<string, { head: string; stream: string }>();
  const text = pdf.toString('latin1');
  for (const match of text.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [, id = '', body = ''] = match;
    const at = body.indexOf('stream\n');
    const head = at === -1 ? body : body.slice(0, at);
    const raw = at === -1 ? '' : body.slice(at + 7, body.lastIndexOf('\nendstream'));
    const stream = head.includes('FlateDecode') ? inflateSync(Buffer.from(raw, 'latin1')).toString('latin1') : raw;
    objects.set(id, { head, stream });
  }
  return objects;
}

/** The text of each page, read back through the embedded fonts' own character maps. */
function pagesOf(pdf: Buffer): string[] {
  const objects = objectsOf(pdf);
  const reference = (head: string, name: string) => new RegExp(`/${name} (\\d+) 0 R`).exec(head)?.[1] ?? '';
  const mapOf = (fontId: string) => {
    const cmap = objects.get(reference(objects.get(fontId)!.head, 'ToUnicode'))!.stream;
    const map = new Map<string, string>();
    for (const [, first = '', list = ''] of cmap.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g)) {
      [...list.matchAll(/<([0-9a-f ]+)>/g)].forEach(([, hex = ''], index) => {
        const code = (Number.parseInt(first, 16) + index).toString(16).padStart(4, '0');
        map.set(code, Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
      });
    }
    return map;
  };
  const pages = [...objects.values()].filter(({ head }) => head.includes('/Type /Page\n'));
  return pages.map(({ head }) => {
    const resources = objects.get(reference(head, 'Resources'))!.head;
    const fonts = new Map(
      [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id = '']) => [name, mapOf(id)]),
    );
    let text = '';
    let font = new Map<string, string>();
    for (const [, name, shown] of objects
      .get(reference(head, 'Contents'))!
      .stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[(<[^\]]*)\] TJ/g)) {
      if (name) font = fonts.get(name)!;
      for (const [, hex = ''] of (shown ?? '').matchAll(/<([0-9a-f]+)>/g)) {
        for (const code of hex.match(/.{4}/g) ?? []) text += font.get(code) ?? '';
      }
    }
    return text;
  });
}

const options: PaperOptions = { title: '备案证书', createdAt: new Date('2024-09-30T00:00:00Z') };
const rows = Array.from({ length: 120 }, (_, index) => [`第${index + 1}户`, `${index}.00`]);
const columns = [{ title: '借款人名称' }, { title: '担保金额', align: 'right' as const }];

describe('createPaper', () => {
  it('holds its text, in embedded fonts', async () => {
    const paper = createPaper({ ...options, mark: '占位', footerNote: '单位：万元', documentNumber: '〔2024〕1号' });
    paper
      .heading('一、基本情况')
      .paragraph('借款人按期还款。')
      .keyValues([
        ['费率', '0.80%'],
        ['期限', '12个月'],
        ['备注', ''],
      ]);
    paper.verification({ url: 'https://example.invalid/v/ABCD', code: 'CV3Z-1X32-XVPX' });
    paper.signature(['某某担保公司', '二〇二四年九月三十日']).seal({ name: '某某担保公司', caption: '业务专用章' });
    const pdf = await paper.toBuffer();
    const [text] = pagesOf(pdf);
    for (const part of [
      '备案证书',
      '编号：〔2024〕1号',
      '一、基本情况',
      '借款人按期还款。',
      '费率0.80%期限12个月',
      'CV3Z-1X32-XVPX',
    ]) {
      expect(text).toContain(part);
    }
    for (const part of [
      '某某担保公司',
      '二〇二四年九月三十日',
      '业务专用章',
      '【占位】',
      '单位：万元',
      '第1页/共1页',
    ]) {
      expect(text).toContain(part);
    }
    expect(pdf.toString('latin1')).toMatch(/FontFile2/);
    expect(pdf.length).toBeLessThan(200_000);
  });

  it('repeats the header of a table on every page, and loses no row', async () => {
    const pages = pagesOf(
      await createPaper(options)
        .table({ columns, rows, totals: ['合计', '7,140.00'] })
        .toBuffer(),
    );
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, page] of pages.entries()) {
      expect(page.split('借款人名称担保金额')).toHaveLength(2);
      expect(page).toContain(`第${index + 1}页/共${pages.length}页`);
    }
    const all = pages.join('');
    for (const [name, amount] of rows) expect(all).toContain(`${name}${amount}`);
    expect(all.split('合计7,140.00')).toHaveLength(2);
  });

  it('gives the same bytes for the same paper', async () => {
    const write = () =>
      createPaper(options)
        .paragraph('同')
        .table({ columns, rows: rows.slice(0, 3) })
        .toBuffer();
    expect(await write()).toEqual(await write());
  });

  it('keeps the signature with its seal on one page', async () => {
    const paper = createPaper(options);
    for (let line = 0; line < 33; line++) paper.paragraph('一段文字。');
    const pages = pagesOf(await paper.signature(['某某公司']).seal({ name: '某公司章' }).toBuffer());
    expect(pages).toHaveLength(2);
    expect(pages[1]).toContain('某某公司某公司章');
  });

  it('draws the red head of an official paper', async () => {
    const paper = createPaper({
      ...options,
      layout: 'official',
      issuer: '某某市财政局',
      documentNumber: '某财金〔2024〕12号',
    });
    const [text] = pagesOf(await paper.paragraph('各县：', { indent: false, bold: true }).toBuffer());
    expect(text).toContain('某某市财政局文件某财金〔2024〕12号备案证书各县：');
  });

  it.each([
    ['a cell longer than a page', [['长'.repeat(9000), '1']]],
    ['cells missing', [['甲'], []]],
    [
      'blank cells and line breaks',
      [
        ['', ''],
        ['甲\n乙', '\t'],
      ],
    ],
    ['characters no font has', [['𠮷\u{10ffff}\u0000', '😀']]],
    ['no rows', []],
  ])('survives %s', async (_, data) => {
    const pages = pagesOf(await createPaper(options).table({ columns, rows: data }).toBuffer());
    expect(pages[0]).toContain('备案证书');
    expect(pages.join('')).toContain('借款人名称担保金额');
    expect(pages.length).toBeLessThanOrEqual(2);
  });
});
