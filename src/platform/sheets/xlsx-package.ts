import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import yauzl from 'yauzl';
import { Refused } from '../../kernel/refusal.ts';
import { refuseFile, type SheetLimits } from './row.ts';

/** An opened workbook package. `part` streams one entry; undefined when the package has none of that name. */
export type XlsxPackage = {
  readonly names: readonly string[];
  readonly part: (name: string) => Promise<{ readonly stream: Readable; readonly bytes: number } | undefined>;
  readonly close: () => void;
};

const foreignStarts = ['%PDF', '\x89PNG', '\xff\xd8\xff', 'Rar!', '7z\xbc\xaf', '\x1f\x8b', 'GIF8'];

/**
 * Is this file a ZIP (so perhaps XLSX), an OLE compound file (.xls, or XLSX under a password), something that is
 * no table at all (a picture, a PDF, an archive, a web page named .xls), or else, by elimination, text?
 */
export async function sniffContainer(path: string): Promise<'zip' | 'xls' | 'encrypted' | 'foreign' | 'text'> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(1 << 20);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const bytes = head.subarray(0, bytesRead);
    if (bytesRead >= 4 && bytes.readUInt32BE(0) === 0x504b0304) return 'zip';
    if (bytesRead >= 4 && bytes.readUInt32BE(0) === 0x504b0506) return 'zip';
    const start = bytes.toString('latin1', 0, 512);
    if (foreignStarts.some((each) => start.startsWith(each)) || /^\W*<(!doctype|html|table|\?xml)/i.test(start)) {
      return 'foreign';
    }
    if (bytesRead < 8 || bytes.readUInt32BE(0) !== 0xd0cf11e0) return 'text';
    return bytes.includes(Buffer.from('EncryptedPackage', 'utf16le')) ? 'encrypted' : 'xls';
  } finally {
    await file.close();
  }
}

/** Opens a workbook. Refused when it is no XLSX, is encrypted, damaged, or built to exhaust the reader (压缩炸弹). */
export async function openPackage(path: string, limits: SheetLimits): Promise<XlsxPackage> {
  const kind = await sniffContainer(path);
  if (kind === 'encrypted') throw refuseFile('xlsx-encrypted', '工作簿已加密码：请取消密码后另存为XLSX再报送');
  if (kind === 'xls') throw refuseFile('xlsx-old-format', '这是旧版XLS格式：请用“另存为”改成XLSX或CSV再报送');
  if (kind !== 'zip') throw refuseFile('xlsx-not-zip', '文件不是XLSX工作簿：请确认没有只改了扩展名');
  const zip = await yauzl.openPromise(path, { autoClose: false }).catch(broken);
  try {
    const entries = await listEntries(zip, limits);
    if (!entries.has('xl/workbook.xml')) {
      throw refuseFile('xlsx-no-workbook', '压缩包里没有XLSX工作簿（xl/workbook.xml）：请用表格软件另存为XLSX');
    }
    const part: XlsxPackage['part'] = async (name) => {
      const entry = entries.get(name);
      if (!entry) return undefined;
      return { stream: await zip.openReadStreamPromise(entry).catch(broken), bytes: entry.uncompressedSize };
    };
    return { names: [...entries.keys()], part, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error instanceof Refused ? error : broken(error);
  }
}

async function listEntries(zip: yauzl.ZipFile, limits: SheetLimits): Promise<Map<string, yauzl.Entry>> {
  const bomb = (why: string): Refused =>
    refuseFile('xlsx-bomb', `工作簿${why}，疑为压缩炸弹，未予读取：请重新导出，数据量大时改用CSV`);
  if (zip.entryCount > limits.maxEntries) throw bomb(`内含${zip.entryCount}个部件，超过${limits.maxEntries}个`);
  const entries = new Map<string, yauzl.Entry>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw broken(new Error('duplicate entry'));
    if (entry.isEncrypted()) throw refuseFile('xlsx-encrypted', '工作簿已加密码：请取消密码后另存为XLSX再报送');
    total += entry.uncompressedSize;
    if (total > limits.maxUnpackedBytes) throw bomb(`展开后超过${Math.round(limits.maxUnpackedBytes / 2 ** 20)}MB`);
    const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    if (entry.uncompressedSize > 10_000_000 && ratio > limits.maxRatio) throw bomb(`压缩比达${Math.round(ratio)}倍`);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

/** Whatever goes wrong inside a package means one thing to its sender. */
export function broken(cause: unknown): never {
  if (cause instanceof Refused) throw cause;
  const refused = refuseFile('xlsx-broken', '工作簿已损坏，无法读完：请用表格软件打开并另存为XLSX后重新报送');
  refused.cause = cause;
  throw refused;
}

export type XmlHandlers = {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>, selfClosing: boolean) => void;
  readonly close: (name: string) => void;
  readonly text?: (text: string) => void;
};

/** The most XML text that may pass without a single tag: beyond it somebody is trying to fill the memory. */
const maxSilentChars = 4 << 20;

/**
 * Feeds a part through the XML parser, yielding after each chunk so that the caller can hand on what it collected.
 * Names lose their prefix. A document type is refused: no entity is ever resolved.
 */
export async function* parseXml(stream: Readable, handlers: XmlHandlers): AsyncGenerator<number> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let silent = 0;
  let bytes = 0;
  parser.on('opentag', (tag) => {
    silent = 0;
    handlers.open(withoutPrefix(tag.name), tag.attributes, tag.isSelfClosing);
  });
  parser.on('closetag', (tag) => handlers.close(withoutPrefix(tag.name)));
  if (handlers.text) parser.on('text', handlers.text);
  parser.on('doctype', () => {
    throw refuseFile('xlsx-doctype', '工作簿内含文档类型声明（DOCTYPE），不予读取：请用表格软件另存为XLSX');
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of stream) {
      const text = decoder.decode(chunk as Buffer, { stream: true });
      silent += text.length;
      parser.write(text);
      if (silent > maxSilentChars) throw refuseFile('xlsx-bomb', '工作簿内有超长内容，疑为恶意构造，未予读取');
      bytes += (chunk as Buffer).length;
      yield bytes;
    }
    parser.close();
  } catch (error) {
    broken(error);
  } finally {
    stream.destroy();
  }
  yield bytes;
}

/** Reads a small part to its end. */
export async function readXml(found: { readonly stream: Readable } | undefined, handlers: XmlHandlers): Promise<void> {
  if (!found) return;
  for await (const _ of parseXml(found.stream, handlers));
}

function withoutPrefix(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}
