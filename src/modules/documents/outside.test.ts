import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { blocksOf, plainParagraphs, readDocx, scanTemplate, writeDocx } from '../../platform/docx/index.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { convertWith, findProgram, findWriter, runProgram } from '../../platform/testing/programs.ts';
import { kinds } from './contract/kinds.ts';
import { read } from './files.ts';
import { issueDocument } from './index.ts';
import { isSignedBy, readPayload } from './payload.ts';
import { documentById } from './store.ts';
import { openSample, uploadTemplate } from './templates.ts';
import { layGround } from './testing/ground.ts';
import { sampleValues } from './values.ts';

/** A paper as others see it: a word processor opens the DOCX, a PDF program reads and draws the PDF, a decoder reads the QR code. */

const writer = findWriter();
const [pdfToText, pdfToPpm, zbar] = ['pdftotext', 'pdftoppm', 'zbarimg'].map(findProgram);

let test: TestDatabase;
let folder: string;
let paper: { docx: string; pdf: string; lines: string[]; number: string; publicKey: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'papers-outside-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await layGround(test);
  const context = { actor: systemActor, clock: fixedClock(day('2026-11-24')) };
  // The institution's own text in force: papers of the sample carry a mark across the page.
  const bytes = await writeDocx(openSample('entrust-contract').parts);
  const own = { guarantorId: 1, code: 'entrust-contract', fileName: '合同.docx', note: '', bytes };
  await test.db.transaction(systemActor, (tx) => uploadTemplate(tx, context, own));
  await test.owner.query(`update documents.template_version set status = 'in-force', from_on = '2026-11-24'`);
  const { documentId, number } = await test.db.transaction(systemActor, (tx) =>
    issueDocument(tx, context, {
      ...{ guarantorId: 1, template: 'entrust-contract', subject: 'case:1/7' },
      ...sampleValues(kinds['entrust-contract']),
    }),
  );
  const row = (await test.db.read(systemActor, (tx) => documentById(tx, 1, documentId)))!;
  const [docxBytes, pdfBytes] = await Promise.all([read(row.docxSm3), read(row.pdfSm3)]);
  const { rows } = await test.owner.query('select public_key as key from documents.signing_key where key_id = $1', [
    row.keyId,
  ]);
  paper = {
    ...{ docx: join(folder, '合同.docx'), pdf: join(folder, '合同.pdf'), number, publicKey: rows[0].key },
    lines: plainParagraphs(blocksOf(await readDocx(docxBytes))).flatMap((line) => line.split(' | ')),
  };
  await Promise.all([writeFile(paper.docx, docxBytes), writeFile(paper.pdf, pdfBytes)]);
  // From here on nothing of the installation is needed.
  await test.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The text without what a program may set differently: spaces and line breaks. */
const bare = (text: string) => text.replaceAll(/\s/g, '');

describe.skipIf(!writer)(`DOCX 在文字处理软件里打开${writer ? '' : '（没有 LibreOffice Writer，跳过）'}`, () => {
  it('逐段文字与本系统所写的一样，一段不多、一段不少', async () => {
    await convertWith(writer!, paper.docx, 'txt:Text (encoded):UTF8', folder);
    const text = (await readFile(join(folder, '合同.txt'), 'utf8')).replace(/^\ufeff/, '');
    expect(bare(text)).toBe(bare(paper.lines.join('')));
    expect(text).toContain('人民币壹万玖仟贰佰元整');
  }, 120_000);

  it('模板在文字处理软件里存过一次，字段与重复段一个不少', async () => {
    const sample = openSample('entrust-contract');
    const saved = join(folder, '存过');
    await mkdir(saved);
    await writeFile(join(folder, '模板.docx'), await writeDocx(sample.parts));
    await convertWith(writer!, join(folder, '模板.docx'), 'docx:MS Word 2007 XML', saved);
    const scan = scanTemplate(await readDocx(await readFile(join(saved, '模板.docx'))));
    expect(scan).toEqual(sample.scan);
  }, 120_000);
});

describe.skipIf(!pdfToText)(`PDF 的文字${pdfToText ? '' : '（没有 pdftotext，跳过）'}`, () => {
  it('提取出来与正文一致，含文号、大写金额与落款', async () => {
    const text = bare(await runProgram(pdfToText!, ['-enc', 'UTF-8', paper.pdf, '-']));
    for (const line of paper.lines) expect(text).toContain(bare(line));
    expect(text).toContain(bare(paper.number));
  });
});

type Picture = { readonly width: number; readonly height: number; readonly at: (x: number, y: number) => number };
/** A page as grey values (PGM P5). */
async function pictureOf(page: number, dpi: number): Promise<{ picture: Picture; file: string }> {
  const stem = join(folder, `page-${dpi}`);
  await runProgram(pdfToPpm!, [
    '-gray',
    '-singlefile',
    '-r',
    `${dpi}`,
    '-f',
    `${page}`,
    '-l',
    `${page}`,
    paper.pdf,
    stem,
  ]);
  const file = `${stem}.pgm`;
  const bytes = await readFile(file);
  const [, width = 0, height = 0] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 40))!.map(Number);
  const start = bytes.length - width * height;
  return { file, picture: { width, height, at: (x, y) => bytes[start + y * width + x] ?? 255 } };
}

