import { chineseNumber } from '../text/index.ts';
import type { DocxParts } from './package.ts';
import { attributeOf, childOf, elementsOf, parseXml, type XmlElement } from './xml.ts';

type Level = { readonly start: number; readonly format: string; readonly text: string };

/** Gives each numbered paragraph its number, in the order asked: 第一条, 1.2, (三). '' for an unknown list. */
export type Numbering = (list: { readonly id: string; readonly level: number }) => string;

/** Reads the lists of a document. The counters are this call's own. */
export function readNumbering(parts: DocxParts): Numbering {
  const part = parts.get('word/numbering.xml');
  const root = part && elementsOf(parseXml(part.toString()), 'w:numbering')[0];
  const abstract = new Map(
    elementsOf(root?.children ?? [], 'w:abstractNum').map((each) => [
      attributeOf(each, 'w:abstractNumId'),
      levelsOf(each),
    ]),
  );
  const lists = new Map(
    elementsOf(root?.children ?? [], 'w:num').map((each) => [
      attributeOf(each, 'w:numId'),
      attributeOf(childOf(each, 'w:abstractNumId'), 'w:val'),
    ]),
  );
  const counters = new Map<string, number[]>();
  return ({ id, level }) => {
    const of = lists.get(id);
    const levels = of === undefined ? undefined : abstract.get(of);
    const own = levels?.get(level);
    if (of === undefined || !levels || !own) return '';
    const counts = counters.get(of) ?? [];
    counts[level] = (counts[level] ?? own.start - 1) + 1;
    counts.length = level + 1;
    counters.set(of, counts);
    if (own.format === 'bullet') return '• ';
    const text = own.text.replace(/%(\d)/g, (_, at) => {
      const which = levels.get(Number(at) - 1);
      return which ? formatted(counts[Number(at) - 1] ?? which.start, which.format) : '';
    });
    return `${text}${/[、）)．]$/.test(text) ? '' : ' '}`;
  };
}

const levelsOf = (abstract: XmlElement): Map<number, Level> =>
  new Map(
    elementsOf(abstract, 'w:lvl').map((level) => [
      Number(attributeOf(level, 'w:ilvl') ?? 0),
      {
        start: Number(attributeOf(childOf(level, 'w:start'), 'w:val') ?? 1),
        format: attributeOf(childOf(level, 'w:numFmt'), 'w:val') ?? 'decimal',
        text: attributeOf(childOf(level, 'w:lvlText'), 'w:val') ?? '',
      },
    ]),
  );

const romans: readonly (readonly [number, string])[] = [
  ...([
    [1000, 'm'],
    [900, 'cm'],
    [500, 'd'],
    [400, 'cd'],
    [100, 'c'],
    [90, 'xc'],
    [50, 'l'],
  ] as const),
  ...([
    [40, 'xl'],
    [10, 'x'],
    [9, 'ix'],
    [5, 'v'],
    [4, 'iv'],
    [1, 'i'],
  ] as const),
];

function formatted(value: number, format: string): string {
  if (/chinese|japanese|taiwanese|ideographTraditional/i.test(format) && value >= 0 && value <= 9999)
    return chineseNumber(value);
  if (/Letter$/.test(format)) {
    const letter = String.fromCharCode(97 + ((value - 1) % 26)).repeat(Math.ceil(value / 26));
    return format.startsWith('upper') ? letter.toUpperCase() : letter;
  }
  if (/Roman$/.test(format)) {
    const text = roman(value);
    return format.startsWith('upper') ? text.toUpperCase() : text;
  }
  if (format === 'decimalEnclosedCircle' && value >= 1 && value <= 20) return String.fromCodePoint(0x245f + value);
  return format === 'none' ? '' : String(value);
}

function roman(value: number): string {
  let rest = value;
  let text = '';
  for (const [size, sign] of romans) {
    for (; rest >= size; rest -= size) text += sign;
  }
  return text;
}
