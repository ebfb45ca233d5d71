import { resolve } from 'node:path';
import { Refused } from '../../kernel/refusal.ts';
import { keepBytes, readKept } from '../../platform/uploads/index.ts';

/** Where papers and templates lie, by SM3: DATA_DIR/documents. */
export const documentsFolder = (): string => resolve(process.env.DATA_DIR || '.data', 'documents');

/** Keeps bytes under their SM3; returns it. */
export const keep = (bytes: Uint8Array): Promise<string> => keepBytes(documentsFolder(), bytes);

/** The bytes of a hash. Refused (409) when the file is missing or was altered: a paper is never handed out in doubt. */
export const read = (sm3: string): Promise<Buffer> =>
  readKept(documentsFolder(), sm3).catch((cause: unknown) => {
    const refused = new Refused(
      { code: 'file-damaged', message: '文书文件缺失或与登记的摘要不符，不予提供：请联系系统管理员从备份恢复' },
      409,
    );
    refused.cause = cause;
    throw refused;
  });
