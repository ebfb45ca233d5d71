import { type Day, parseDay, showDay } from '../../kernel/day.ts';
import { type Fen, parseMoney, showMoney } from '../../kernel/money.ts';
import { parseRatio, showPercent } from '../../kernel/ratio.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { GroupRows, TemplateScan, Values } from '../../platform/docx/index.ts';
import { capitalAmount } from '../../platform/text/index.ts';
import { type Field, inWords, type Kind, namesWithWords, type ownFields, usableFields } from './contract/kinds.ts';

/** What a template asks for that is not right for papers of its kind, each by name. */
export function checkTemplate(kind: Kind, scan: TemplateScan): Refusal[] {
  const usable = usableFields(kind);
  const refusals: Refusal[] = scan.problems.map((message) => ({ code: 'template-marks', field: 'file', message }));
  const unknown = scan.fields.filter((name) => !usable.has(name));
  if (unknown.length > 0)
    refusals.push({
      code: 'template-field-unknown',
      field: 'file',
      message: `${kind.title}没有这些字段：${unknown.join('、')}；可用：${[...usable].join('、')}`,
    });
  for (const [group, names] of Object.entries(scan.groups)) {
    const own = kind.rows[group];
    if (!own) {
      refusals.push({ code: 'template-group-unknown', field: 'file', message: `${kind.title}没有重复段「${group}」` });
      continue;
    }
    const known = new Set([...namesWithWords(own), ...usable]);
    const wrong = names.filter((name) => !known.has(name));
    if (wrong.length > 0)
      refusals.push({
        code: 'template-field-unknown',
        field: 'file',
        message: `重复段「${group}」没有这些字段：${wrong.join('、')}`,
      });
  }
  return refusals;
}

/** Values as they are printed, and what stands in the way of printing them. */
export type Printed = { readonly values: Values; readonly rows: GroupRows; readonly refusals: readonly Refusal[] };

/**
 * Turns fields as given (元, YYYY-MM-DD, '0.008') into what is printed, with each amount in words. Refused by name: fields no such
 * paper knows, values that are none of their type, and fields the template uses that nobody gave.
 */
export function printValues(
  kind: Kind,
  scan: TemplateScan,
  given: Values,
  givenRows: GroupRows,
  own: Readonly<Record<(typeof ownFields)[number], string>>,
): Printed {
  const refusals: Refusal[] = [];
  const values = { ...printOnes(kind.fields, given, '', refusals), ...own };
  const missing = scan.fields.filter((name) => !(name in values));
  const groups = Object.entries(scan.groups).map(([group, names]): [string, Values[]] => {
    const fields = kind.rows[group] ?? {};
    const rows = (givenRows[group] ?? []).map((row, index) =>
      printOnes(fields, row, `${group}第${index + 1}行的`, refusals),
    );
    for (const [index, row] of rows.entries())
      missing.push(
        ...names
          .filter((name) => !(name in row) && !(name in values))
          .map((name) => `${group}第${index + 1}行的${name}`),
      );
    return [group, rows];
  });
  const strange = Object.keys(givenRows).filter((group) => !(group in kind.rows));
  if (strange.length > 0)
    refusals.push({ code: 'group-unknown', message: `${kind.title}没有重复段：${strange.join('、')}` });
  if (missing.length > 0)
    refusals.push({
      code: 'field-missing',
      ...(missing[0] ? { field: missing[0] } : {}),
      message: `${kind.title}缺少：${[...new Set(missing)].join('、')}。请先在业务中填写，再制作文书`,
    });
  return { values, rows: Object.fromEntries(groups), refusals };
}

function printOnes(fields: Readonly<Record<string, Field>>, given: Values, where: string, refusals: Refusal[]): Values {
  const printed: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = fields[name];
    if (!field) {
      refusals.push({ code: 'field-unknown', field: name, message: `没有「${where}${name}」这个字段` });
      continue;
    }
    if (value.trim() === '') continue;
    const text = printOne(field, value);
    if (text === undefined)
      refusals.push({
        code: 'field-malformed',
        field: name,
        message: `「${where}${name}」的值「${value}」${wanted[field.type]}`,
      });
    else
      Object.assign(
        printed,
        { [name]: text },
        field.type === 'money' ? { [inWords(name)]: capitalAmount(amountOf(value)) } : {},
      );
  }
  return printed;
}

const wanted = {
  money: '不是金额（元，最多两位小数）',
  day: '不是日期（YYYY-MM-DD）',
  ratio: '不是比例（小数）',
  text: '过长（2000 字以内）',
};
const amountOf = (value: string): Fen => parseMoney(value, '元') ?? (0n as Fen);

function printOne({ type }: Field, value: string): string | undefined {
  if (type === 'text') return value.length <= 2000 ? value : undefined;
  if (type === 'day') return parseDay(value) && showDay(value as Day);
  if (type === 'ratio') {
    const ratio = parseRatio(value);
    return ratio && showPercent(ratio);
  }
  const amount = parseMoney(value, '元');
  return amount === undefined ? undefined : showMoney(amount, '元');
}

/** Sample values for a preview. */
export function sampleValues(kind: Kind): { fields: Values; rows: GroupRows } {
  const of = (fields: Readonly<Record<string, Field>>) =>
    Object.fromEntries(Object.entries(fields).map(([name, { sample }]) => [name, sample]));
  return {
    fields: of(kind.fields),
    rows: Object.fromEntries(Object.entries(kind.rows).map(([name, fields]) => [name, [of(fields), of(fields)]])),
  };
}
