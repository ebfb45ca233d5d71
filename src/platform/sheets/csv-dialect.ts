import { isAscii } from 'node:buffer';
import { decodeGb18030, detectEncoding } from './encoding.ts';
import type { SheetEncoding } from './row.ts';

/** How a CSV file is written. `ascii`: the sample held nothing that tells UTF-8 from GB18030, so decide later. */
export type CsvDialect = {
  readonly encoding: SheetEncoding;
  readonly delimiter: string;
  readonly newline: '\n' | '\r\n' | '\r';
  readonly ascii: boolean;
};

const candidates = [',', '\t', ';', '|'];

/** Reads the dialect off the first bytes; what is given wins over what is found. */
export function detectDialect(
  sample: Buffer,
  given: { encoding?: SheetEncoding; delimiter?: string } = {},
): CsvDialect {
  const encoding = given.encoding ?? detectEncoding(sample);
  const text = decodeSample(sample, encoding);
  const newline = detectNewline(text);
  const delimiter = given.delimiter ?? detectDelimiter(text.split(newline).slice(0, 20));
  return { encoding, delimiter, newline, ascii: given.encoding === undefined && isAscii(sample) };
}

function decodeSample(sample: Buffer, encoding: SheetEncoding): string {
  if (encoding === 'gb18030') return decodeGb18030(sample, true) ?? sample.toString('latin1');
  return new TextDecoder(encoding === 'utf-8-bom' ? 'utf-8' : encoding).decode(sample);
}

function detectNewline(text: string): CsvDialect['newline'] {
  const feed = text.indexOf('\n');
  if (feed !== -1) return text[feed - 1] === '\r' ? '\r\n' : '\n';
  return text.includes('\r') ? '\r' : '\n';
}

/** The candidate that most of the first lines hold equally often, outside quotes; a comma when nothing speaks. */
function detectDelimiter(lines: readonly string[]): string {
  const plain = lines.filter((line) => line.trim() !== '').map((line) => line.replace(/"[^"]*"/g, ''));
  let best = ',';
  let bestScore = 0;
  for (const candidate of candidates) {
    const counts = plain.map((line) => line.split(candidate).length - 1).filter((count) => count > 0);
    const tally = new Map<number, number>();
    for (const count of counts) tally.set(count, (tally.get(count) ?? 0) + 1);
    const [usual = 0, lineCount = 0] = [...tally].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
    const score = lineCount * 1000 + usual;
    if (score > bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}
