import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const folder = z.string().min(1).max(500);

/** One bank's SFTP server. Secrets are not here: the private key comes from the environment variable named by `keyEnv`. */
export const sftpSource = z.strictObject({
  bankCode: z.string().min(1).meta({ description: '银行的机构代码' }),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(22),
  username: z.string().min(1),
  keyEnv: z.string().regex(/^[A-Z][A-Z0-9_]*$/, '环境变量名为大写字母、数字与下划线'),
  hostKeySha256: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}$/, '服务器公钥指纹：SHA256 之后的 43 位，不含等号')
    .meta({ description: 'ssh-keygen -lf 所示 SHA256: 之后的部分；不符即不登录' }),
  inbox: folder,
  outbox: folder,
  done: folder,
  productCode: z.string().default('batch'),
  guarantorCode: z.string().optional(),
  profileCode: z.string().optional(),
  stableSeconds: z
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .meta({ description: '没有 .ok 时，大小与时间须保持不变多少秒' }),
});
export type SftpSource = z.output<typeof sftpSource>;

/** The sources set up for this installation: the JSON list in the file that RONGDAN_SFTP_SOURCES names; none where it is not set. */
export async function sftpSources(env: NodeJS.ProcessEnv = process.env): Promise<SftpSource[]> {
  const file = env.RONGDAN_SFTP_SOURCES;
  if (!file) return [];
  const parsed = z.array(sftpSource).safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(`RONGDAN_SFTP_SOURCES 所指文件不合格式：${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The private key of a source. Throws when its variable is not set. */
export function keyOfSource(source: SftpSource, env: NodeJS.ProcessEnv = process.env): string {
  const key = env[source.keyEnv];
  if (!key) throw new Error(`没有设置环境变量 ${source.keyEnv}（银行 ${source.bankCode} 的 SFTP 私钥）`);
  return key.includes('\\n') && !key.includes('\n') ? key.replaceAll('\\n', '\n') : key;
}
