import type { Day } from '../../kernel/day.ts';
import { type Quarter, quarter, quarterOf, quarterSpan } from '../../kernel/month.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import { guideArticle15, guideArticle16 } from '../../law/shanxi-reform-guide.ts';
import type { Tx } from '../../platform/db.ts';
import type { ComputeRun } from './contract.ts';
import type { Scheme } from './rules/scheme.ts';
import {
  type CertificateHead,
  type County,
  type Coverage,
  countiesOf,
  coverageOf,
  finalCertificates,
  isMyRegion,
  openPrepayments,
  usedCertificates,
} from './store/facts.ts';
import { type AdoptionRow, adoptionRows, schemeOf, versionRows } from './store/schemes.ts';

/** One county certificate of a year with the schemes that hold for it, in order of priority. */
export type Piece = { readonly forYear: number; readonly head: CertificateHead; readonly schemes: readonly Scheme[] };
/** What a run will look at, before anything is evaluated. */
export type Plan = {
  readonly counties: readonly County[];
  readonly schemeIds: readonly number[];
  readonly pieces: readonly Piece[];
  /** Of settlements: which approved run last settled each year, county and scheme that this run settles (again). */
  readonly coverage: readonly Coverage[];
  /** Counties of the region without any final certificate in the period: named in the run. */
  readonly excluded: readonly number[];
};

/**
 * Names the certificates and scheme versions of a run. Settlement: the four final quarters of the year of every county,
 * and every earlier settled year whose certificates were superseded since. Prepayment: the last four final quarters of
 * every county before today. Refused where a county's year is incomplete or nothing is adopted.
 */
export async function planRun(tx: Tx, command: ComputeRun, today: Day): Promise<Plan> {
  if (!(await isMyRegion(tx, command.regionCode))) {
    throw new Refused({ code: 'region-not-yours', message: '只能测算本地区的补偿补贴', field: 'regionCode' }, 403);
  }
  const counties = await countiesOf(tx, command.regionCode);
  const all = (await versionRows(tx)).map(schemeOf);
  const adoptions = await adoptionRows(tx);
  const schemeIds = chosenSchemes(command, counties, all, adoptions);
  const versions = all.filter((each) => schemeIds.includes(each.schemeId));
  const hold = (county: County, on: Day) => schemesAt(versions, adoptions, county, on);
  if (command.kind === 'prepay') {
    const heads = await lastFour(tx, counties, today);
    const pieces = piecesOf(command.year, heads, counties, (county) => hold(county, today));
    refuseNothing(pieces);
    return { counties, schemeIds, pieces, coverage: [], excluded: without(counties, heads) };
  }
  const codes = counties.map((each) => each.code);
  if (quarterSpan(quarter(`${command.year}-Q4`)).to >= today) {
    throw new Refused({
      code: 'year-not-over',
      message: `${command.year} 年尚未结束，清算在下年进行`,
      article: guideArticle16,
      field: 'year',
    });
  }
  const open = await openPrepayments(tx, command.year, codes, schemeIds);
  if (open > 0) {
    throw new Refused({
      code: 'prepayments-open',
      message: `还有 ${open} 笔已核定的预拨未到账，请先登记到账或撤销，再行清算`,
    });
  }
  const coverage = await coverageOf(tx, codes, schemeIds);
  const restated = await restatedYears(tx, command.year, coverage);
  const years = [...restated, command.year];
  const pieces: Piece[] = [];
  let excluded: number[] = [];
  for (const year of years) {
    const heads = await finalCertificates(tx, codes, `${year}-Q1`, `${year}-Q4`);
    if (year === command.year) {
      refuseIncomplete(counties, heads, year);
      excluded = without(counties, heads);
    }
    pieces.push(...piecesOf(year, heads, counties, (county, of) => hold(county, quarterSpan(of).to)));
  }
  refuseNothing(pieces);
  return { counties, schemeIds, pieces, coverage: coverage.filter((each) => years.includes(each.forYear)), excluded };
}

function chosenSchemes(
  command: ComputeRun,
  counties: readonly County[],
  all: readonly Scheme[],
  adoptions: readonly AdoptionRow[],
): number[] {
  const regions = new Set(counties.flatMap((each) => [each.code, each.city, each.province]));
  const adopted = new Set(adoptions.filter((each) => regions.has(each.regionCode)).map((each) => each.schemeId));
  if (adopted.size === 0) {
    throw new Refused({
      code: 'nothing-adopted',
      message: '本地区尚未采用任何补偿补贴办法，请先采用',
      article: guideArticle16,
    });
  }
  const chosen = command.schemeIds ?? [...adopted];
  const purposeOf = new Map(all.map((each) => [each.schemeId, each.purpose]));
  const refusals: Refusal[] = [];
  for (const id of chosen) {
    if (!adopted.has(id))
      refusals.push({ code: 'not-adopted', message: `办法 ${id} 未被本地区采用`, field: 'schemeIds' });
    const left = [...adopted].filter((other) => !chosen.includes(other) && purposeOf.get(other) === purposeOf.get(id));
    if (left.length > 0) {
      const message = `用途“${purposeOf.get(id)}”下的办法须在同一批次一并测算，以免同一笔业务重复补助（还缺办法 ${left.join('、')}）`;
      refusals.push({ code: 'purpose-split', message, field: 'schemeIds' });
    }
  }
  if (refusals.length > 0) throw new Refused(refusals);
  return chosen.sort((a, b) => a - b);
}

