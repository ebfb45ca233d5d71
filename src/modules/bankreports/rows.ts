import { type Day, parseDay } from '../../kernel/day.ts';
import { type Fen, fen, parseMoney } from '../../kernel/money.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { type LineStatus, lineStatusTitles, statusCodes, templateColumns } from './contract.ts';
import { checkLine, type Line } from './rules.ts';

/** One row as handed in: a sound line, or the reasons why it is none. `text` is what the content hash covers. */
export type ParsedRow = {
  readonly line: number;
  readonly contractNo: string | null;
  readonly guarantorCode: string | null;
  readonly parsed: Line | undefined;
  readonly problems: readonly Refusal[];
  readonly text: string;
};

type Key = (typeof templateColumns)[number]['key'];
/** Where each column of the template stands in a file. */
export type Header = ReadonlyMap<Key, number>;

/** Finds the template's columns in a header row. Refusals name what is missing; other columns are left alone. */
export function readHeader(cells: readonly string[]): { header: Header; refusals: Refusal[] } {
  const clean = (text: string) => text.replace(/[\s*（(].*$/, '').trim();
  const titles = cells.map(clean);
  const header = new Map<Key, number>();
  const refusals: Refusal[] = [];
  for (const { key, title, isRequired } of templateColumns) {
    const at = titles.indexOf(title);
    if (at >= 0 && titles.indexOf(title, at + 1) >= 0)
      refusals.push({ code: 'column-twice', field: title, message: `表头有两个“${title}”列，请删去一个` });
    if (at >= 0) header.set(key, at);
    else if (isRequired)
      refusals.push({ code: 'column-missing', field: title, message: `表头缺少“${title}”列：请用本页下载的模板` });
  }
  return { header, refusals };
}

const statusOf = (text: string): LineStatus | undefined => {
  const given = text.trim().replace(/^(\d+)\s*[^\d\s]*$/, '$1');
  for (const [status, code] of Object.entries(statusCodes))
    if (given === code || text.trim() === lineStatusTitles[status as LineStatus]) return status as LineStatus;
  return undefined;
};

/**
 * Reads one row of a file. A row of another business day is refused: that is how yesterday's file is known. A shifted column shows as
 * amounts that are no amounts and codes that are no codes, each named with what stands there.
 */
export function readRow(line: number, cells: readonly string[], header: Header, businessDay: Day): ParsedRow {
  const problems: Refusal[] = [];
  const cell = (key: Key): string => (cells[header.get(key) ?? -1] ?? '').trim();
  const titleOf = (key: Key) => templateColumns.find((column) => column.key === key)!.title;
  const refuse = (code: string, key: Key, message: string) => problems.push({ code, field: titleOf(key), message });
  const money = (key: Key): Fen => {
    const text = cell(key).replace(/,/g, '');
    if (text === '') {
      refuse('amount-missing', key, `“${titleOf(key)}”为空：没有发生请填 0`);
      return fen(0n);
    }
    const amount = parseMoney(text, '元');
    if (amount !== undefined) return amount;
    refuse(
      'amount-malformed',
      key,
      `“${titleOf(key)}”不是金额：${text.slice(0, 30)}（单位元，最多两位小数；请核对列是否错位）`,
    );
    return fen(0n);
  };
  const dayText = cell('businessDay').slice(0, 10);
  const day = parseDay(dayText);
  if (day === undefined)
    refuse('day-malformed', 'businessDay', `“业务日”不是日期：${dayText.slice(0, 30)}（须为 YYYY-MM-DD）`);
  else if (day !== businessDay)
    refuse('other-day', 'businessDay', `该行业务日为 ${day}，本次报送 ${businessDay}：请勿重复报送其他日期的文件`);
  const contractNo = cell('contractNo');
  if (contractNo === '') refuse('contract-missing', 'contractNo', '保证合同号为空');
  const status = statusOf(cell('status'));
  if (!status)
    refuse(
      'status-unknown',
      'status',
      `没有状态代码“${cell('status').slice(0, 20)}”：10正常 11放款 12还款 20逾期 30展期 40结清`,
    );
  const daysText = cell('overdueDays');
  if (!/^\d{1,5}$/.test(daysText))
    refuse('days-malformed', 'overdueDays', `“逾期天数”须为整数，没有逾期填 0：${daysText.slice(0, 20)}`);
  const dueText = cell('dueOn').slice(0, 10);
  const dueOn = dueText === '' ? undefined : parseDay(dueText);
  if (dueText !== '' && dueOn === undefined)
    refuse('day-malformed', 'dueOn', `“展期到期日”不是日期：${dueText.slice(0, 30)}`);
  const amounts = {
    disbursed: money('disbursed'),
    repaid: money('repaid'),
    overdueAmount: money('overdueAmount'),
    balance: money('balance'),
  };
  const parsed =
    problems.length === 0 ? { status: status!, overdueDays: Number(daysText), dueOn, ...amounts } : undefined;
  return {
    line,
    contractNo: contractNo === '' ? null : contractNo.slice(0, 100),
    guarantorCode: cell('guarantorCode') || null,
    parsed,
    problems: parsed ? checkLine(parsed).map((each) => ({ ...each, field: titleOf(each.field as Key) })) : problems,
    text: cells.join('\t'),
  };
}
