import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery } from '../../../wire/wire.ts';
import {
  type CounterKind,
  classes,
  counterKinds,
  factKinds,
  inspectionStates,
  levels,
  type WarningKind,
  warningKinds,
  warningStates,
} from './titles.ts';

export * from './titles.ts';

const counterKind = z.enum(Object.keys(counterKinds) as [CounterKind, ...CounterKind[]]);
export const ofGuarantee = z.object({ guarantorId: z.coerce.number().int(), guaranteeId: idWire });
export const ofOwn = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
export const madeAnswer = z.object({ id: idWire });
export const done = z.object({ ok: z.literal(true) });

export const newCounter = z.object({
  kind: counterKind,
  title: z.string().trim().min(2, '请写明反担保物或保证人').max(200),
  ownerName: z.string().trim().min(1, '请填所有人或保证人').max(100),
  contractNo: z.string().trim().min(1, '请填反担保合同号').max(100),
  certificateNo: z.string().trim().max(100).optional(),
  signedOn: dayWire,
});
export const newFact = z.object({
  kind: z.enum(factKinds),
  amount: moneyWire.optional(),
  onDay: dayWire,
  expiresOn: dayWire.optional(),
  reference: z.string().trim().min(1, '请填报告号、登记证明号或保单号').max(100),
});
export const counterRelease = z.object({ on: dayWire, cause: z.string().trim().min(2, '请写明解除原因').max(300) });
export const counterFact = z.object({
  kind: z.enum(factKinds),
  amount: moneyWire.nullable(),
  onDay: dayOut,
  expiresOn: dayOut.nullable(),
  reference: z.string(),
});
export const counterRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  guaranteeId: idWire,
  guaranteeNo: z.string(),
  customerName: z.string(),
  kind: counterKind,
  kindTitle: z.string(),
  title: z.string(),
  ownerName: z.string(),
  contractNo: z.string(),
  certificateNo: z.string().nullable(),
  signedOn: dayOut,
  value: moneyWire.nullable(),
  valuedOn: dayOut.nullable(),
  registrationEndsOn: dayOut.nullable(),
  insuranceEndsOn: dayOut.nullable(),
  releasedOn: dayOut.nullable(),
  releaseCause: z.string().nullable(),
  alerts: z.array(
    z.object({ code: z.string(), message: z.string(), dueOn: dayOut, unverified: z.string().nullable() }),
  ),
  facts: z.array(counterFact),
});
export type CounterRow = z.infer<typeof counterRow>;
export const counterPage = pageOf(counterRow);
export const counterQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  guaranteeId: idWire.optional(),
  kind: counterKind.optional(),
  alert: z.enum(['true']).optional().meta({ description: '只看评估过期、登记或保险将到期的' }),
});

export const inspectionRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  guaranteeId: idWire,
  contractNo: z.string(),
  customerName: z.string(),
  outstanding: moneyWire,
  dueOn: dayOut,
  remainingWorkingDays: z.number().int().nullable(),
  basis: z.string(),
  isPlanned: z.boolean(),
  status: z.enum(inspectionStates),
  doneOn: dayOut.nullable(),
  findings: z.string().nullable(),
  class: z.enum(classes).nullable(),
});
export type InspectionRow = z.infer<typeof inspectionRow>;
export const inspectionPage = pageOf(inspectionRow);
export const inspectionQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  guaranteeId: idWire.optional(),
  status: z.enum(inspectionStates).optional(),
});
export const newInspection = z.object({ dueOn: dayWire, basis: z.string().trim().min(2, '请写明检查原因').max(200) });
export const inspectionDone = z.object({
  doneOn: dayWire,
  class: z.enum(classes),
  findings: z.string().trim().min(5, '请写明检查情况（不少于5字）').max(2000),
});
export const plannedAnswer = z.object({
  planned: z.number().int(),
  rule: z.string(),
  unverified: z.string().nullable(),
});
export const ratingRow = z.object({
  seq: z.number().int(),
  ratedOn: dayOut,
  class: z.enum(classes),
  reason: z.string(),
  ratedBy: z.string(),
});

const warningKind = z.enum(Object.keys(warningKinds) as [WarningKind, ...WarningKind[]]);
export const newWarning = z.object({
  guarantorId: z.number().int(),
  guaranteeId: idWire,
  kind: warningKind,
  occurredOn: dayWire,
  knownOn: dayWire.meta({ description: '知悉日：处置时限自此起算' }),
  level: z.enum(levels).optional(),
  description: z.string().trim().min(5, '请写明情况（不少于5字）').max(2000),
});
export const warningRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  guaranteeId: idWire,
  contractNo: z.string(),
  customerName: z.string(),
  bankName: z.string(),
  outstanding: moneyWire,
  kind: warningKind,
  level: z.enum(levels),
  occurredOn: dayOut,
  knownOn: dayOut,
  dueOn: dayOut,
  dueUnverified: z.string().nullable(),
  remainingWorkingDays: z.number().int().nullable(),
  description: z.string(),
  source: z.enum(['guarantor', 'bank', 'bank-report']),
  status: z.enum(warningStates),
  plan: z.string().nullable(),
  planAgreedOn: dayOut.nullable(),
  closedOn: dayOut.nullable(),
  closeReason: z.string().nullable(),
});
export type WarningRow = z.infer<typeof warningRow>;
export const warningPage = pageOf(warningRow);
export const warningQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  guaranteeId: idWire.optional(),
  status: z.enum(warningStates).optional(),
  level: z.enum(levels).optional(),
});
export const warningDetail = warningRow.extend({
  tasks: z.array(
    z.object({
      seq: z.number().int(),
      title: z.string(),
      doer: z.enum(['guarantor', 'bank']),
      dueOn: dayOut,
      doneOn: dayOut.nullable(),
      note: z.string().nullable(),
    }),
  ),
  events: z.array(z.object({ verb: z.string(), note: z.string(), by: z.string(), at: instantOut })),
});
export type WarningDetail = z.infer<typeof warningDetail>;
export const warningPlan = z.object({
  plan: z.string().trim().min(5, '请写明处置方案（不少于5字）').max(2000),
  tasks: z
    .array(z.object({ title: z.string().trim().min(2).max(200), doer: z.enum(['guarantor', 'bank']), dueOn: dayWire }))
    .min(1, '方案至少分成一项任务')
    .max(20),
});
export const warningLevel = z.object({
  level: z.enum(levels),
  note: z.string().trim().min(2, '请写明调整原因').max(500),
});
export const taskDone = z.object({ note: z.string().trim().min(2, '请写明完成情况').max(500) });
export const warningClose = z.object({ reason: z.string().trim().min(5, '请写明关闭原因（不少于5字）').max(500) });
