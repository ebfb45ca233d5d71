import { open } from 'node:fs/promises';
import yauzl from 'yauzl';
import { Refused } from '../../kernel/refusal.ts';
import { holdsTestVirus, virusFound } from './test-virus.ts';

/** What may be taken in. */
export type FileType = 'pdf' | 'jpeg' | 'png' | 'docx' | 'xlsx' | 'ofd';

/** What people call each type. */
export const typeTitles: Readonly<Record<FileType, string>> = {
  pdf: 'PDF',
  jpeg: 'JPEG 图片',
  png: 'PNG 图片',
  docx: 'Word 文档（DOCX）',
  xlsx: 'Excel 工作簿（XLSX）',
  ofd: 'OFD 版式文件',
};

const word = 'application/vnd.openxmlformats-officedocument';
/** The media type of each, for downloads. */
export const mediaTypes: Readonly<Record<FileType, string>> = {
  pdf: 'application/pdf',
  jpeg: 'image/jpeg',
  png: 'image/png',
  docx: `${word}.wordprocessingml.document`,
  xlsx: `${word}.spreadsheetml.sheet`,
  ofd: 'application/ofd',
};

const extensions: Readonly<Record<string, FileType>> = {
  ...{ pdf: 'pdf', jpg: 'jpeg', jpeg: 'jpeg', png: 'png', docx: 'docx', xlsx: 'xlsx', ofd: 'ofd' },
};

/** What the name says the file is; undefined when it says nothing that may be taken in. */
export const typeByName = (name: string): FileType | undefined =>
  extensions[/\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? ''];

/** The first bytes by which a file gives itself away, in hex. Office files and OFD are ZIPs and are looked into. */
const beginnings: readonly (readonly [hex: string, type: FileType | { readonly foreign: string }])[] = [
  ['255044462d', 'pdf'],
  ['ffd8ff', 'jpeg'],
  ['89504e470d0a1a0a', 'png'],
  ['d0cf11e0a1b11ae1', { foreign: '旧版 Office 文件（DOC、XLS）或加密的 Office 文件' }],
  ['526172211a07', { foreign: 'RAR 压缩包' }],
  ['377abcaf271c', { foreign: '7Z 压缩包' }],
  ['1f8b', { foreign: 'GZIP 压缩包' }],
  ['47494638', { foreign: 'GIF 图片' }],
  ['424d', { foreign: 'BMP 图片' }],
  ['52494646', { foreign: '音像文件或 WEBP 图片' }],
  ['49492a00', { foreign: 'TIFF 图片' }],
  ['4d4d002a', { foreign: 'TIFF 图片' }],
  ['4d5a', { foreign: 'Windows 程序' }],
  ['7f454c46', { foreign: 'Linux 程序' }],
  ['2321', { foreign: '脚本程序' }],
];

/**
 * What the file on disk really is, by its content. Refused (naming what it is) when it is nothing that may be taken in, an office
 * file with macros or under a password, a package built to exhaust its reader, or carries the test virus in one of its parts.
 */
export async function typeOfFile(path: string): Promise<FileType> {
  const head = Buffer.alloc(1024);
  const file = await open(path);
  const { bytesRead } = await file.read(head, 0, head.length, 0).finally(() => file.close());
  const bytes = head.subarray(0, bytesRead);
  const hex = bytes.toString('hex');
  if (/^504b(0304|0506)/.test(hex)) return typeOfPackage(path);
  const found = beginnings.find(([start]) => hex.startsWith(start))?.[1];
  if (typeof found === 'string') return found;
  // A PDF may begin with a few stray bytes (ISO 32000-1 附录H).
  if (!found && bytes.includes('%PDF-')) return 'pdf';
  throw foreign(found?.foreign ?? (looksLikeText(bytes) ? '文本或网页文件' : '无法识别的文件'));
}

const foreign = (what: string): Refused =>
  new Refused({
    code: 'file-type-refused',
    field: 'file',
    message: `文件内容是${what}，不能上传：请转成 ${Object.values(typeTitles).join('、')} 之一`,
  });

const looksLikeText = (bytes: Buffer): boolean => !bytes.includes(0);

/** Which part of a ZIP says what it is. */
const marks: readonly (readonly [part: RegExp, type: FileType])[] = [
  [/^word\/document\d*\.xml$/, 'docx'],
  [/^xl\/workbook\.xml$/, 'xlsx'],
  [/^OFD\.xml$/, 'ofd'],
];

const packageLimits = { entries: 10_000, bytes: 2 ** 30, ratio: 300 };

async function typeOfPackage(path: string): Promise<FileType> {
  const zip = await yauzl.openPromise(path, { autoClose: false }).catch(() => {
    throw new Refused({ code: 'file-damaged', field: 'file', message: '文件已损坏，无法打开：请重新保存后再上传' });
  });
  try {
    return await judgePackage(zip);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused({ code: 'file-damaged', field: 'file', message: '文件已损坏，无法读完：请重新保存后再上传' });
  } finally {
    zip.close();
  }
}

async function judgePackage(zip: yauzl.ZipFile): Promise<FileType> {
  let type: FileType | undefined;
  let total = 0;
  const bomb = () =>
    new Refused({ code: 'file-bomb', field: 'file', message: '文件展开后大得反常，疑为压缩炸弹，未予收下' });
  if (zip.entryCount > packageLimits.entries) throw bomb();
  for await (const entry of zip.eachEntry()) {
    total += entry.uncompressedSize;
    const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    if (total > packageLimits.bytes || (entry.uncompressedSize > 10_000_000 && ratio > packageLimits.ratio))
      throw bomb();
    if (entry.isEncrypted()) throw foreign('加密码的压缩包');
    if (/vbaProject\.bin$/i.test(entry.fileName)) throw foreign('带宏的 Office 文件');
    type ??= marks.find(([part]) => part.test(entry.fileName))?.[1];
    if (entry.fileName.endsWith('/')) continue;
    if (await holdsTestVirus(await zip.openReadStreamPromise(entry))) throw virusFound();
  }
  if (!type) throw foreign('压缩包（ZIP）');
  return type;
}
