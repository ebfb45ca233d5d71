import type { Fen } from '../../kernel/money.ts';

const numerals = '零壹贰叁肆伍陆柒捌玖';
const places = ['', '拾', '佰', '仟'];

/**
 * The amount in words as bills and letters require (《正确填写票据和结算凭证的基本规定》): 「人民币」 in front, 整 after 元 or
 * 角 (where the rule leaves it open) and never after 分, one 零 for zeros between figures, 零 where 元 is followed by 分 without 角.
 * 1,020.50 元 → 人民币壹仟零贰拾元伍角整. Negative amounts begin 人民币负. Zero is 人民币零元整.
 * Throws RangeError at 10,000 万亿元 and above.
 */
export function capitalAmount(amount: Fen, options: { readonly prefix?: string } = {}): string {
  const prefix = options.prefix ?? '人民币';
  const size = amount < 0n ? -amount : amount;
  const whole = size / 100n;
  if (whole >= 10n ** 16n) throw new RangeError('金额超过大写的范围（万万亿元）');
  const tenths = Number((size / 10n) % 10n);
  const hundredths = Number(size % 10n);
  const sign = amount < 0n ? '负' : '';
  return `${prefix}${sign}${wholeInWords(whole)}${fractionInWords(whole, tenths, hundredths)}`;
}

function fractionInWords(whole: bigint, tenths: number, hundredths: number): string {
  if (tenths === 0 && hundredths === 0) return whole === 0n ? '零元整' : '整';
  if (tenths === 0) return `${whole === 0n ? '' : '零'}${numerals[hundredths]}分`;
  // The rule allows 元 to be followed by 角 directly even where the last figure of the 元 is zero; the shorter form is used.
  return `${numerals[tenths]}角${hundredths === 0 ? '整' : `${numerals[hundredths]}分`}`;
}

function wholeInWords(whole: bigint): string {
  if (whole === 0n) return '';
  let words = '';
  let zeroPending = false;
  const digits = whole.toString();
  for (let index = 0; index < digits.length; index++) {
    const place = digits.length - 1 - index;
    const digit = Number(digits[index]);
    if (digit === 0) zeroPending = true;
    else {
      if (zeroPending && words !== '') words += '零';
      zeroPending = false;
      words += numerals[digit]! + places[place % 4];
    }
    if (place % 4 === 0) words += groupName(digits, index, place / 4);
  }
  return `${words}元`;
}

/** The name of a group of four that has just ended: none for an empty group, except that 亿 must close 万亿. */
function groupName(digits: string, index: number, group: number): string {
  const own = /[1-9]/.test(digits.slice(Math.max(0, index - 3), index + 1));
  if (group === 2) return own || index > 3 ? '亿' : '';
  return own && group > 0 ? '万' : '';
}
