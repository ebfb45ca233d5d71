import { describe, expect, it } from 'vitest';
import {
  blocksOf,
  buildDocx,
  type DocxParts,
  fillTemplate,
  plainParagraphs,
  readDocx,
  scanTemplate,
  unshownIn,
  writeDocx,
} from './index.ts';
import { parseXml, writeXml } from './xml.ts';

const document = (body: string): DocxParts =>
  new Map([...buildDocx([]), ['word/document.xml', Buffer.from(`<w:document><w:body>${body}</w:body></w:document>`)]]);
const run = (text: string, looks = '') => `<w:r>${looks}<w:t>${text}</w:t></w:r>`;
const p = (...runs: string[]) => `<w:p>${runs.join('')}</w:p>`;
const row = (...cells: string[]) => `<w:tr>${cells.map((cell) => `<w:tc>${p(run(cell))}</w:tc>`).join('')}</w:tr>`;
const xmlOf = (parts: DocxParts) => parts.get('word/document.xml')!.toString();
const saying = (parts: DocxParts) => plainParagraphs(blocksOf(parts));

describe('DOCX', () => {
  it('fills a field that the word processor split over runs, in the looks of its first run', () => {
    const bold = '<w:rPr><w:b/></w:rPr>';
    const parts = document(
      p(run('兹有{'), run('{借', bold), '<w:proofErr w:type="spellStart"/>', run('款'), run('人}'), run('}向')),
    );
    expect(scanTemplate(parts).fields).toEqual(['借款人']);
    const filled = fillTemplate(parts, { 借款人: '甲 & 乙 <公司>' });
    expect(saying(filled)).toEqual(['兹有甲 & 乙 <公司>向']);
    expect(xmlOf(filled)).toContain('甲 &amp; 乙 &lt;公司&gt;</w:t></w:r><w:r><w:rPr><w:b/></w:rPr>');
    expect(xmlOf(filled)).toContain('<w:proofErr w:type="spellStart"/>');
  });

  it('leaves what holds no field byte for byte as it was', () => {
    const body = `${p(run('原文 &#x4E2D; &quot;'))}<!-- c --><w:sectPr w:x='a>b'/>`;
    const parts = document(body);
    expect(xmlOf(fillTemplate(parts, {}))).toBe(xmlOf(parts));
    expect(writeXml(parseXml(body))).toBe(body);
  });

  it('repeats rows of a table and paragraphs, drops lines that hold only marks, and keeps outer fields', () => {
    const table = `<w:tbl><w:tblGrid><w:gridCol w:w="1"/></w:tblGrid>${row('期次', '金额')}${row('{{#分期}}', '')}${row('{{期次}}', '{{金额}} {{币种}}')}${row('', '{{/分期}}')}</w:tbl>`;
    const parts = document(
      `${table}${p(run('{{#委员}}'))}${p(run('委员{{姓名}}'))}${p(run('{{/委员}}'))}${p(run('完'))}`,
    );
    expect(scanTemplate(parts)).toMatchObject({
      problems: [],
      groups: { 分期: ['期次', '金额', '币种'], 委员: ['姓名'] },
    });
    const filled = fillTemplate(
      parts,
      { 币种: '元' },
      {
        分期: [
          { 期次: '1', 金额: '10.00' },
          { 期次: '2', 金额: '20.00' },
        ],
        委员: [{ 姓名: '王' }, { 姓名: '李' }],
      },
    );
    expect(saying(filled)).toEqual(['期次 | 金额', '1 | 10.00 元', '2 | 20.00 元', '委员王', '委员李', '完']);
    expect(saying(fillTemplate(parts, { 币种: '元' }, { 分期: [], 委员: [] }))).toEqual(['期次 | 金额', '完']);
  });

  it('never fills a value that looks like a field, and breaks lines where the value does', () => {
    const parts = document(`${p(run('{{a}}'))}<w:tbl>${row('{{#g}}{{b}}{{/g}}')}</w:tbl>`);
    const filled = fillTemplate(parts, { a: '{{b}}', c: 'no' }, { g: [{ b: '{{c}}\n下行' }] });
    expect(saying(filled)).toEqual(['{{b}}', '{{c}}\n下行']);
  });

  it('says what is wrong with the marks, by name', () => {
    const problems = (body: string) => scanTemplate(document(body)).problems.join();
    expect(problems(p(run('甲{{借款人}')))).toContain('「甲{{借款人}」');
    expect(problems(p(run('｛｛借款人｝｝')))).toContain('全角花括号');
    expect(problems(p(run('{{#a}}')))).toContain('缺少 {{/a}}');
    expect(problems(p(run('{{/a}}')))).toContain('{{#a}}');
    expect(problems(p(run('{{#a}}{{#b}}{{/b}}')))).toContain('不能嵌套');
    expect(problems(`${p(run('{{#a}}'))}<w:tbl>${row('{{/a}}')}</w:tbl>`)).toContain('不在同一张表');
    expect(() => fillTemplate(document(p(run('{{a}}'))), {})).toThrow('a');
  });

  it('reads back what it writes, and refuses what is damaged, dangerous or no DOCX', async () => {
    const parts = buildDocx([{ kind: 'title', text: '函 & <件>' }]);
    const bytes = await writeDocx(parts);
    expect(await writeDocx(parts)).toEqual(bytes);
    expect(saying(await readDocx(bytes))).toEqual(['函 & <件>']);
    const code = async (of: Buffer | DocxParts) =>
      readDocx(Buffer.isBuffer(of) ? of : await writeDocx(of)).then(
        () => 'taken',
        (error: { refusals: { code: string }[] }) => error.refusals[0]?.code,
      );
    const rels =
      '<Relationships><Relationship Type="x/attachedTemplate" Target="http://a" TargetMode="External"/></Relationships>';
    expect(await code(Buffer.from('%PDF'))).toBe('docx-not-zip');
    expect(await code(bytes.subarray(0, bytes.length - 40))).toBe('docx-not-zip');
    expect(await code(new Map([['a.txt', Buffer.from('a')]]))).toBe('docx-no-document');
    expect(await code(new Map([...parts, ['word/vbaProject.bin', Buffer.from('x')]]))).toBe('docx-macros');
    expect(await code(new Map([...parts, ['word/_rels/settings.xml.rels', Buffer.from(rels)]]))).toBe('docx-external');
    expect(() => parseXml('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')).toThrow('损坏');
    expect(() => parseXml('<a><b></a>')).toThrow('损坏');
  });

  it('numbers lists, merges cells, follows styles, and says what a rendering leaves out', () => {
    const parts = new Map(
      document(
        `<w:p><w:pPr><w:pStyle w:val="H"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr></w:pPr>${run('定义')}</w:p>` +
          `<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr></w:pPr>${run('担保')}</w:p>` +
          `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>${p(run('宽'))}</w:tc></w:tr>${row('甲', '乙')}</w:tbl>` +
          p('<w:r><w:drawing><pic:pic></pic:pic></w:drawing></w:r>'),
      ),
    );
    parts.set(
      'word/numbering.xml',
      Buffer.from(
        '<w:numbering><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>',
      ),
    );
    parts.set(
      'word/styles.xml',
      Buffer.from(
        '<w:styles><w:style w:type="paragraph" w:styleId="H"><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style></w:styles>',
      ),
    );
    const blocks = blocksOf(parts);
    expect(plainParagraphs(blocks)).toEqual(['第一条 定义', '第二条 担保', '宽', '甲 | 乙']);
    expect(blocks[0]).toMatchObject({ align: 'center', runs: [{ bold: true, size: 16 }] });
    expect(blocks[2]).toMatchObject({ widths: [1000, 1000], rows: [{ cells: [{ span: 2 }] }, {}] });
    expect(unshownIn(parts)).toEqual(['图片 1 处']);
  });
});
