import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, showMoney } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf, normaliseCode, verificationCode } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createPaper } from '../../platform/papers/index.ts';
import { capitalAmount, chineseDay } from '../../platform/text/index.ts';
import { payerTitles, placeholderMark, type RunKind, runKindTitles } from './contract.ts';
import { placeholderReason } from './placeholder.ts';
import { type LineRow, linesOfRun } from './store/lines.ts';

type Run = {
  readonly id: bigint;
  readonly kind: RunKind;
  readonly regionCode: number;
  readonly year: number;
  readonly resultHash: string;
};

/** Numbers and freezes the letters of a run being approved: one of the whole run and one per guarantor. Returns the run's number. */
export async function issueLetters(tx: Tx, context: Context, run: Run): Promise<string> {
  const { rows } = await sql<{ count: bigint }>`
    select count(*)::bigint as count
      from subsidies.letter l
      join subsidies.run r on r.id = l.run_id
     where l.guarantor_id is null and r.kind = ${run.kind} and r.year = ${run.year} and r.region_code = ${run.regionCode}`.execute(
    tx,
  );
  const mark = run.kind === 'prepay' ? 'YB' : 'QS';
  const number = `SX-${mark}-${run.year}-${run.regionCode}-${String(rows[0]!.count + 1n).padStart(2, '0')}`;
  const lines = await linesOfRun(tx, run.id);
  const whole = { guarantorId: null as number | null, number, lines };
  const own = [...Map.groupBy(lines, (each) => each.guarantorId)].map(([guarantorId, some]) => ({
    guarantorId: guarantorId as number | null,
    number: `${number}-G${guarantorId}`,
    lines: some,
  }));
  for (const letter of [whole, ...own]) {
    const amount = letter.lines.reduce((sum, each) => sum + each.payable - each.clawBack, 0n);
    const contentHash = hashOf({ number: letter.number, run: run.resultHash, lines: letter.lines.map(factsOfLine) });
    await sql`
      insert into subsidies.letter (run_id, guarantor_id, number, amount, content_hash, code, issued_on, recorded_at)
      values (${run.id}, ${letter.guarantorId}, ${letter.number}, ${amount}, ${contentHash}, ${verificationCode(contentHash)},
              ${context.clock.today()}, ${context.clock.now()})`.execute(tx);
  }
  return number;
}

/** What the hash of a letter covers of each line: accounts and amounts, no names that may change. */
export const factsOfLine = (line: LineRow) => [
  line.guarantorId,
  line.county,
  line.schemeId,
  line.payer,
  line.payerRegion,
  line.entitled,
  line.settledBefore,
  line.restatement,
  line.carriedIn,
  line.prepaid,
  line.net,
  line.payable,
  line.clawBack,
  line.shortfall,
  line.credit,
];

type Letter = Run & {
  readonly guarantorId: number | null;
  readonly guarantor: string | null;
  readonly number: string;
  readonly amount: Fen;
  readonly code: string;
  readonly issuedOn: Day;
  readonly recordedAt: Date;
  readonly region: string;
  readonly isPlaceholder: boolean;
  readonly certificates: string[];
  readonly schemes: { title: string; document: string; formula: string }[];
};

/** The letter as PDF: the same bytes at every print. (404) where it is not to be seen. */
export async function printLetter(
  tx: Tx,
  letterId: bigint,
  publicUrl: string,
): Promise<{ name: string; content: Buffer }> {
  const { rows } = await sql<Letter>`
    select r.id, r.kind, r.region_code as "regionCode", r.year, r.result_hash as "resultHash", l.guarantor_id as "guarantorId",
           i.name as guarantor, l.number, l.amount, l.code, l.issued_on as "issuedOn", l.recorded_at as "recordedAt",
           g.name as region, r.is_placeholder as "isPlaceholder",
           array(select c.number from subsidies.run_certificate c where c.run_id = r.id order by c.quarter, c.county) as certificates,
           (select coalesce(jsonb_agg(jsonb_build_object('title', s.title, 'document', v.document, 'formula', v.formula) order by v.id), '[]')
              from subsidies.run_version rv
              join subsidies.scheme_version v on v.id = rv.version_id
              join subsidies.scheme s on s.id = v.scheme_id
             where rv.run_id = r.id) as schemes
      from subsidies.letter l
      join subsidies.run r on r.id = l.run_id
      join institutions.region g on g.code = r.region_code
      left join institutions.institution i on i.id = l.guarantor_id
     where l.id = ${letterId}`.execute(tx);
  const letter = rows[0];
  if (!letter) throw new Refused({ code: 'letter-unknown', message: '没有这份文书，或不在您的权限范围内' }, 404);
  const lines = (await linesOfRun(tx, letter.id)).filter(
    (each) => letter.guarantorId === null || each.guarantorId === letter.guarantorId,
  );
  return { name: `${titleOf(letter)} ${letter.number}.pdf`, content: await draw(letter, lines, publicUrl) };
}

const titleOf = (letter: Letter): string =>
  letter.kind === 'prepay' ? '补偿补贴资金预拨通知书' : '补偿补贴资金清算通知书';

