import { Writable } from 'node:stream';
import { buffer as bytesOf } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { Refused } from '../../kernel/refusal.ts';
import { Sink, ZipWriter } from '../sheets/zip-writer.ts';

/** The parts of a DOCX by name, in the order of the package. */
export type DocxParts = ReadonlyMap<string, Buffer>;

const limits = { fileBytes: 10 * 2 ** 20, entries: 1000, bytes: 64 * 2 ** 20 };

/**
 * Opens a DOCX. Refused when it is none, too large, damaged, under a password, carries macros, or would fetch something from
 * elsewhere when opened (a linked template or picture): a paper must say the same wherever it is read.
 */
export async function readDocx(bytes: Buffer): Promise<DocxParts> {
  if (bytes.length > limits.fileBytes) throw refuse('docx-too-large', '模板超过 10 MB：请删去大图片后再上传');
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true }).catch(() => {
    throw refuse('docx-not-zip', '文件不是 DOCX：请用文字处理软件另存为 DOCX（不是 DOC、WPS）');
  });
  const parts = new Map<string, Buffer>();
  let total = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      total += entry.uncompressedSize;
      if (total > limits.bytes || parts.size >= limits.entries)
        throw refuse('docx-bomb', '文档展开后大得反常，未予读取');
      if (entry.isEncrypted()) throw refuse('docx-encrypted', '文档已加密码：请取消密码后再上传');
      if (!entry.fileName.endsWith('/'))
        parts.set(entry.fileName, await bytesOf(await zip.openReadStreamPromise(entry)));
    }
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw refuse('docx-damaged', '文档已损坏，无法读完：请用文字处理软件打开并另存为 DOCX');
  }
  if (!mainPart(parts)) throw refuse('docx-no-document', '文件里没有正文（word/document.xml）：请另存为 DOCX');
  if ([...parts.keys()].some((name) => /vbaProject\.bin$/i.test(name)))
    throw refuse('docx-macros', '文档带有宏：请另存为不带宏的 DOCX');
  for (const [name, content] of parts) if (name.endsWith('.rels')) refuseExternal(content.toString());
  return parts;
}

function refuseExternal(relationships: string): void {
  for (const [tag] of relationships.matchAll(/<Relationship\s[^>]*>/g)) {
    if (/TargetMode\s*=\s*["']External/i.test(tag) && !/relationships\/hyperlink["']/.test(tag))
      throw refuse('docx-external', '文档引用了外部模板或图片：请改为嵌入后再上传');
  }
}

/** Writes a DOCX. The same parts give the same bytes. */
export async function writeDocx(parts: DocxParts): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const out = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece);
      done();
    },
  });
  const writer = new ZipWriter(new Sink(out));
  for (const [name, content] of parts) await writer.entry(name, [content]);
  await writer.end();
  return Buffer.concat(pieces);
}

/** The name of the part that holds the text. */
export const mainPart = (parts: DocxParts): string | undefined =>
  [...parts.keys()].find((name) => /^word\/document\d*\.xml$/.test(name));

/** The parts that may hold fields: text, headers, footers, notes. */
export const textParts = (parts: DocxParts): string[] =>
  [...parts.keys()].filter((name) => /^word\/(document|header|footer|footnotes|endnotes)\d*\.xml$/.test(name));

const refuse = (code: string, message: string): Refused => new Refused({ code, field: 'file', message });
