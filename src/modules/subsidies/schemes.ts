import { parseMoney } from '../../kernel/money.ts';
import { parseRatio } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import { guideArticle16 } from '../../law/shanxi-reform-guide.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { NewScheme, NewVersion } from './contract.ts';
import { checkVersion } from './rules/scheme.ts';
import { demoSchemes } from './schemes-demo.ts';
import { isMyRegion, seesProvince } from './store/facts.ts';
import { adoptionRows, insertAdoption, insertScheme, insertVersion, versionRows } from './store/schemes.ts';

/**
 * Enters a scheme with its first version. Only who sees the whole province may (the standard is one, 条16): a city or
 * county is refused (403). Refused (422) where the formula does not check; (409) where code or title is taken.
 */
export async function createScheme(
  tx: Tx,
  context: Context,
  scheme: NewScheme,
): Promise<{ id: number; versionId: number }> {
  await requireProvince(tx);
  const id = await insertScheme(tx, scheme, context.actor.userId);
  if (id === undefined)
    throw new Refused(
      { code: 'scheme-taken', message: `已有代码或名称相同的办法：${scheme.code} ${scheme.title}`, field: 'code' },
      409,
    );
  return { id, versionId: await addSchemeVersion(tx, context, id, scheme.version) };
}

/** Adds a version from a later day; earlier versions stay as they are. Refusals as `createScheme`. */
export async function addSchemeVersion(
  tx: Tx,
  context: Context,
  schemeId: number,
  version: NewVersion,
): Promise<number> {
  await requireProvince(tx);
  const found = checkVersion(version);
  if ('refusals' in found) throw new Refused(found.refusals);
  if (version.to !== null && version.to < version.from) {
    throw new Refused({ code: 'version-dates', message: '止日早于起日，请核对', field: 'to' });
  }
  const { shares } = version;
  const ratios = [shares.province, shares.city, shares.county].map((each) => parseRatio(each)!);
  const amounts = { loanCap: money(version.loanCap), guarantorCap: money(version.guarantorCap), shares: ratios };
  const contentHash = hashOf({ schemeId, ...version });
  const id = await insertVersion(tx, schemeId, version, amounts, contentHash, context.actor.userId);
  if (id === undefined) {
    throw new Refused(
      { code: 'version-taken', message: `该办法自 ${version.from} 起已有版本，请换一个起日`, field: 'from' },
      409,
    );
  }
  await appendAudit(tx, context, {
    chain: 0,
    action: 'subsidies.version',
    subject: `scheme:${schemeId}`,
    detail: { id, contentHash },
  });
  return id;
}

/** A city or county takes the provincial standard from a day on. It can say from when and by which document, and nothing else. */
export async function adoptScheme(
  tx: Tx,
  context: Context,
  schemeId: number,
  adoption: { regionCode: number; from: NewVersion['from']; document: string },
): Promise<void> {
  if (!(await isMyRegion(tx, adoption.regionCode))) {
    throw new Refused({ code: 'region-not-yours', message: '只能为本地区采用办法', field: 'regionCode' }, 403);
  }
  if ((await versionRows(tx, [schemeId])).length === 0)
    throw new Refused({ code: 'scheme-unknown', message: '没有这个办法' }, 404);
  if (!(await insertAdoption(tx, { ...adoption, schemeId }, context.actor.userId))) {
    throw new Refused({ code: 'already-adopted', message: '本地区已采用该办法' }, 409);
  }
  await appendAudit(tx, context, {
    chain: 0,
    action: 'subsidies.adopt',
    subject: `scheme:${schemeId}`,
    detail: { regionCode: adoption.regionCode, from: adoption.from, document: adoption.document },
  });
}

/** Enters the demo schemes (占位) and adopts them for the region where they are not there yet; again changes nothing. */
export async function seedDemoSchemes(tx: Tx, context: Context, regionCode: number): Promise<number[]> {
  const known = await versionRows(tx);
  const adopted = await adoptionRows(tx);
  const ids: number[] = [];
  for (const scheme of demoSchemes) {
    const id =
      known.find((each) => each.code === scheme.code)?.schemeId ?? (await createScheme(tx, context, scheme)).id;
    ids.push(id);
    if (adopted.some((each) => each.schemeId === id && each.regionCode === regionCode)) continue;
    await adoptScheme(tx, context, id, { regionCode, from: scheme.version.from, document: '演示采用文件（占位）' });
  }
  return ids;
}

async function requireProvince(tx: Tx): Promise<void> {
  if (await seesProvince(tx)) return;
  throw new Refused(
    {
      code: 'standard-is-provincial',
      message: '补偿补贴标准由省级统一制定，市县可以采用，不能制定或更改',
      article: guideArticle16,
    },
    403,
  );
}

const money = (text: string | null) => (text === null ? null : (parseMoney(text, '元') ?? null));
