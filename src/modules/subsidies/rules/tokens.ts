import { literalPattern } from './units.ts';

/** Thrown by the parser with words for the person who enters the scheme; `at` counts characters from 1. */
export class FormulaError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(`第${at}个字符：${message}`);
    this.at = at;
  }
}

/** One word of a formula; `at` counts characters from 1. */
export type Token = { readonly kind: 'literal' | 'name' | 'mark' | 'end'; readonly text: string; readonly at: number };

const alike: Readonly<Record<string, string>> = {
  '*': '×',
  '/': '÷',
  '-': '−',
  '－': '−',
  '—': '−',
  '＋': '+',
  '（': '(',
  '）': ')',
  '，': ',',
  '［': '[',
  '］': ']',
  '＞': '>',
  '＜': '<',
  '＝': '=',
  '>=': '≥',
  '<=': '≤',
};
const namePattern = /[\p{Script=Han}A-Za-z_][\p{Script=Han}A-Za-z0-9_]*/uy;
const markPattern = />=|<=|[-+−—－＋×÷*/()（）,，[\]［］≥≤><=＞＜＝]/y;

/** Splits a formula into words; full-width and keyboard signs are read as the printed ones. Throws FormulaError on any other sign. */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at]!)) {
      at += 1;
      continue;
    }
    const found =
      read('literal', literalPattern, text, at) ??
      read('name', namePattern, text, at) ??
      read('mark', markPattern, text, at);
    if (!found) throw new FormulaError(`看不懂“${text[at]}”`, at + 1);
    tokens.push({ ...found, text: alike[found.text] ?? found.text });
    at += found.text.length;
  }
  return [...tokens, { kind: 'end', text: '', at: text.length + 1 }];
}

function read(kind: Token['kind'], pattern: RegExp, text: string, at: number): Token | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match ? { kind, text: match[0], at: at + 1 } : undefined;
}
