import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { readSheet } from '../../../platform/sheets/index.ts';
import { appendAudit } from '../../audit/index.ts';
import { type ColumnMapping, fieldTitles, type UploadAnswer } from '../contract.ts';
import { storeUpload, withTemporaryFile } from '../store/upload.ts';

const sampleRows = 20;

/** Keeps the other side's file byte for byte and shows its head, with the columns recognised by their titles. */
export const uploadOtherSide = (
  tx: Tx,
  context: Context,
  file: { readonly name: string; readonly content: Readable },
): Promise<UploadAnswer> =>
  withTemporaryFile('upload', async (path) => {
    await pipeline(file.content, createWriteStream(path));
    const rows: string[][] = [];
    for await (const batch of readSheet(path)) {
      for (const row of batch) rows.push([...row.cells]);
      if (rows.length > sampleRows) break;
    }
    const stored = await storeUpload(tx, { path, name: file.name, userId: context.actor.userId });
    await appendAudit(tx, context, {
      ...{ chain: 0, action: 'reconciliation.upload', subject: `upload:${stored.id}` },
      detail: { bytes: stored.bytes, hash: stored.hash },
    });
    const header = (rows[0] ?? []).map((cell) => cell.trim());
    return {
      ...{ id: String(stored.id), name: file.name, bytes: stored.bytes, hash: stored.hash, header },
      sample: rows.slice(1, sampleRows + 1),
      suggested: suggest(header),
    };
  });

const otherTitles: Record<string, readonly string[]> = {
  institution: ['机构代码', '担保机构代码', '机构编码', 'institution'],
  contract_no: ['合同编号', '保证合同编号', '担保合同编号', '合同号', 'contract_no'],
  outstanding: ['在保余额', '期末在保余额', '担保余额'],
  principal: ['主债权金额', '贷款金额', '合同金额'],
  guaranteed: ['担保责任金额', '担保金额', '责任金额'],
  claims: ['累计代偿', '代偿金额', '累计代偿金额'],
  recoveries: ['累计追偿回收', '追偿金额', '累计追偿'],
  county: ['县区代码', '区划代码', '行政区划'],
  ends_on: ['到期日', '到期日期', 'due_on'],
  starts_on: ['起始日', '起始日期', '放款日期'],
};

function suggest(header: readonly string[]): Partial<ColumnMapping['columns']> {
  const fields = ['institution', 'contract_no', ...Object.keys(fieldTitles)];
  const found = fields.flatMap((field) => {
    const names = [fieldTitles[field as keyof typeof fieldTitles], field, ...(otherTitles[field] ?? [])];
    const title = names.find((name) => name !== undefined && header.includes(name));
    return title === undefined ? [] : [[field, title] as const];
  });
  return Object.fromEntries(found);
}
