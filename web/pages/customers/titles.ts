import type { CustomerRow } from '../../../src/modules/customers/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

export const kindTitles: Record<CustomerRow['kind'], string> = {
  enterprise: '企业',
  'individual-business': '个体工商户',
  farmer: '农户',
  'business-owner': '小微企业主',
};
export const identityTitles: Record<CustomerRow['identityKind'], string> = {
  uscc: '统一社会信用代码',
  'resident-id': '居民身份证',
  'foreign-id': '境外证件',
};

/** 不可判定 is an answer that asks for something; a size is none. */
export const sizeTone = (size: CustomerRow['sizeClass']): StatusTone => (size === '不可判定' ? 'warn' : 'mute');
