import { z } from 'zod';
import { dayOut, dayWire, pageOf, pageQuery, ratioWire } from '../../wire/wire.ts';

const shares = {
  bankShare: ratioWire,
  guarantorShare: ratioWire,
  provinceShare: ratioWire,
  fundShare: ratioWire,
  otherShare: ratioWire,
};

/** One dated version of an agreement: the risk split over all tiers (sums to 1), yearly fee rate, claim-ratio cap. */
export const agreementVersion = z.object({
  version: z.number().int(),
  from: dayOut,
  to: dayOut.nullable(),
  ...shares,
  feeRate: ratioWire,
  claimRatioCap: ratioWire.nullable(),
  document: z.string(),
});

export const agreementRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: z.number().int(),
  contractNo: z.string(),
  bankId: z.number().int(),
  bankName: z.string(),
  productCode: z.string(),
  productName: z.string(),
  current: agreementVersion.nullable(),
});
export type AgreementRow = z.infer<typeof agreementRow>;
export const agreementPage = pageOf(agreementRow);
export const agreementQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  bankId: z.coerce.number().int().optional(),
});
export const agreementDetail = agreementRow.extend({ versions: z.array(agreementVersion) });

export const newVersion = z.object({
  from: dayWire,
  to: dayWire.nullable().default(null),
  ...shares,
  otherShare: ratioWire.default('0'),
  feeRate: ratioWire,
  claimRatioCap: ratioWire.nullable().default(null),
  document: z.string().min(1).max(200).meta({ description: '依据文件（协议编号或扫描件名）' }),
});
export const newAgreement = z.object({
  guarantorId: z.number().int(),
  bankId: z.number().int(),
  productCode: z.string().min(1),
  contractNo: z.string().min(1).max(100),
  version: newVersion,
});
export const productRow = z.object({
  code: z.string(),
  name: z.string(),
  class: z.string(),
  source: z.string(),
  unverified: z.string().nullable(),
});