describe.skipIf(!pdfToPpm || !pdfToText)(`PDF 画成图${pdfToPpm ? '' : '（没有 pdftoppm，跳过）'}`, () => {
  it('标题的每个汉字都画出了自己的字形，不是缺字的方框', async () => {
    const dpi = 144;
    const { picture } = await pictureOf(1, dpi);
    const boxes = await runProgram(pdfToText!, ['-bbox', '-f', '1', '-l', '1', paper.pdf, '-']);
    const title = '委托担保合同';
    const found = new RegExp(`xMin="([\\d.]+)" yMin="([\\d.]+)" xMax="([\\d.]+)" yMax="([\\d.]+)">${title}<`).exec(
      boxes,
    );
    const [left, top, right, bottom] = found!.slice(1).map((each) => (Number(each) * dpi) / 72) as [
      number,
      number,
      number,
      number,
    ];
    const width = (right - left) / title.length;
    const glyphs = [...title].map((_, index) => inkOf(picture, left + index * width, top, width, bottom - top));
    for (const [index, glyph] of glyphs.entries()) {
      const ink = glyph.filter(Boolean).length / glyph.length;
      expect([title[index], ink > 0.05 && ink < 0.6]).toEqual([title[index], true]);
      for (const other of glyphs.slice(index + 1)) expect(differing(glyph, other)).toBeGreaterThan(0.1);
    }
  });
});

/** Which of 24 × 24 cells of a box hold ink. */
function inkOf({ at }: Picture, left: number, top: number, width: number, height: number): boolean[] {
  const cells = 24;
  return Array.from({ length: cells * cells }, (_, cell) => {
    const x = Math.round(left + ((cell % cells) + 0.5) * (width / cells));
    const y = Math.round(top + (Math.floor(cell / cells) + 0.5) * (height / cells));
    return at(x, y) < 128;
  });
}
const differing = (a: readonly boolean[], b: readonly boolean[]) =>
  a.filter((each, index) => each !== b[index]).length / a.length;

describe.skipIf(!zbar || !pdfToPpm)(`二维码${zbar ? '' : '（没有 zbarimg，跳过）'}`, () => {
  it('扫出来的内容只凭公钥脱机验签；改一个字即不过', async () => {
    const pages = Number(
      /Pages:\s+(\d+)/.exec(await runProgram(findProgram('pdfinfo') ?? 'pdfinfo', [paper.pdf]))?.[1],
    );
    const { file } = await pictureOf(pages, 200);
    const scanned = (await runProgram(zbar!, ['--raw', '-q', file])).trim();
    const said = readPayload(scanned)!;
    expect(said.facts).toMatchObject({
      number: paper.number,
      issuer: '太原担保',
      title: '委托担保合同',
      amount: '2400000.00',
    });
    expect(isSignedBy(said, paper.publicKey)).toBe(true);
    const forged = { ...said, statement: said.statement.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) };
    expect(isSignedBy(forged, paper.publicKey)).toBe(false);
  });
});
