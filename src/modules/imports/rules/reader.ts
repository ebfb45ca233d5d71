import type { Day } from '../../../kernel/day.ts';
import type { Fen, MoneyUnit } from '../../../kernel/money.ts';
import type { FieldSource, FieldSpec, ImportProfile } from '../contract.ts';
import { dayReader, type Read, readInteger, readMoney, readRate } from './parse.ts';
import type { Reasons } from './reason.ts';

/** What stands in one field of a row; undefined where the field is not mapped or blank. */
export type FieldValue = string | number | Fen | undefined;
/** The fields of one row, read but not judged. */
export type Values = Readonly<Record<string, FieldValue>>;

type Column = {
  readonly field: string;
  readonly spec: FieldSpec;
  readonly at: readonly number[];
  readonly fixed: string | undefined;
  readonly whenBlank: string | undefined;
  readonly codes: Readonly<Record<string, string>> | undefined;
  readonly title: string;
  readonly unit: MoneyUnit;
};

/** 100 亿元: what is larger is a wrong unit. A guard, not a rule of law. */
export const absurdAmount = 1_000_000_000_000n;

/** Turns cells into fields as a profile says. */
export type RowReader = {
  read(cells: readonly string[], reasons: Reasons): Values;
  /** The column titles of the profile that the file does not have. */
  readonly missing: readonly string[];
  /** The source column of a field, as people know it. */
  titleOf(field: string): string | undefined;
};

/** What of a profile reading needs: any profile of such a shape will do. */
export type ReaderProfile = Pick<ImportProfile, 'fields' | 'dates' | 'amounts' | 'codes'>;

/** Prepares a profile for a file with these column titles; `specs` are the fields it may fill. */
export function rowReader(
  profile: ReaderProfile,
  header: readonly string[],
  specs: Readonly<Record<string, FieldSpec>>,
): RowReader {
  const positions = new Map<string, number>();
  header.forEach((title, index) => {
    const name = title.trim();
    if (!positions.has(name)) positions.set(name, index);
  });
  const missing: string[] = [];
  // In the order of the field list, whatever order the profile was stored in.
  const columns = Object.entries(specs).flatMap(([field, spec]) => {
    const source = profile.fields[field];
    return source === undefined ? [] : [columnOf(profile, field, source, spec, positions, missing)];
  });
  const titles = new Map(columns.map((each) => [each.field, each.title]));
  const readDay = dayReader(profile.dates.formats, profile.dates.pivotYear);
  return {
    missing,
    titleOf: (field) => titles.get(field),
    read: (cells, reasons) => {
      const values: Record<string, FieldValue> = {};
      for (const column of columns) {
        const text = textOf(column, cells);
        if (text !== '') values[column.field] = fieldValue(column, text, readDay, reasons);
        else if (column.spec.isRequired) {
          reasons.complete(
            'required',
            column.field,
            `缺少${column.spec.title}`,
            `请在“${column.title}”列补填后重送本行`,
          );
        }
      }
      return values;
    },
  };
}

function columnOf(
  profile: ReaderProfile,
  field: string,
  source: FieldSource,
  spec: FieldSpec,
  positions: ReadonlyMap<string, number>,
  missing: string[],
): Column {
  const full = typeof source === 'string' ? { column: source } : source;
  const common = { field, spec, unit: profile.amounts.unit, codes: profile.codes[field] };
  if ('value' in full)
    return { ...common, at: [], fixed: full.value, whenBlank: undefined, title: `固定值 ${full.value}` };
  const names = typeof full.column === 'string' ? [full.column] : full.column;
  const at = names.flatMap((name) => {
    const found = positions.get(name.trim());
    if (found === undefined) missing.push(name);
    return found === undefined ? [] : [found];
  });
  const settings = full as Exclude<FieldSource, string | { value: string }>;
  return {
    ...common,
    at,
    fixed: undefined,
    whenBlank: settings.whenBlank,
    title: names.join('、'),
    unit: settings.unit ?? profile.amounts.unit,
    codes: profile.codes[settings.codes ?? field],
  };
}

function textOf(column: Column, cells: readonly string[]): string {
  if (column.fixed !== undefined) return column.fixed;
  let text = '';
  for (const at of column.at) {
    text = (cells[at] ?? '').trim();
    if (text !== '') break;
  }
  if (column.codes) text = column.codes[text] ?? text;
  return text === '' ? (column.whenBlank ?? '') : text;
}

function fieldValue(column: Column, text: string, readDay: (text: string) => Read<Day>, reasons: Reasons): FieldValue {
  switch (column.spec.type) {
    case 'money':
      return moneyOf(column, text, reasons);
    case 'day':
      return take(column, text, readDay(text), reasons);
    case 'integer':
      return take(column, text, readInteger(text), reasons);
    case 'rate':
      return take(column, text, readRate(text), reasons);
    default:
      return text;
  }
}

function moneyOf(column: Column, text: string, reasons: Reasons): Fen | undefined {
  const value = take(column, text, readMoney(text, column.unit), reasons);
  if (value === undefined) return undefined;
  const { field, spec } = column;
  if (value < 0n) {
    reasons.refuse('amount-negative', field, `${spec.title}为负：${text}`, '冲减请用相反的变动类型，金额一律填正数');
    return undefined;
  }
  if (value > absurdAmount) {
    reasons.refuse(
      'amount-absurd',
      field,
      `${spec.title}超过100亿元：${text}${column.unit}`,
      '请核对金额单位（元或万元）与小数点',
    );
    return undefined;
  }
  return value;
}

const faults: Readonly<Record<string, { message: string; remedy: string }>> = {
  'date-impossible': { message: '日历上没有这一天', remedy: '请更正日期（如2月31日）' },
  'date-two-digit-year': {
    message: '年份只有两位',
    remedy: '请写四位年份，或在映射中加入两位年份格式并写明分界年',
  },
  'date-format': { message: '不是映射所列的日期格式', remedy: '请改用映射所列格式，或在映射中补充此格式' },
  'amount-format': { message: '不是金额', remedy: '请只填数字，不写“元”“约”等文字' },
  'amount-finer-than-fen': { message: '金额细于一分', remedy: '请核对金额单位；系统不代为四舍五入' },
  'rate-format': { message: '不是0至1之间的比例', remedy: '请填小数（0.8）或百分数（80%）' },
  'integer-format': { message: '不是不小于零的整数', remedy: '请填整数' },
};

function take<T>(column: Column, text: string, read: Read<T>, reasons: Reasons): T | undefined {
  if ('value' in read) return read.value;
  const fault = faults[read.fault]!;
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  reasons.refuse(read.fault, column.field, `${column.spec.title}“${shown}”${fault.message}`, fault.remedy);
  return undefined;
}
