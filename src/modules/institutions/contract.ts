import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery } from '../../wire/wire.ts';

/** What an institution is. */
export const institutionKinds = [
  'guarantor',
  'reguarantor',
  'national-fund',
  'bank',
  'finance-bureau',
  'regulator',
  'reform-office',
  'county-government',
  'auditor',
  'customer-portal',
] as const;

/** Province, city, county: levels 1, 2, 3 of the database in words. */
export const regionLevels = ['province', 'city', 'county'] as const;
const licenceStatuses = ['valid', 'replaced', 'revoked', 'cancelled', 'returned'] as const;
const statuses = ['active', 'absorbed', 'closed'] as const;
const lineageKinds = ['absorption', 'renaming', 'split'] as const;

/** The words of the codes, as workbooks show them. */
export const kindTitles: Readonly<Record<string, string>> = {
  guarantor: '担保机构',
  reguarantor: '再担保机构',
  'national-fund': '国家融资担保基金',
  bank: '银行',
  'finance-bureau': '财政部门',
  regulator: '地方金融监管部门',
  'reform-office': '改革领导小组办公室',
  'county-government': '县级政府',
  auditor: '审计机构',
  'customer-portal': '客户门户',
};
export const statusTitles: Readonly<Record<string, string>> = {
  active: '在营',
  absorbed: '已被吸收合并',
  closed: '已停业',
};
export const licenceTitles: Readonly<Record<string, string>> = {
  valid: '有效',
  replaced: '已换发',
  revoked: '已吊销',
  cancelled: '已注销',
  returned: '已交回',
};
const regionCode = z.coerce.number().int().min(100000).max(999999);

/** GET /api/regions: the whole tree as rows with parents, and the retired codes. */
export const regionsWire = z.object({
  rows: z.array(
    z.object({ code: z.string(), name: z.string(), level: z.enum(regionLevels), parentCode: z.string().nullable() }),
  ),
  retired: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      successors: z.array(z.string()),
      retiredYear: z.number().int(),
      source: z.string(),
      unverified: z.string().nullable(),
    }),
  ),
});

/** GET /api/institutions. `region` takes everything inside that province, city or county. */
export const institutionQuery = pageQuery.extend({
  q: z.string().trim().max(60).optional().meta({ description: '名称、代码的一部分，或拼音首字母' }),
  kind: z.enum(institutionKinds).optional(),
  level: z.enum(regionLevels).optional(),
  region: regionCode.optional(),
  status: z.enum(statuses).optional(),
});

/** One institution in a list. */
export const institutionWire = z.object({
  id: idWire,
  code: z.string(),
  name: z.string(),
  shortName: z.string(),
  kind: z.enum(institutionKinds),
  level: z.enum(regionLevels),
  regionCode: z.string(),
  regionName: z.string(),
  licenceNo: z.string().nullable(),
  licenceStatus: z.enum(licenceStatuses).nullable(),
  status: z.enum(statuses),
  openedOn: dayOut.nullable(),
  closedOn: dayOut.nullable(),
});
/** GET /api/institutions answers this. */
export const institutionPage = pageOf(institutionWire);

const relative = z.object({
  id: idWire,
  name: z.string(),
  kind: z.enum(lineageKinds),
  happenedOn: dayOut,
  document: z.string().nullable(),
});

/** GET /api/institutions/:id. Capital is there only for those who may see it. */
export const institutionDetailWire = institutionWire.extend({
  predecessors: z.array(relative),
  successors: z.array(relative),
  capital: z.array(
    z.object({
      asOf: dayOut,
      recordedAt: instantOut,
      registeredCapital: moneyWire,
      netAssets: moneyWire,
      stakesInGuarantors: moneyWire,
      source: z.string(),
    }),
  ),
});

/** POST /api/institutions. */
export const createInstitutionBody = z.object({
  code: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z0-9-]{2,40}$/, '机构代码为 2–40 位字母、数字或横线'),
  name: z.string().trim().min(2).max(100),
  shortName: z.string().trim().min(1).max(40).optional(),
  kind: z.enum(institutionKinds),
  level: z.enum(regionLevels),
  regionCode,
  licenceNo: z.string().trim().max(60).optional(),
  licenceStatus: z.enum(licenceStatuses).optional(),
  openedOn: dayWire.optional(),
});

/** POST /api/institutions/:id/status. */
export const statusBody = z.object({ status: z.enum(['active', 'closed']), closedOn: dayWire.optional() });

/** POST /api/institutions/:id/licence. */
export const licenceBody = z.object({
  licenceNo: z.string().trim().min(1).max(60),
  licenceStatus: z.enum(licenceStatuses),
});

/** POST /api/institutions/:id/lineage: what became of this institution. */
export const lineageBody = z.object({
  successorId: z.coerce.number().int().positive(),
  kind: z.enum(lineageKinds),
  happenedOn: dayWire,
  document: z.string().trim().max(200).optional(),
});

/** POST /api/institutions/:id/capital. */
export const capitalBody = z.object({
  asOf: dayWire,
  registeredCapital: moneyWire,
  netAssets: moneyWire,
  stakesInGuarantors: moneyWire.default('0'),
  source: z.string().trim().min(1).max(200),
});
