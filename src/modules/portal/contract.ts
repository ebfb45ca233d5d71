import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery, ratioWire } from '../../wire/wire.ts';

const identityNo = z.string().trim().min(15, '请填写 18 位统一社会信用代码或身份证号码').max(40);
const phone = z
  .string()
  .trim()
  .regex(/^1\d{10}$/, '请填写 11 位手机号码');

/** POST /api/public/my-case/codes. The answer is the same whether or not there is such a customer. */
export const askCode = z.object({ identityNo, phone });
export const codeAsked = z.object({
  message: z.string(),
  validMinutes: z.number().int(),
  againInSeconds: z.number().int(),
  /** Only where a stand-in takes the place of the SMS gateway: its page. */
  outbox: z.string().nullable(),
});
export type CodeAsked = z.infer<typeof codeAsked>;
export const openSession = z.object({
  identityNo,
  phone,
  code: z
    .string()
    .trim()
    .regex(/^\d{6}$/, '验证码为 6 位数字'),
});
export const opened = z.object({ token: z.string(), expiresAt: instantOut });
export type Opened = z.infer<typeof opened>;

/** One guarantee or application, in words a customer understands. */
export const matter = z.object({
  kind: z.enum(['guarantee', 'case']),
  key: z.string(),
  guarantor: z.string(),
  guarantorPhone: z.string().nullable(),
  guarantorHours: z.string().nullable(),
  title: z.string(),
  tone: z.enum(['good', 'warn', 'bad', 'busy', 'mute']),
  status: z.string(),
  next: z.string(),
  bank: z.string().nullable(),
  number: z.string().nullable(),
  amount: moneyWire,
  outstanding: moneyWire.nullable(),
  startsOn: dayOut.nullable(),
  dueOn: dayOut.nullable(),
  feeRate: ratioWire.nullable(),
  feePaid: moneyWire.nullable(),
  /** Papers issued to the customer, each to be downloaded; `payload` opens the page that checks them. */
  letters: z.array(
    z.object({
      guarantorId: z.number().int(),
      id: idWire,
      kind: z.string(),
      number: z.string(),
      title: z.string(),
      payload: z.string(),
    }),
  ),
});
export type Matter = z.infer<typeof matter>;
export const asked = z.object({
  guarantorId: z.number().int(),
  id: idWire,
  guarantor: z.string(),
  title: z.string(),
  note: z.string(),
  dueOn: dayOut.nullable(),
  isOverdue: z.boolean(),
  answeredAt: instantOut.nullable(),
  fileName: z.string().nullable(),
});
export type Asked = z.infer<typeof asked>;
export const myCase = z.object({
  name: z.string(),
  identity: z.string(),
  asOf: dayOut,
  expiresAt: instantOut,
  matters: z.array(matter),
  asked: z.array(asked),
  uploadMegabytes: z.number().int(),
});
export type MyCase = z.infer<typeof myCase>;
export const uploaded = z.object({ ok: z.literal(true), name: z.string() });
export const uploadFields = z.object({ guarantorId: z.coerce.number().int(), requestId: idWire });

/** The telephone a guarantor shows its customers, and when it is answered. */
export const desk = z.object({
  phone: z
    .string()
    .trim()
    .regex(/^[0-9][0-9 -]{5,24}[0-9]$/, '请填写电话号码，如 0351-1234567'),
  hours: z.string().trim().max(60).default(''),
});
export const deskWire = z.object({ phone: z.string().nullable(), hours: z.string() });
export type DeskWire = z.infer<typeof deskWire>;
export const deskQuery = z.object({ guarantorId: z.coerce.number().int() });
export const letterKey = z.object({ guarantorId: z.coerce.number().int(), id: idWire });

/** What staff ask of a customer. */
export const newRequests = z.object({
  guarantorId: z.number().int(),
  customerId: idWire,
  items: z
    .array(
      z.object({
        code: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, '资料项代码须为小写字母、数字、横线'),
        title: z.string().trim().min(1).max(100),
      }),
    )
    .min(1, '请至少写明一份资料')
    .max(30),
  note: z.string().trim().max(300).default(''),
  dueOn: dayWire.optional(),
  subject: z.string().max(60).optional(),
});
export const requestRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  customerId: idWire,
  customerName: z.string(),
  title: z.string(),
  note: z.string(),
  dueOn: dayOut.nullable(),
  askedBy: z.string(),
  askedAt: instantOut,
  state: z.enum(['open', 'answered', 'withdrawn']),
  answeredAt: instantOut.nullable(),
  attachmentId: idWire.nullable(),
  fileName: z.string().nullable(),
});
export type RequestRow = z.infer<typeof requestRow>;
export const requestPage = pageOf(requestRow);
export const requestQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  customerId: idWire.optional(),
  state: z.enum(['open', 'answered', 'withdrawn']).optional(),
});
export const requestKey = z.object({ guarantorId: z.coerce.number().int(), id: idWire });

/** GET and POST /api/public/my-case/applications: 客户自助申请. */
export const applyChoicesWire = z.object({
  rows: z.array(
    z.object({
      guarantorId: z.number().int(),
      name: z.string(),
      banks: z.array(z.object({ id: z.number().int(), name: z.string() })),
    }),
  ),
});
export type ApplyChoices = z.infer<typeof applyChoicesWire>;
export const newApplication = z.object({
  guarantorId: z.number().int('请选择担保机构'),
  bankId: z.number().int('请选择贷款银行'),
  amount: z.string('请填写申请金额').pipe(moneyWire),
  termMonths: z.number('请填写期限').int('期限须为整月').min(1).max(600),
  purpose: z.string('请填写贷款用途').trim().min(4, '贷款用途至少四个字').max(2000),
  repayment: z.string('请填写还款来源').trim().min(4, '还款来源至少四个字').max(2000),
  contactName: z.string('请填写联系人').trim().min(2, '请填写联系人').max(100),
});
export const applied = z.object({ number: z.string() });
