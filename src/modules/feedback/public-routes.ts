import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { normaliseCode } from '../../platform/crypto/index.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { openSigner } from '../../platform/signers.ts';
import { isHashValid, isSignatureValid } from './content.ts';
import * as contract from './contract.ts';
import { publicCertificate } from './store.ts';

/** Where anyone who holds a certificate checks it, by verification code or content hash. Nothing personal is answered. */
export function publicRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/public/certificates/:code',
    tag: '公开验证',
    summary: '验证凭证真伪（核验码，或 64 位内容摘要）',
    permission: 'public',
    params: z.object({ code: z.string().trim().min(8).max(80) }),
    answer: contract.publicCertificate,
    rateLimit: { max: 30, timeWindow: '1 minute' },
    handle: async ({ read, params }) => {
      const found = await read((tx) => publicCertificate(tx, wantedOf(params.code)));
      if (!found) throw new Refused({ code: 'certificate-unknown', message: '没有这个验证码或内容摘要的凭证' }, 404);
      const { publicKey } = await openSigner('feedback');
      return {
        code: found.verificationCode,
        number: found.number,
        title: '融资担保业务数据季度反馈凭证',
        region: found.regionName,
        period: found.quarter,
        status: contract.statusTitles[found.status],
        issuer: found.issuer,
        sealedAt: found.sealedAt,
        hash: found.contentHash,
        isHashValid: isHashValid(found),
        isSignatureValid: isSignatureValid(found, [publicKey]),
        supersededBy: found.successor,
      };
    },
  });
}

/** A content hash as it is; a code as it was printed, whatever the case, spaces and look-alikes typed. */
function wantedOf(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  return normaliseCode(text);
}