function draw(letter: Letter, lines: readonly LineRow[], publicUrl: string): Promise<Buffer> {
  const sum = (of: (line: LineRow) => bigint) => lines.reduce((all, each) => all + of(each), 0n) as Fen;
  const payable = sum((each) => each.payable);
  const clawBack = sum((each) => each.clawBack);
  const paper = createPaper({
    title: titleOf(letter),
    subtitle: `${letter.region} ${letter.year}年度`,
    documentNumber: letter.number,
    landscape: true,
    createdAt: letter.recordedAt,
    ...(letter.isPlaceholder ? { mark: placeholderMark } : {}),
    footerNote: `单位：元　依据：已定稿的季度反馈凭证（指引第十五条）${letter.isPlaceholder ? `　${placeholderReason}` : ''}`,
  });
  paper.paragraph(`${letter.guarantor ?? `${letter.region}各有关融资担保机构、财政部门`}：`, { indent: false });
  const basis = `按照省级财政同一标准和“谁受益、谁补偿、谁补贴”原则，依据 ${letter.certificates.length} 份已定稿的季度反馈凭证`;
  paper.paragraph(
    letter.kind === 'prepay'
      ? `${basis}测算，现预拨${letter.year}年度补偿补贴资金${showMoney(payable, '元')}元（大写：${capitalAmount(payable)}），下年据实清算。`
      : `${basis}核算，${letter.year}年度补偿补贴清算本次应拨付${showMoney(payable, '元')}元（大写：${capitalAmount(payable)}）${
          clawBack > 0n ? `，应收回${showMoney(clawBack, '元')}元（大写：${capitalAmount(clawBack)}）` : ''
        }。`,
  );
  const money = (amount: bigint) => showMoney(amount as Fen, '元');
  const columns = letter.kind === 'prepay' ? prepayColumns : settleColumns;
  paper.table({
    columns: [
      ...(letter.guarantorId === null ? [{ title: '担保机构' }] : []),
      { title: '县区' },
      { title: '办法' },
      { title: '承担' },
      ...columns.map(([title]) => ({ title, align: 'right' as const })),
    ],
    rows: lines.map((line) => [
      ...(letter.guarantorId === null ? [line.guarantor] : []),
      line.countyName,
      line.scheme,
      payerTitles[line.payer],
      ...columns.map(([, of]) => money(of(line))),
    ]),
    totals: [
      ...(letter.guarantorId === null ? ['合计', ''] : ['合计']),
      '',
      '',
      ...columns.map(([, of]) => money(sum(of))),
    ],
    size: 8,
    note:
      letter.kind === 'prepay'
        ? '测算额×预拨比例＝本次预拨＋预算不足'
        : '应补−已清算＋以前年度更正＋上期结转−已预拨＝本次拨付−收回＋结转待补−结转抵扣',
  });
  const rules = letter.schemes.map((each) => `${each.title}：${each.formula}（${each.document}）`).join('；');
  const named = `${letter.certificates.slice(0, 40).join('、')}${letter.certificates.length > 40 ? ' 等' : ''}`;
  paper.paragraph(`办法：${rules}。反馈凭证：${named}。`, { size: 8.5, indent: false });
  paper.signature([`${letter.region}财政部门`, chineseDay(letter.issuedOn)]);
  const url = `${publicUrl}/subsidies/verify?number=${encodeURIComponent(letter.number)}&code=${letter.code}`;
  return paper.verification({ url, code: letter.code }).toBuffer();
}

type Column = readonly [title: string, of: (line: LineRow) => bigint];
const prepayColumns: readonly Column[] = [
  ['测算额', (line) => line.entitled],
  ['应预拨', (line) => line.net],
  ['本次预拨', (line) => line.payable],
  ['预算不足', (line) => line.shortfall],
];
const settleColumns: readonly Column[] = [
  ['应补', (line) => line.entitled],
  ['已清算', (line) => line.settledBefore],
  ['以前年度更正', (line) => line.restatement],
  ['上期结转', (line) => line.carriedIn],
  ['已预拨', (line) => line.prepaid],
  ['本次拨付', (line) => line.payable],
  ['收回', (line) => line.clawBack],
  ['结转待补', (line) => line.shortfall],
  ['结转抵扣', (line) => line.credit],
];

/**
 * The letter a number and code belong to, for anyone who checks one; undefined when they do not match. `intact`: its amounts still
 * have the hash they were issued with. Needs a transaction that sees all.
 */
export async function verifyLetter(tx: Tx, number: string, code: string) {
  const wanted = number.normalize('NFKC').trim().toUpperCase();
  const { rows } = await sql<{
    number: string;
    kind: RunKind;
    year: number;
    region: string;
    amount: Fen;
    issuedOn: Day;
    placeholder: boolean;
  }>`
    select * from subsidies.letter_by_code(${wanted}, ${normaliseCode(code)})`.execute(tx);
  if (!rows[0]) return undefined;
  const { rows: issued } = await sql<{
    runId: bigint;
    guarantorId: number | null;
    guarantor: string | null;
    contentHash: string;
    resultHash: string;
  }>`
    select l.run_id as "runId", l.guarantor_id as "guarantorId", i.name as guarantor, l.content_hash as "contentHash",
           r.result_hash as "resultHash"
      from subsidies.letter l
      join subsidies.run r on r.id = l.run_id
      left join institutions.institution i on i.id = l.guarantor_id
     where l.number = ${wanted}`.execute(tx);
  const { runId, guarantorId, guarantor, contentHash, resultHash } = issued[0]!;
  const lines = (await linesOfRun(tx, runId)).filter(
    (each) => guarantorId === null || each.guarantorId === guarantorId,
  );
  const amount = lines.reduce((sum, each) => sum + each.payable - each.clawBack, 0n);
  const intact =
    hashOf({ number: wanted, run: resultHash, lines: lines.map(factsOfLine) }) === contentHash &&
    amount === rows[0].amount;
  const title = `${rows[0].region}${rows[0].year}年度补偿补贴${runKindTitles[rows[0].kind]}`;
  return { ...rows[0], title, guarantor, intact, hash: contentHash };
}
