import type { DocxParts } from './package.ts';
import { escapeXml } from './xml.ts';

/** A line of a document that is built here: title, heading, text, right-aligned, or a ruled table whose first row is its head. */
export type Line =
  | { readonly kind: 'title' | 'heading' | 'text' | 'right' | 'plain' | 'note'; readonly text: string }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[]; readonly hasHead: boolean };

const main = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const package_ = 'http://schemas.openxmlformats.org/package/2006';
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const wordType = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

/** The parts of a plain A4 document in 宋体 that any word processor opens and edits. The same lines give the same parts. */
export function buildDocx(lines: readonly Line[]): DocxParts {
  const body = lines
    .map((line) => (line.kind === 'table' ? tableXml(line) : paragraphXml(line.kind, line.text)))
    .join('');
  const page =
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1474" w:bottom="1440" w:left="1474" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>';
  const parts: readonly (readonly [string, string])[] = [
    [
      '[Content_Types].xml',
      `${head}<Types xmlns="${package_}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${wordType}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${wordType}.styles+xml"/></Types>`,
    ],
    [
      '_rels/.rels',
      `${head}<Relationships xmlns="${package_}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="word/document.xml"/></Relationships>`,
    ],
    ['word/document.xml', `${head}<w:document xmlns:w="${main}"><w:body>${body}${page}</w:body></w:document>`],
    [
      'word/_rels/document.xml.rels',
      `${head}<Relationships xmlns="${package_}/relationships"><Relationship Id="rId1" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['word/styles.xml', styles],
  ];
  return new Map(parts.map(([name, text]) => [name, Buffer.from(text)]));
}

const styles = `${head}<w:styles xmlns:w="${main}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="宋体" w:eastAsia="宋体" w:hAnsi="宋体"/><w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="zh-CN" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style></w:styles>`;

const looks = {
  title: [
    '<w:spacing w:before="120" w:after="240"/><w:jc w:val="center"/>',
    '<w:b/><w:sz w:val="40"/><w:szCs w:val="40"/>',
  ],
  heading: ['<w:spacing w:before="160" w:after="40" w:line="360" w:lineRule="auto"/>', '<w:b/>'],
  text: ['<w:spacing w:line="360" w:lineRule="auto"/><w:ind w:firstLineChars="200" w:firstLine="480"/>', ''],
  plain: ['<w:spacing w:line="360" w:lineRule="auto"/>', ''],
  right: ['<w:spacing w:line="360" w:lineRule="auto"/><w:jc w:val="right"/>', ''],
  note: ['<w:jc w:val="center"/>', '<w:sz w:val="18"/><w:szCs w:val="18"/>'],
} as const;

function paragraphXml(kind: keyof typeof looks, text: string): string {
  const [paragraph, run] = looks[kind];
  const properties = run ? `<w:rPr>${run}</w:rPr>` : '';
  return `<w:p><w:pPr>${paragraph}</w:pPr><w:r>${properties}<w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r></w:p>`;
}

const rule = (side: string) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>`;
const textWidth = 8958;

function tableXml({ rows, hasHead }: { rows: readonly (readonly string[])[]; hasHead: boolean }): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const width = Math.floor(textWidth / columns);
  const grid = Array.from({ length: columns }, () => `<w:gridCol w:w="${width}"/>`).join('');
  const body = rows.map((row, index) => {
    const isHead = hasHead && index === 0;
    const cells = row.map((text) => {
      const run = `<w:r><w:rPr>${isHead ? '<w:b/>' : ''}<w:sz w:val="21"/><w:szCs w:val="21"/></w:rPr><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r>`;
      return `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/></w:tcPr><w:p>${isHead ? '<w:pPr><w:jc w:val="center"/></w:pPr>' : ''}${run}</w:p></w:tc>`;
    });
    return `<w:tr>${isHead ? '<w:trPr><w:tblHeader/></w:trPr>' : ''}${cells.join('')}</w:tr>`;
  });
  const borders = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV'].map(rule).join('');
  return `<w:tbl><w:tblPr><w:tblW w:w="${width * columns}" w:type="dxa"/><w:tblBorders>${borders}</w:tblBorders></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${body.join('')}</w:tbl><w:p/>`;
}
