import { day } from '../kernel/day.ts';
import { articleOf, lawDocument, marks } from './document.ts';
import { parameter } from './parameter.ts';

/** 《关于延续执行农户、小微企业和个体工商户融资担保增值税政策的公告》：执行至2027-12-31，此前为财税〔2017〕90号。 */
export const vatNotice2023 = lawDocument({
  document: '关于延续执行农户、小微企业和个体工商户融资担保增值税政策的公告',
  number: '财政部 税务总局公告2023年第18号',
  issuer: '财政部、税务总局',
  inForceOn: day('2023-08-01'),
  caveat: '文件名称与施行日凭记忆，待核实；条款号待核，以内容标题代替',
});

/** Whose borrowing or bonds are guaranteed: the fee income for it is exempt. */
export type VatExemptParty = '农户' | '小型企业' | '微型企业' | '个体工商户';

/** 免税：为农户、小型企业、微型企业及个体工商户借款、发行债券提供融资担保取得的担保费收入，免征增值税；须单独核算。 */
export const articleVatExemption = articleOf(vatNotice2023, '免征增值税');
/** 担保费收入免征增值税的被担保人，至2027-12-31止。 */
export const vatExemptParties = parameter<readonly VatExemptParty[]>('GOV-12', '担保费收入免征增值税的被担保人', [
  {
    from: vatNotice2023.inForceOn,
    value: ['农户', '小型企业', '微型企业', '个体工商户'],
    source: articleVatExemption,
    unverified: marks.recalledDoubtful,
  },
  { from: day('2028-01-01'), value: 'repealed', source: articleVatExemption, unverified: marks.recalledDoubtful },
]);