function schemesAt(versions: readonly Scheme[], adoptions: readonly AdoptionRow[], county: County, on: Day): Scheme[] {
  const isAdopted = (schemeId: number) =>
    adoptions.some(
      (each) =>
        each.schemeId === schemeId &&
        each.from <= on &&
        [county.code, county.city, county.province].includes(each.regionCode),
    );
  const inForce = versions.filter(
    (each) => each.from <= on && (each.to === null || on <= each.to) && isAdopted(each.schemeId),
  );
  const newest = new Map(inForce.map((each) => [each.schemeId, each]));
  return [...newest.values()].sort((a, b) => a.priority - b.priority || a.schemeId - b.schemeId);
}

function piecesOf(
  forYear: number,
  heads: readonly CertificateHead[],
  counties: readonly County[],
  schemesOf: (county: County, of: Quarter) => Scheme[],
): Piece[] {
  const byCode = new Map(counties.map((each) => [each.code, each]));
  return heads.map((head) => ({ forYear, head, schemes: schemesOf(byCode.get(head.county)!, quarter(head.quarter)) }));
}

async function lastFour(tx: Tx, counties: readonly County[], today: Day): Promise<CertificateHead[]> {
  const heads = await finalCertificates(
    tx,
    counties.map((each) => each.code),
    '2000-Q1',
    quarterOf(today),
  );
  const last = [...Map.groupBy(heads, (each) => each.county).values()].flatMap((own) => own.slice(-4));
  return last.sort((a, b) => (a.quarter === b.quarter ? a.county - b.county : a.quarter < b.quarter ? -1 : 1));
}

/** Years before `year` settled on a certificate that is superseded now, with a final one in its place for every quarter used. */
async function restatedYears(tx: Tx, year: number, coverage: readonly Coverage[]): Promise<number[]> {
  const used = await usedCertificates(tx, [...new Set(coverage.map((each) => each.runId))]);
  const latest = new Set(coverage.map((each) => `${each.runId}/${each.forYear}/${each.county}`));
  const changed = used.filter(
    (each) =>
      each.forYear < year && each.status !== 'final' && latest.has(`${each.runId}/${each.forYear}/${each.county}`),
  );
  const years = [...new Set(changed.map((each) => each.forYear))].sort((a, b) => a - b);
  const ready: number[] = [];
  for (const each of years) {
    const counties = [...new Set(used.filter((one) => one.forYear === each).map((one) => one.county))];
    const heads = await finalCertificates(tx, counties, `${each}-Q1`, `${each}-Q4`);
    if (heads.length === counties.length * 4) ready.push(each);
  }
  return ready;
}

function refuseIncomplete(counties: readonly County[], heads: readonly CertificateHead[], year: number): void {
  const missing = counties.flatMap((county) => {
    const own = heads.filter((each) => each.county === county.code).map((each) => each.quarter);
    const lacking = [1, 2, 3, 4].map((each) => `${year}-Q${each}`).filter((each) => !own.includes(each));
    return lacking.length === 0 || lacking.length === 4 ? [] : [`${county.name} ${lacking.join('、')}`];
  });
  if (missing.length === 0) return;
  throw new Refused({
    code: 'certificates-missing',
    message: `清算须有全年四个季度已定稿的反馈凭证，还缺：${missing.slice(0, 20).join('；')}${missing.length > 20 ? ` 等 ${missing.length} 个县区` : ''}`,
    article: guideArticle15,
  });
}

function refuseNothing(pieces: readonly Piece[]): void {
  if (pieces.some((each) => each.schemes.length > 0)) return;
  const message =
    pieces.length === 0
      ? '所选期间没有已定稿的反馈凭证，补偿补贴只能依据反馈凭证计算'
      : '所选期间没有有效且已采用的补偿补贴办法';
  throw new Refused({ code: pieces.length === 0 ? 'no-certificates' : 'no-schemes', message, article: guideArticle15 });
}

const without = (counties: readonly County[], heads: readonly CertificateHead[]): number[] =>
  counties.map((each) => each.code).filter((code) => !heads.some((head) => head.county === code));
