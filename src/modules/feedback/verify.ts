import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Finding, findingsMax } from '../../ledger/index.ts';
import type { Tx } from '../../platform/db.ts';
import { openSigner } from '../../platform/signers.ts';
import { hashOfParts, isHashValid, isSignatureValid, parseFigures } from './content.ts';
import { additiveFigures, distinctFigures } from './fill.ts';
import { joinFigures } from './issue.ts';
import { hashRows } from './rows-hash.ts';
import {
  additiveKeys,
  distinctKeys,
  type Figures,
  isOverlapping,
  type Line,
  lines,
  metrics,
  sumFigures,
} from './rules.ts';
import { allCertificates, type Certificate } from './store.ts';

/**
 * Proves every certificate, superseded ones too: rows as hashed, content as hashed, signed by a key we trust (default this
 * installation's), figures equal to their rows, counties = city = province, households counted anew. Names each place.
 */
export async function verifyCertificates(tx: Tx, trustedKeys?: readonly string[]): Promise<Finding[]> {
  const keys = trustedKeys ?? [(await openSigner('feedback')).publicKey];
  const findings: Finding[] = [];
  for (const quarter of await quarters(tx)) findings.push(...(await verifyQuarter(tx, quarter, keys)));
  if (findings.length <= findingsMax) return findings;
  const rest = findings.length - findingsMax;
  return [
    ...findings.slice(0, findingsMax),
    { check: '反馈凭证', place: '全部', message: `另有 ${rest} 处不符未列出` },
  ];
}

async function quarters(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ quarter: string }>`select distinct quarter from feedback.certificate order by 1`.execute(
    tx,
  );
  return rows.map((row) => row.quarter);
}

async function verifyQuarter(tx: Tx, quarter: string, keys: readonly string[]): Promise<Finding[]> {
  const all = await allCertificates(tx, quarter);
  const parts = await partsOf(tx, quarter);
  const byId = new Map(all.map((each) => [each.id, each]));
  const counties = all.filter((each) => each.regionLevel === 3);
  const ids = counties.map((each) => each.id);
  const hashes = await hashRows(tx, ids);
  const additive = await additiveFigures(tx, (all[0]?.asOf ?? '') as Day, ids);
  const members = all.flatMap((each) =>
    (each.regionLevel === 3 ? [each.id] : (parts.get(each.id) ?? [])).map((certificateId) => ({
      region: each.id,
      certificateId,
    })),
  );
  const distinct = await distinctFigures(tx, members);
  return all.flatMap((certificate) => {
    const found = proveContent(certificate, keys);
    const figures = readFigures(certificate);
    if (!figures) return [...found, finding(certificate, '数字', '数字原文无法读取')];
    if (certificate.regionLevel === 3) {
      const rows = hashes.get(certificate.id)!;
      const expected = joinFigures(additive.get(certificate.id), distinct.get(certificate.id));
      return [...found, ...proveRows(certificate, rows), ...compare(certificate, figures, expected, '明细')];
    }
    const made = (parts.get(certificate.id) ?? [])
      .map((id) => byId.get(id)!)
      .sort((a, b) => a.regionCode - b.regionCode);
    return [...found, ...proveParts(certificate, figures, made, distinct.get(certificate.id))];
  });
}

async function partsOf(tx: Tx, quarter: string): Promise<Map<bigint, bigint[]>> {
  const { rows } = await sql<{ id: bigint; parts: bigint[] }>`
    select p.certificate_id as id, array_agg(p.part_id) as parts
      from feedback.certificate_part p join feedback.certificate c on c.id = p.certificate_id
     where c.quarter = ${quarter} group by 1`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.parts]));
}

const finding = (certificate: Certificate, part: string, message: string): Finding => ({
  check: '反馈凭证',
  place: `${certificate.number} ${certificate.regionName} ${part}`,
  message,
});

function proveContent(certificate: Certificate, keys: readonly string[]): Finding[] {
  return [
    ...(isHashValid(certificate) ? [] : [finding(certificate, '内容', '内容与封存时的哈希不符，内容被改动过')]),
    ...(isSignatureValid(certificate, keys)
      ? []
      : [finding(certificate, '签名', '签名无效，或不是本系统的签名密钥所签')]),
  ];
}

function proveRows(certificate: Certificate, rows: { count: bigint; hash: string }): Finding[] {
  if (rows.count !== certificate.rowsCount)
    return [finding(certificate, '明细', `封存时 ${certificate.rowsCount} 行，现有 ${rows.count} 行`)];
  return rows.hash === certificate.rowsHash
    ? []
    : [finding(certificate, '明细', '明细与封存时的哈希不符，有行被改动过')];
}

function proveParts(
  certificate: Certificate,
  figures: Figures,
  parts: readonly Certificate[],
  distinct: Record<Line, Record<string, bigint>> | undefined,
): Finding[] {
  const hash = hashOfParts(parts.map((each) => each.contentHash));
  const chain = hash === certificate.rowsHash ? [] : [finding(certificate, '所辖', '所辖县区凭证的哈希与封存时不符')];
  const partFigures = parts.map(readFigures);
  if (partFigures.some((each) => !each)) return [...chain, finding(certificate, '所辖', '所辖县区凭证的数字无法读取')];
  const expected = sumFigures(partFigures as Figures[], (line, key) => distinct?.[line]?.[key] ?? 0n);
  return [...chain, ...compare(certificate, figures, expected, '所辖县区合计')];
}

/** Where stated and expected differ, and where the lines by primary tag do not make the total. */
function compare(certificate: Certificate, stated: Figures, expected: Figures, against: string): Finding[] {
  const differing = lines.flatMap((line) =>
    [...additiveKeys, ...distinctKeys]
      .filter((key) => stated[line][key] !== expected[line][key])
      .map((key) =>
        finding(
          certificate,
          `${line} ${metrics[key].title}`,
          `凭证为 ${stated[line][key]}，按${against}应为 ${expected[line][key]}`,
        ),
      ),
  );
  const byTag = lines.filter((line) => line !== 'total' && !isOverlapping(line));
  const unbalanced = additiveKeys
    .filter((key) => byTag.reduce((sum, line) => sum + stated[line][key], 0n) !== stated.total[key])
    .map((key) => finding(certificate, metrics[key].title, '各主标签之和不等于合计'));
  return [...differing, ...unbalanced];
}

function readFigures(certificate: Certificate): Figures | undefined {
  try {
    return parseFigures(certificate.figures);
  } catch {
    return undefined;
  }
}
