import { z } from 'zod';
import { articleWire, idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';

const codeWire = z.string().min(1).max(60);

/** POST /api/sign-in. */
export const signInBody = z.object({
  account: z.string().trim().min(1).max(60).meta({ description: '账号', example: 'demo-r08' }),
  password: z.string().min(1).max(200).meta({ description: '密码' }),
  totp: z
    .string()
    .regex(/^\d{6}$/, '动态口令是 6 位数字')
    .optional()
    .meta({ description: '动态口令（开通了才需要）' }),
});

/** Who is signed in: GET /api/me. */
export const meWire = z.object({
  user: z.object({ id: idWire, name: z.string(), account: z.string(), totp: z.boolean() }),
  institution: z
    .object({
      id: idWire,
      name: z.string(),
      kind: z.string(),
      level: z.enum(['province', 'city', 'county']),
      regionCode: z.string(),
    })
    .nullable(),
  roles: z.array(z.object({ code: z.string(), title: z.string() })),
  permissions: z.array(z.string()),
  scope: z.object({
    province: z.boolean().meta({ description: '可见全省' }),
    guarantors: z.array(idWire),
    regions: z.array(z.string()),
    bank: idWire.nullable(),
    text: z.string().meta({ description: '数据范围，给人看的一句话' }),
  }),
  demo: z.boolean(),
  today: z.string(),
  dayIsMoved: z.boolean().meta({ description: '演示所设的业务日期，不是今天' }),
});

/** GET /api/demo-accounts. */
export const demoAccountsWire = z.object({
  rows: z.array(
    z.object({
      account: z.string(),
      password: z.string(),
      name: z.string(),
      institution: z.string(),
      role: z.string(),
    }),
  ),
});

/** GET /api/users. */
export const userQuery = pageQuery.extend({
  q: z.string().trim().max(60).optional().meta({ description: '账号或姓名的一部分' }),
  institutionId: z.coerce.number().int().optional(),
  role: codeWire.optional(),
  status: z.enum(['active', 'disabled']).optional(),
});

/** One account, without anything secret. */
export const userWire = z.object({
  id: idWire,
  account: z.string(),
  name: z.string(),
  kind: z.enum(['person', 'service', 'system']),
  institution: z.object({ id: idWire, name: z.string(), kind: z.string() }).nullable(),
  status: z.enum(['active', 'disabled']),
  lockedUntil: instantOut.nullable(),
  totp: z.boolean(),
  roles: z.array(z.object({ code: z.string(), title: z.string(), grantedAt: instantOut, grantedBy: z.string() })),
});
/** GET /api/users answers this. */
export const userPage = pageOf(userWire);

/** POST /api/users. Without a password one is made and shown once. */
export const createUserBody = z.object({
  account: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z][a-z0-9._-]{2,39}$/, '账号为 3–40 位小写字母、数字、点、横线，字母开头'),
  name: z.string().trim().min(1).max(40),
  personKey: z
    .string()
    .trim()
    .min(4)
    .max(60)
    .meta({ description: '人员标识（身份证号或工号），只存摘要，用于三员分立' }),
  institutionId: z.coerce.number().int().positive(),
  password: z.string().max(200).optional(),
});

/** A new account; the password is there only when the program made it, and only this once. */
export const createdUserWire = z.object({ id: idWire, password: z.string().nullable() });

/** GET /api/roles: the role table with who may hold what. */
export const rolesWire = z.object({
  permissions: z.array(z.object({ code: z.string(), title: z.string(), decides: z.boolean() })),
  rows: z.array(
    z.object({
      code: z.string(),
      title: z.string(),
      isGovernment: z.boolean(),
      administrator: z.enum(['system', 'security', 'audit']).nullable(),
      rowScope: z.string(),
      seesIdentity: z.boolean(),
      at: z.array(z.string()),
      permissions: z.array(z.string()),
    }),
  ),
});

/** POST /api/users/:id/roles. */
export const grantBody = z.object({ role: codeWire });

/** POST /api/me/password. */
export const changePasswordBody = z.object({ current: z.string().min(1).max(200), next: z.string().min(1).max(200) });

/** POST /api/me/totp/confirm. */
export const confirmTotpBody = z.object({
  secret: z.string().regex(/^[A-Z2-7]{16,64}$/),
  code: z.string().regex(/^\d{6}$/, '动态口令是 6 位数字'),
});

/** One system that signs in by itself. */
export const clientWire = z.object({
  id: z.string(),
  name: z.string(),
  userId: idWire,
  institution: z.object({ id: idWire, name: z.string(), kind: z.string() }),
  status: z.enum(['active', 'disabled']),
  roles: z.array(z.string()),
  recordedAt: instantOut,
});

/** POST /api/clients. */
export const createClientBody = z.object({
  name: z.string().trim().min(2).max(60),
  institutionId: z.coerce.number().int().positive(),
});

const proofPermission = z.object({ code: z.string(), title: z.string() });
const proofHolder = z.object({ name: z.string(), institution: z.string(), institutionKind: z.string() });

/** GET /api/separation-proof: 条11 政企分开, as a page can print it. */
export const proofWire = z.object({
  article: articleWire,
  checkedAt: instantOut,
  holds: z.boolean(),
  constraints: z.array(
    z.object({ name: z.string(), table: z.string(), text: z.string(), meaning: z.string(), enforced: z.boolean() }),
  ),
  deciding: z.array(
    proofPermission.extend({
      roles: z.array(z.object({ code: z.string(), title: z.string(), isGovernment: z.boolean() })),
      holders: z.array(proofHolder),
    }),
  ),
  government: z.array(
    z.object({
      code: z.string(),
      title: z.string(),
      permissions: z.array(proofPermission),
      decidingCount: z.number().int(),
      holders: z.array(proofHolder),
    }),
  ),
  violations: z.object({
    governmentRolesThatDecide: z.number().int(),
    decidersAtGovernment: z.number().int(),
    peopleOnBothSides: z.number().int(),
  }),
});
