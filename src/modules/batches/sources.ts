import { type Refusal, Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { SourceBody } from './contract.ts';
import { profilesOf } from './profiles.ts';
import { insertSource, partiesOfSource, type SftpSource } from './store-sources.ts';

/**
 * Sets up a bank's SFTP server from a day on, as the next version of it; what earlier visits went by stays. Refused with everything that is
 * wrong: no such bank, product, guarantor or mapping, or a day that is over.
 */
export async function saveSource(tx: Tx, context: Context, bankId: number, body: SourceBody): Promise<number> {
  const known = await partiesOfSource(tx, bankId, body);
  const refusals: Refusal[] = [];
  const refuse = (code: string, field: string, message: string) => refusals.push({ code, field, message });
  if (!known.bankCode) refuse('bank-unknown', 'bankId', '没有这家银行，请先在“机构”里登记');
  if (!known.hasProduct) refuse('product-unknown', 'productCode', `没有产品“${body.productCode}”`);
  if (!known.hasGuarantor) refuse('guarantor-unknown', 'guarantorCode', `没有担保机构“${body.guarantorCode}”`);
  if (body.fromOn < context.clock.today())
    refuse('from-past', 'fromOn', '启用日已过：以往的取件照当时的设置，新设置从今天或以后起');
  if (body.profileCode !== undefined && !(await hasProfile(tx, bankId, body.profileCode)))
    refuse('profile-unknown', 'profileCode', `该银行没有映射“${body.profileCode}”，请由银行先在“建立映射”里保存`);
  if (refusals.length > 0) throw new Refused(refusals);
  const version = await insertSource(tx, bankId, body, context.actor.userId);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'batches.save-source',
    subject: `sftp-source:${bankId}/${version}`,
    detail: { host: body.host, port: body.port, username: body.username, from: body.fromOn, isActive: body.isActive },
  });
  return version;
}

const hasProfile = async (tx: Tx, bankId: number, code: string): Promise<boolean> =>
  code === 'template' || (await profilesOf(tx, bankId)).some((each) => each.code === code);

/** The private key of a source. Throws when its variable is not set. */
export function keyOfSource({ keyEnv, bankCode }: Pick<SftpSource, 'keyEnv' | 'bankCode'>, env = process.env): string {
  const key = env[keyEnv];
  if (!key) throw new Error(`没有设置环境变量 ${keyEnv}（银行 ${bankCode} 的 SFTP 私钥）`);
  return key.includes('\\n') && !key.includes('\n') ? key.replaceAll('\\n', '\n') : key;
}

/** What went wrong on the way to a bank's server, in words an administrator can act on. */
export function problemOf(error: unknown): string {
  const { message } = error as Error;
  const known = problems.find(([sign]) => sign.test(message));
  return known ? `${known[1]}（${message}）` : message;
}

const problems: readonly (readonly [RegExp, string])[] = [
  [/host denied|host key|verification failed/i, '服务器公钥指纹与登记的不符，没有登录：请与银行核对后更正指纹'],
  [/authentication methods failed/i, '银行的服务器不接受登录：请核对用户名，并请银行登记本系统的公钥'],
  [/ECONNREFUSED/, '银行的服务器拒绝连接：请核对地址与端口'],
  [/ENOTFOUND|EAI_AGAIN/, '找不到银行的服务器：请核对地址'],
  [/timed out|ETIMEDOUT/i, '连接超时：请核对网络与防火墙'],
  [/no such file|not found/i, '银行的服务器上没有约定的文件夹'],
  [/permission denied/i, '银行的服务器不许读写约定的文件夹'],
  [/privateKey|private key/i, '私钥不能用：请核对环境变量里的私钥'],
];
