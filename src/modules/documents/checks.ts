import { sql } from 'kysely';
import { type Finding, findingsMax } from '../../ledger/index.ts';
import type { Tx } from '../../platform/db.ts';
import { faultOfKept } from '../../platform/uploads/index.ts';
import { documentsFolder } from './files.ts';

const perPage = 1000;

/** Every paper's DOCX and PDF, and every template, must be there and be what was issued. Reads every file once. */
export async function checkPaperFiles(tx: Tx): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let after = ''; findings.length < findingsMax; ) {
    const { rows } = await sql<{ guarantorId: number; what: string; sm3: string }>`
      select distinct on (sm3) guarantor_id as "guarantorId", what, sm3
        from (select guarantor_id, '文书 ' || number || ' 的 DOCX' as what, docx_sm3 as sm3 from documents.document
               union all
              select guarantor_id, '文书 ' || number || ' 的 PDF', pdf_sm3 from documents.document
               union all
              select guarantor_id, '模板 ' || file_name || ' 第 ' || version || ' 版', sm3 from documents.template_version) f
       where sm3 > ${after} order by sm3, what limit ${perPage}`.execute(tx);
    for (const { guarantorId, what, sm3 } of rows) {
      const fault = await faultOfKept(documentsFolder(), sm3);
      if (fault)
        findings.push({
          check: '文书完好',
          place: `机构 ${guarantorId} ${what}`,
          message: `文件${fault}（SM3 ${sm3.slice(0, 12)}），请从备份恢复`,
        });
    }
    if (rows.length < perPage) break;
    after = rows.at(-1)!.sm3;
  }
  return findings.slice(0, findingsMax);
}

/** Numbers of papers run without gaps per institution, kind and year, revoked ones included. */
export async function checkPaperNumbers(tx: Tx): Promise<Finding[]> {
  const { rows } = await sql<{
    guarantorId: number;
    code: string;
    year: number;
    count: number;
    last: number;
    counter: number;
  }>`
    select d.guarantor_id as "guarantorId", d.code, d.year, count(*)::integer as count, max(d.seq) as last, coalesce(c.last, 0) as counter
      from documents.document d
      left join documents.counter c on c.guarantor_id = d.guarantor_id and c.code = d.code and c.year = d.year
     group by 1, 2, 3, c.last
    having count(*) <> max(d.seq) or max(d.seq) <> coalesce(c.last, 0)
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) => ({
    check: '文书编号连续',
    place: `机构 ${row.guarantorId} ${row.code} ${row.year} 年`,
    message: `应有 1 至 ${row.counter} 号，实有 ${row.count} 份，最大 ${row.last} 号`,
  }));
}
