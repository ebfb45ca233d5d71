import { isAscii, isUtf8 } from 'node:buffer';
import type { SheetEncoding } from './row.ts';

/**
 * Which encoding do these first bytes of a file speak? Byte-order marks decide first, then zero bytes (UTF-16 without
 * a mark), then validity: UTF-8 before GB18030, because Chinese text in GBK is practically never valid UTF-8.
 * A text valid in neither gets the one in which more of its lines are valid. Pure ASCII answers 'utf-8'.
 */
export function detectEncoding(firstBytes: Uint8Array): SheetEncoding {
  const bytes = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8-bom';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = zerosByParity(bytes);
  if (zeros.odd > bytes.length / 8 && zeros.even === 0) return 'utf-16le';
  if (zeros.even > bytes.length / 8 && zeros.odd === 0) return 'utf-16be';
  if (isUtf8(withoutCutCharacter(bytes))) return 'utf-8';
  if (decodeGb18030(bytes, true) !== undefined) return 'gb18030';
  return moreValidLines(bytes);
}

/** Decodes GB18030 (of which GBK and GB2312 are parts); undefined when a byte sequence is none. */
export function decodeGb18030(bytes: Uint8Array, mayEndMidCharacter = false): string | undefined {
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes, { stream: mayEndMidCharacter });
  } catch {
    return undefined;
  }
}

/** The text of one line, what it was decoded by, and whether anything was lost. */
export function decodeLine(
  bytes: Buffer,
  encoding: 'utf-8' | 'gb18030',
): { text: string; fault?: 'other' | 'neither' } {
  if (isAscii(bytes)) return { text: bytes.toString('latin1') };
  const utf8 = isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  const chinese = encoding === 'gb18030' || utf8 === undefined ? decodeGb18030(bytes) : undefined;
  const [own, other] = encoding === 'utf-8' ? [utf8, chinese] : [chinese, utf8];
  if (own !== undefined) return { text: own };
  if (other !== undefined) return { text: other, fault: 'other' };
  return { text: new TextDecoder(encoding).decode(bytes), fault: 'neither' };
}

/** What people call the encoding. */
export const encodingTitle: Record<SheetEncoding, string> = {
  'utf-8': 'UTF-8',
  'utf-8-bom': 'UTF-8（带BOM）',
  gb18030: 'GBK/GB18030',
  'utf-16le': 'UTF-16LE',
  'utf-16be': 'UTF-16BE',
};

function zerosByParity(bytes: Buffer): { odd: number; even: number } {
  let odd = 0;
  let even = 0;
  for (let i = bytes.indexOf(0); i !== -1; i = bytes.indexOf(0, i + 1)) {
    if (i % 2 === 1) odd++;
    else even++;
  }
  return { odd, even };
}

/** Drops a UTF-8 sequence the sample's end cut in two: at most three bytes. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < needed ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}

function moreValidLines(bytes: Buffer): 'utf-8' | 'gb18030' {
  let utf8 = 0;
  let chinese = 0;
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(10, from);
    const end = at === -1 ? bytes.length : at;
    const line = bytes.subarray(from, end);
    if (!isAscii(line)) {
      if (isUtf8(line)) utf8++;
      else if (decodeGb18030(line) !== undefined) chinese++;
    }
    from = end + 1;
  }
  return chinese > utf8 ? 'gb18030' : 'utf-8';
}
