import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, pageOf, pageQuery } from '../../../wire/wire.ts';

const folder = z.string().trim().min(1).max(500);
/** PUT /api/batches/sources/:bankId: a bank's SFTP server from a day on. The private key is not here: `keyEnv` says where the server finds it. */
export const sourceBody = z.strictObject({
  fromOn: dayWire.meta({ description: '从哪天起用' }),
  isActive: z.boolean().default(true),
  host: z.string().trim().min(1).max(255),
  port: z.number().int().min(1).max(65_535).default(22),
  username: z.string().trim().min(1).max(100),
  keyEnv: z
    .string()
    .regex(/^RONGDAN_SFTP_KEY_[A-Z0-9_]+$/, '环境变量名以 RONGDAN_SFTP_KEY_ 开头，后接大写字母、数字与下划线')
    .meta({ description: '私钥所在的环境变量；私钥本身不进数据库' }),
  hostKeySha256: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}$/, '服务器公钥指纹：SHA256: 之后的 43 位，不含等号')
    .meta({ description: 'ssh-keygen -lf 所示 SHA256: 之后的部分；不符即不登录' }),
  inbox: folder,
  outbox: folder,
  done: folder,
  productCode: z.string().max(40).default('batch'),
  guarantorCode: z.string().max(40).optional(),
  profileCode: z.string().max(40).optional(),
  stableSeconds: z
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .meta({ description: '没有 .ok 时，大小与时间须保持不变多少秒' }),
});
export type SourceBody = z.output<typeof sourceBody>;
export const ofBank = z.object({ bankId: z.coerce.number().int() });
const sourceOut = z.object({
  ...sourceBody.shape,
  fromOn: dayOut,
  guarantorCode: z.string().nullable(),
  profileCode: z.string().nullable(),
  bankId: z.number().int(),
  bankCode: z.string(),
  bankName: z.string(),
  version: z.number().int(),
  hasKey: z.boolean().meta({ description: '服务器上有没有这个环境变量' }),
  recordedBy: z.string(),
  recordedAt: instantOut,
});
export const sourceWire = sourceOut.extend({
  isInForce: z.boolean().meta({ description: '今天按这一版取件' }),
  earlier: z.array(sourceOut).meta({ description: '以往各版，新的在前' }),
});
export type SourceWire = z.infer<typeof sourceWire>;
export const sourceList = z.object({ rows: z.array(sourceWire) });

/** GET /api/batches/visits: visits to the banks' servers. */
export const visitsQuery = pageQuery.extend({ bankId: z.coerce.number().int().optional() });
export const visitWire = z.object({
  id: idWire,
  bankId: z.number().int(),
  bankName: z.string(),
  startedAt: instantOut,
  startedBy: z.string(),
  endedAt: instantOut.nullable(),
  state: z.enum(['running', 'done', 'failed', 'broken']),
  answered: z.array(z.string()),
  refused: z.array(z.string()),
  waiting: z.array(z.string()).meta({ description: '还没写完的文件，下次再取' }),
  problem: z.string().nullable(),
});
export type VisitLine = z.infer<typeof visitWire>;
export const visitPage = pageOf(visitWire);

/** GET /api/batches/pickups: files seen on the banks' servers. */
export const pickupState = z.enum(['seen', 'taken', 'answered', 'done', 'refused']);
export const pickupsQuery = visitsQuery.extend({ state: pickupState.optional() });
export const pickupPage = pageOf(
  z.object({
    id: idWire,
    bankId: z.number().int(),
    bankName: z.string(),
    name: z.string(),
    bytes: z.number().int(),
    state: pickupState,
    seenAt: instantOut,
    changedAt: instantOut,
    batchId: idWire.nullable(),
    accepted: z.number().int().nullable(),
    bad: z.number().int().nullable().meta({ description: '待补正与拒绝的行' }),
    problem: z.string().nullable(),
  }),
);
export type PickupLine = z.infer<typeof pickupPage>['rows'][number];
