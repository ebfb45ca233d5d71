import { type ComparedField, fieldTitles } from '../contract.ts';
import type { Guess } from './guess.ts';
import { isMoney, showValue } from './record.ts';

/** 录入差: names the slip where their value shows a pattern; a plain difference is one, too. */
export function entryMistake(
  field: ComparedField,
  ours: bigint | number | string | null,
  theirs: bigint | number | string | null,
): Guess {
  const reason =
    (isMoney(field) && typeof ours === 'bigint' && typeof theirs === 'bigint' && moneySlip(ours, theirs)) ||
    (field.endsWith('_on') && daySlip(String(ours), String(theirs))) ||
    (field === 'county' && countySlip(String(ours), String(theirs))) ||
    `${fieldTitles[field]}两边不同，无法由时间或口径解释`;
  const evidence = [
    { name: '我方', value: showValue(ours as never) ?? '—' },
    { name: '对方', value: showValue(theirs as never) ?? '—' },
  ];
  return { cause: 'entry', reason, evidence };
}

const scales = [
  [10_000n, '一万倍', '元与万元'],
  [100n, '一百倍', '元与分'],
  [10n, '十倍', '多一位或少一位'],
  [1000n, '一千倍', '千位'],
] as const;

function moneySlip(ours: bigint, theirs: bigint): string | undefined {
  if (ours === -theirs) return '金额相同而正负号相反';
  for (const [scale, title, hint] of ours === 0n || theirs === 0n ? [] : scales) {
    if (theirs === ours * scale) return `对方是我方的${title}，疑为${hint}混淆`;
    if (ours === theirs * scale) return `我方是对方的${title}，疑为${hint}混淆`;
  }
  return digitSlip(String(ours), String(theirs));
}

/** Two digits changed places, or one digit differs. */
function digitSlip(a: string, b: string): string | undefined {
  if (a.length !== b.length) return undefined;
  const at = [...a].flatMap((digit, index) => (digit === b[index] ? [] : [index]));
  const [i, j] = at;
  if (at.length === 2 && a[i!] === b[j!] && a[j!] === b[i!]) return `数字颠倒：${a[i!]} 与 ${a[j!]} 换了位置`;
  if (at.length === 1) return `有一位数字不同：${a[i!]} 与 ${b[i!]}`;
  return undefined;
}

function daySlip(ours: string, theirs: string): string | undefined {
  if (
    ours.slice(0, 4) === theirs.slice(0, 4) &&
    ours.slice(5, 7) === theirs.slice(8) &&
    ours.slice(8) === theirs.slice(5, 7)
  )
    return '月与日颠倒';
  return digitSlip(ours, theirs)?.replace('数字', '日期数字');
}

function countySlip(ours: string, theirs: string): string {
  return ours.slice(0, 4) === theirs.slice(0, 4) ? '县区不同（同一市内）' : '县区不同（不在同一市）';
}
