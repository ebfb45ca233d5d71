import { columnName } from './xlsx-values.ts';

/** Cell styles, by their index in the style sheet below. */
export const style = {
  plain: 0,
  title: 1,
  header: 2,
  text: 3,
  money: 4,
  day: 5,
  integer: 6,
  percent: 7,
  footer: 8,
  bad: 9,
  reason: 10,
  guarded: 11,
  absent: 12,
} as const;

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const pack = 'http://schemas.openxmlformats.org/package/2006';

const xf = (font: number, fill: number, format: number, more = '', child = '') =>
  `<xf numFmtId="${format}" fontId="${font}" fillId="${fill}" borderId="${fill === 0 ? 0 : 1}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"${more}>${child}</xf>`;
const centred = '<alignment horizontal="center" vertical="center"/>';

/** The style sheet of every workbook written here; its cell formats stand in the order of `style`. */
export const stylesXml = `${head}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>\
<fonts count="5"><font><sz val="11"/><name val="等线"/></font><font><b/><sz val="16"/><name val="等线"/></font>\
<font><b/><sz val="11"/><name val="等线"/></font><font><sz val="10"/><color rgb="FF666666"/><name val="等线"/></font>\
<font><sz val="11"/><color rgb="FFC00000"/><name val="等线"/></font></fonts>\
<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFEAF1FB"/></patternFill></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/></patternFill></fill></fills>\
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>\
<border><left/><right/><top/><bottom style="thin"><color rgb="FF9DB5D6"/></bottom><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="13">\
${xf(0, 0, 0)}${xf(1, 0, 0, ' applyAlignment="1"', centred)}${xf(2, 2, 0, ' applyAlignment="1"', centred)}\
${xf(0, 0, 49)}${xf(0, 0, 4)}${xf(0, 0, 164)}${xf(0, 0, 1)}${xf(0, 0, 10)}${xf(3, 0, 0)}${xf(4, 3, 49)}${xf(4, 0, 49)}\
${xf(0, 0, 49, ' quotePrefix="1"')}${xf(0, 0, 49, ' applyAlignment="1"', '<alignment horizontal="right"/>')}</cellXfs>\
<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/** The parts around the sheets: types, relations and the workbook itself. */
export function packageParts(sheetNames: readonly string[]): [string, string][] {
  const numbered = sheetNames.map((name, index) => ({ name, id: index + 1 }));
  const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.';
  const types = numbered.map(
    ({ id }) => `<Override PartName="/xl/worksheets/sheet${id}.xml" ContentType="${sheetType}worksheet+xml"/>`,
  );
  const relations = numbered.map(
    ({ id }) => `<Relationship Id="rId${id}" Type="${office}/worksheet" Target="worksheets/sheet${id}.xml"/>`,
  );
  const sheets = numbered.map(({ name, id }) => `<sheet name="${escapeXml(name)}" sheetId="${id}" r:id="rId${id}"/>`);
  return [
    ['xl/styles.xml', stylesXml],
    [
      'xl/workbook.xml',
      `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheets.join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${head}<Relationships xmlns="${pack}/relationships">${relations.join('')}<Relationship Id="rIdStyles" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    ],
    [
      '_rels/.rels',
      `${head}<Relationships xmlns="${pack}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      '[Content_Types].xml',
      `${head}<Types xmlns="${pack}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${sheetType}sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${sheetType}styles+xml"/>${types.join('')}</Types>`,
    ],
  ];
}

/** The beginning of a sheet: the rows down to the header stay in view, columns are as wide as told (characters). */
export function sheetHead(widths: readonly number[], headerRow: number): string {
  const columns = widths.map((width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`);
  const pane = `<pane ySplit="${headerRow}" topLeftCell="A${headerRow + 1}" activePane="bottomLeft" state="frozen"/>`;
  return `${head}<worksheet xmlns="${main}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="17" customHeight="1"/><cols>${columns.join('')}</cols><sheetData>`;
}

/** The end of a sheet: a filter on the header and data, and the title spread over all columns. */
export function sheetTail(columns: number, headerRow: number, lastRow: number, hasTitle: boolean): string {
  const right = columnName(columns - 1);
  const filter = `<autoFilter ref="A${headerRow}:${right}${lastRow}"/>`;
  const merge = hasTitle && columns > 1 ? `<mergeCells count="1"><mergeCell ref="A1:${right}1"/></mergeCells>` : '';
  // Printed on A4 across, as wide as the page and as long as it takes.
  const print = '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>';
  return `</sheetData>${filter}${merge}${print}</worksheet>`;
}

/** A text cell without its beginning `<c r="A1"`, which `rowXml` adds. */
export const textCell = (text: string, styleIndex: number): string =>
  text === ''
    ? ` s="${styleIndex}"/>`
    : ` s="${styleIndex}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;

/** A number cell, likewise; the decimal goes in as it is, so no digit is lost on the way. */
export const numberCell = (decimal: string, styleIndex: number): string => ` s="${styleIndex}"><v>${decimal}</v></c>`;

/** Text safe inside XML; characters XML cannot hold are left out. */
export function escapeXml(text: string): string {
  if (!/[&<>"\p{Cc}\p{Cs}\ufffe\uffff]|_x[0-9A-Fa-f]{4}_/u.test(text)) return text;
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (control) => (control === '\t' || control === '\n' ? control : ''))
    .replace(/_(x[0-9A-Fa-f]{4}_)/g, '_x005F_$1')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const letters: string[] = [];

/** One row of the sheet, its cells given by `textCell` and `numberCell`. */
export function rowXml(line: number, cells: readonly string[], more = ''): string {
  let xml = `<row r="${line}"${more}>`;
  for (let i = 0; i < cells.length; i++) {
    letters[i] ??= columnName(i);
    xml += `<c r="${letters[i]}${line}"${cells[i]}`;
  }
  return `${xml}</row>`;
}
