import { pinyin } from 'pinyin-pro';
import { normaliseName } from './names.ts';

/** Characters common in names whose readings begin with different letters: their words decide (银行 y-h, 重庆 c-q). */
const doubtful =
  /[重长行厦朝乐单曾传藏调盛解查翟盖省参系降校奇见区宿尉万莘堡埔泊便扁车贾石会仇朴覃尹乘弹什拓卜亳浒圩吓尺缪折种秘蔚阿咸沈铅叶隽召尧祭员劲强术南伯柏绿率露贲提]/;

const known = new Map<string, string>();
const readings = new Map<string, readonly string[]>();

/**
 * The first letters of a text's pinyin for a search column: 中融担保 → zrdb. Latin letters and figures stay, in lower
 * case; everything else is left out. With `surname` the text is a person's name and its surname is read as one (单 → s).
 * Deterministic, so that it can be recomputed. About a million names in a few seconds.
 */
export function initials(text: string, options: { readonly surname?: boolean } = {}): string {
  const plain = normaliseName(text);
  if (options.surname) return lettersOf(plain, 'head');
  if (doubtful.test(plain)) return lettersOf(plain, 'off');
  let letters = '';
  for (const character of plain) letters += initialOf(character);
  return letters;
}

/** Every way the initials may read, the likeliest first, at most eight: for matching what somebody typed. */
export function initialsVariants(text: string): string[] {
  let variants = [''];
  for (const character of normaliseName(text)) {
    const letters = readingsOf(character);
    if (letters.length > 0) variants = variants.flatMap((each) => letters.map((letter) => each + letter)).slice(0, 64);
  }
  return [...new Set([initials(text), ...variants])].filter((each) => each !== '').slice(0, 8);
}

/** Does what was typed (any case, full width, blanks) begin the stored initials? Nothing typed matches everything. */
export const initialsMatch = (stored: string, typed: string): boolean =>
  stored.startsWith(normaliseName(typed).toLowerCase());

function lettersOf(text: string, surname: 'head' | 'off'): string {
  const all = pinyin(text, { pattern: 'first', toneType: 'none', type: 'array', surname });
  return all.map((each) => (/^[a-z0-9]$/i.test(each) ? each.toLowerCase() : latinOf(each))).join('');
}

function initialOf(character: string): string {
  let letter = known.get(character);
  if (letter === undefined) {
    letter = lettersOf(character, 'off');
    known.set(character, letter);
  }
  return letter;
}

function readingsOf(character: string): readonly string[] {
  let letters = readings.get(character);
  if (letters === undefined) {
    const all = pinyin(character, { pattern: 'first', toneType: 'none', type: 'array', multiple: true });
    letters = [...new Set([initialOf(character), ...all.map((each) => latinOf(each))])].filter((each) => each !== '');
    readings.set(character, letters);
  }
  return letters;
}

const latinOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
