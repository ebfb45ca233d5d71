import { sql } from 'kysely';
import { type Finding, findingsMax } from '../../ledger/index.ts';
import type { Tx } from '../../platform/db.ts';
import { faultOfKept } from '../../platform/uploads/index.ts';
import { attachmentsFolder } from './actions.ts';

const perPage = 1000;

/** Every attachment's file must be there and be what it was when it came in. Reads every file once. */
export async function checkAttachmentFiles(tx: Tx): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let after = ''; findings.length < findingsMax; ) {
    const { rows } = await sql<{ guarantorId: number; id: bigint; name: string; sm3: string }>`
      select distinct on (sm3) guarantor_id as "guarantorId", id, name, sm3 from attachments.attachment
       where sm3 > ${after} order by sm3, id limit ${perPage}`.execute(tx);
    for (const { guarantorId, id, name, sm3 } of rows) {
      const fault = await faultOfKept(attachmentsFolder(), sm3);
      if (fault)
        findings.push({
          check: '附件完好',
          place: `机构 ${guarantorId} 附件 ${id}「${name}」`,
          message: `文件${fault}（SM3 ${sm3.slice(0, 12)}），请从备份恢复`,
        });
    }
    if (rows.length < perPage) break;
    after = rows.at(-1)!.sm3;
  }
  return findings.slice(0, findingsMax);
}
