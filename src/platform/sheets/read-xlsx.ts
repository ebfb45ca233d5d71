import {
  defaultLimits,
  isBlank,
  noProblems,
  type ReadOptions,
  type RowProblem,
  refuseFile,
  type SheetLimits,
  type SheetRow,
  widthProblem,
} from './row.ts';
import { SheetCells } from './xlsx-cells.ts';
import { openPackage, parseXml, readXml, type XlsxPackage } from './xlsx-package.ts';
import { SharedStrings } from './xlsx-strings.ts';
import { type NumberKind, numberKind, unescapeText } from './xlsx-values.ts';

export type Workbook = {
  readonly sheets: readonly { readonly name: string; readonly path: string; readonly hidden: boolean }[];
  readonly is1904: boolean;
};

/**
 * Reads one sheet of an XLSX workbook row by row, in batches; the sheet is never held whole.
 * Yields rows as `readCsv` does, blank cells as ''. Refused (Chinese) when the file is no readable XLSX, is an old
 * .xls, encrypted, damaged, a zip bomb, or has no such sheet.
 */
export async function* readXlsx(path: string, options: ReadOptions = {}): AsyncGenerator<SheetRow[]> {
  const limits = { ...defaultLimits, ...options.limits };
  const file = await openPackage(path, limits);
  try {
    const workbook = await readWorkbook(file);
    const sheet = chooseSheet(workbook, options.sheet);
    const strings = await readStrings(file, limits);
    const kinds = await readKinds(file);
    const found = await file.part(sheet.path);
    if (!found) throw refuseFile('xlsx-broken', `工作簿缺少工作表“${sheet.name}”的内容：请另存为XLSX后重新报送`);
    const cells = new SheetCells({ strings, kinds, is1904: workbook.is1904, limits });
    const shaper = new RowShaper(options);
    const batchRows = options.batchRows ?? 1000;
    let batch: SheetRow[] = [];
    for await (const bytes of parseXml(found.stream, cells)) {
      for (const raw of cells.take()) {
        const row = shaper.shape(raw);
        if (row) batch.push(row);
        if (batch.length < batchRows) continue;
        yield batch;
        batch = [];
      }
      options.onProgress?.({ bytes, totalBytes: found.bytes });
    }
    if (batch.length > 0) yield batch;
  } finally {
    file.close();
  }
}

/** The sheet names of a workbook, hidden ones left out. */
export async function sheetNames(path: string): Promise<string[]> {
  const file = await openPackage(path, defaultLimits);
  try {
    return (await readWorkbook(file)).sheets.filter((sheet) => !sheet.hidden).map((sheet) => sheet.name);
  } finally {
    file.close();
  }
}

/** Gives every row the header's width: what is blank beyond it falls away, what is not is a fault. */
class RowShaper {
  readonly #headerLine: number;
  #width: number | undefined;
  constructor(options: ReadOptions) {
    this.#headerLine = options.headerLine ?? 1;
    this.#width = options.columns;
  }
  shape(row: SheetRow): SheetRow | undefined {
    const cells = [...row.cells];
    while (cells.length > 0 && cells.at(-1)!.trim() === '') cells.pop();
    if (isBlank(cells) && row.problems.length === 0) return undefined;
    if (row.line < this.#headerLine) return { ...row, cells };
    this.#width ??= cells.length;
    const wide = cells.length > this.#width ? widthProblem(row.line, cells.length, this.#width) : undefined;
    while (cells.length < this.#width) cells.push('');
    const problems: readonly RowProblem[] = wide ? [...row.problems, wide] : row.problems;
    return { line: row.line, cells, problems: problems.length === 0 ? noProblems : problems };
  }
}

async function readWorkbook(file: XlsxPackage): Promise<Workbook> {
  const sheets: { name: string; id: string; hidden: boolean }[] = [];
  const targets = new Map<string, string>();
  let is1904 = false;
  await readXml(await file.part('xl/workbook.xml'), {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
      const hidden = attributes.state !== undefined && attributes.state !== 'visible';
      sheets.push({ name: attributes.name ?? '', id, hidden });
    },
    close: () => {},
  });
  await readXml(await file.part('xl/_rels/workbook.xml.rels'), {
    open: (name, attributes) => {
      if (name !== 'Relationship' || attributes.Id === undefined || attributes.Target === undefined) return;
      const target = attributes.Target;
      targets.set(attributes.Id, target.startsWith('/') ? target.slice(1) : `xl/${target}`);
    },
    close: () => {},
  });
  return { sheets: sheets.map(({ name, id, hidden }) => ({ name, hidden, path: targets.get(id) ?? '' })), is1904 };
}

function chooseSheet(workbook: Workbook, wanted: string | number | undefined): Workbook['sheets'][number] {
  const visible = workbook.sheets.filter((sheet) => !sheet.hidden);
  const found =
    typeof wanted === 'string' ? workbook.sheets.find((sheet) => sheet.name === wanted) : visible[wanted ?? 0];
  if (found) return found;
  const names = visible.map((sheet) => `“${sheet.name}”`).join('、') || '（无）';
  const title = typeof wanted === 'string' ? `名为“${wanted}”的` : `第${(wanted ?? 0) + 1}张`;
  throw refuseFile('xlsx-no-sheet', `工作簿没有${title}工作表：现有${names}，请核对报送模板`);
}

async function readStrings(file: XlsxPackage, limits: SheetLimits): Promise<SharedStrings> {
  const strings = new SharedStrings(limits.maxSharedStringBytes);
  const name = file.names.find((each) => each.toLowerCase() === 'xl/sharedstrings.xml');
  let text = '';
  let inText = false;
  let inPhonetic = false;
  await readXml(name === undefined ? undefined : await file.part(name), {
    open: (tag) => {
      if (tag === 'si') text = '';
      else if (tag === 'rPh') inPhonetic = true;
      else if (tag === 't') inText = !inPhonetic;
    },
    text: (piece) => {
      if (inText && text.length <= limits.maxCellChars) text += piece;
    },
    close: (tag) => {
      if (tag === 't') inText = false;
      else if (tag === 'rPh') inPhonetic = false;
      else if (tag === 'si') strings.add(unescapeText(text));
    },
  });
  return strings;
}

/** How each cell style shows numbers, by style index. */
async function readKinds(file: XlsxPackage): Promise<NumberKind[]> {
  const codes = new Map<number, string>();
  const kinds: NumberKind[] = [];
  let inCellXfs = false;
  await readXml(await file.part('xl/styles.xml'), {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') inCellXfs = true;
      else if (name === 'xf' && inCellXfs && kinds.length < 65_536) {
        const id = Number(attributes.numFmtId ?? 0);
        kinds.push(numberKind(id, codes.get(id)));
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inCellXfs = false;
    },
  });
  return kinds;
}
