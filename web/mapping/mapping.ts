import type { DateFormat, FieldSource, FieldSpec, ImportProfileInput } from '../../src/modules/imports/contract.ts';

/** A mapping on its way: which column fills which field, and how its texts are read. Every table is present, so that the form need not ask. */
export type Mapping = Pick<ImportProfileInput, 'code' | 'title'> &
  Partial<Pick<ImportProfileInput, 'sheet' | 'dates' | 'amounts'>> & {
    readonly fields: Record<string, FieldSource>;
    readonly codes: Record<string, Record<string, string>>;
  };

/** The first rows of the file, as the preview gives them. */
export type Sample = {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[] }[];
};

/** The fields a row may fill, in the order of the form. */
export type Fields = Readonly<Record<string, FieldSpec>>;

/** A new mapping out of the suggested columns; units from column titles (万元), date formats from the rows. */
export function newMapping(
  title: string,
  code: string,
  suggested: Readonly<Record<string, string>>,
  sample: Sample,
  known: Fields,
): Mapping {
  const fields: Record<string, FieldSource> = {};
  for (const [field, column] of Object.entries(suggested)) {
    const isWan = known[field]?.type === 'money' && /万元/.test(column);
    fields[field] = isWan ? { column, unit: '万元' } : column;
  }
  const dayCells = Object.entries(fields)
    .filter(([field]) => known[field]?.type === 'day')
    .flatMap(([, source]) => columnsOf(source).flatMap((column) => distinctCells(sample, column)));
  const formats = guessFormats(dayCells);
  const dates = formats.length > 0 ? { dates: { formats } } : {};
  return { code, title, fields, codes: {}, amounts: { unit: '元' }, ...dates };
}

/** The columns a field is read from; none for a fixed value. */
export function columnsOf(source: FieldSource | undefined): readonly string[] {
  if (source === undefined) return [];
  if (typeof source === 'string') return [source];
  if ('value' in source) return [];
  return typeof source.column === 'string' ? [source.column] : source.column;
}

/** The fixed value of a field; undefined where it is read from a column. */
export const fixedOf = (source: FieldSource | undefined): string | undefined =>
  source !== undefined && typeof source !== 'string' && 'value' in source ? source.value : undefined;

/** The unit of an amount column where it differs from the profile's. */
export const unitOf = (source: FieldSource | undefined): '元' | '万元' | undefined =>
  source !== undefined && typeof source !== 'string' && 'column' in source ? source.unit : undefined;

/** The draft with another source for a field; undefined takes it out. */
export function withSource<M extends Mapping>(draft: M, field: string, source: FieldSource | undefined): M {
  const { [field]: _, ...rest } = draft.fields;
  return { ...draft, fields: source === undefined ? rest : { ...rest, [field]: source } };
}

/** The draft with another translation table of a field. Translations to nothing are dropped. */
export function withCodes<M extends Mapping>(draft: M, field: string, table: Readonly<Record<string, string>>): M {
  const kept = Object.fromEntries(Object.entries(table).filter(([, to]) => to !== ''));
  return { ...draft, codes: { ...draft.codes, [field]: kept } };
}

/** What still lacks before the profile can be tried, in words. */
export function missingOf(draft: Mapping, known: Fields): string[] {
  const missing = Object.entries(known)
    .filter(([field, spec]) => spec.isRequired && !(field in draft.fields))
    .map(([, spec]) => spec.title);
  const isShort = draft.dates?.formats?.some((format) => /(^|[^Y])YY([^Y]|$)/.test(format));
  if (isShort && draft.dates?.pivotYear === undefined) missing.push('两位年份的分界年');
  return missing;
}

/** How many of the profile's columns the file has: all of them, and the profile fits. */
export function fitOf(fields: Readonly<Record<string, FieldSource>>, columns: readonly string[]) {
  const wanted = [...new Set(Object.values(fields).flatMap(columnsOf))];
  const present = new Set(columns.map((each) => each.trim()));
  const absent = wanted.filter((each) => !present.has(each.trim()));
  return { wanted: wanted.length, found: wanted.length - absent.length, absent };
}

/** The different values of a column in the first rows, blanks left out, at most 40. */
export function distinctCells(sample: Sample, column: string): string[] {
  const at = sample.columns.findIndex((each) => each.trim() === column.trim());
  if (at < 0) return [];
  return [...new Set(sample.rows.map((row) => (row.cells[at] ?? '').trim()))].filter(Boolean).slice(0, 40);
}

const shapes: readonly (readonly [DateFormat, RegExp])[] = [
  ['YYYY-MM-DD', /^\d{4}-\d{1,2}-\d{1,2}/],
  ['YYYY/M/D', /^\d{4}\/\d{1,2}\/\d{1,2}/],
  ['YYYY.M.D', /^\d{4}\.\d{1,2}\.\d{1,2}/],
  ['YYYYMMDD', /^\d{8}$/],
  ['YYYY年M月D日', /^\d{4}年/],
  ['D-MMM-YY', /^\d{1,2}-[A-Za-z]{3}-\d{2}$/],
  ['D-MMM-YYYY', /^\d{1,2}-[A-Za-z]{3}-\d{4}$/],
  ['M/D/YYYY', /^\d{1,2}\/\d{1,2}\/\d{4}$/],
];

/** The formats that the shown days are written in. Day before month cannot be told from month before day: a person chooses. */
export const guessFormats = (cells: readonly string[]): DateFormat[] =>
  shapes.filter(([, shape]) => cells.some((cell) => shape.test(cell))).map(([format]) => format);
