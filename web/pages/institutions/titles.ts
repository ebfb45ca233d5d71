import type { z } from 'zod';
import type { institutionDetailWire, institutionWire } from '../../../src/modules/institutions/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

export type Institution = z.infer<typeof institutionWire>;
export type InstitutionDetail = z.infer<typeof institutionDetailWire>;

export const kindTitles: Record<Institution['kind'], string> = {
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
export const levelTitles: Record<Institution['level'], string> = { province: '省级', city: '市级', county: '县级' };
export const statusTitles: Record<Institution['status'], { readonly title: string; readonly tone: StatusTone }> = {
  active: { title: '在营', tone: 'good' },
  absorbed: { title: '已被吸收合并', tone: 'mute' },
  closed: { title: '已停业', tone: 'mute' },
};
export const licenceTitles: Record<
  NonNullable<Institution['licenceStatus']>,
  { readonly title: string; readonly tone: StatusTone }
> = {
  valid: { title: '有效', tone: 'good' },
  replaced: { title: '已换发', tone: 'mute' },
  revoked: { title: '已吊销', tone: 'bad' },
  cancelled: { title: '已注销', tone: 'mute' },
  returned: { title: '已交回', tone: 'mute' },
};
export const lineageTitles: Readonly<Record<string, string>> = {
  absorption: '吸收合并',
  renaming: '更名',
  split: '分立',
};
