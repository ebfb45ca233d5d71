import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Input } from 'antd';
import { useState } from 'react';
import { ApiProblem, api } from '../../api.ts';
import { showInstant, showWireQuarter } from '../../fields/show.ts';
import { ProblemState } from '../../shell/states.tsx';
import { Line, Verdict, VerifyFrame } from '../../shell/verify-frame.tsx';

/** GET /api/public/certificates/:code. Nothing in it is personal: anyone may look. */
type PublicCertificate = {
  readonly code: string;
  readonly number: string;
  readonly title: string;
  readonly region: string;
  readonly period: string;
  readonly status: string;
  readonly issuer: string;
  readonly sealedAt: string;
  readonly hash: string;
  readonly isHashValid: boolean;
  readonly isSignatureValid: boolean;
  readonly supersededBy?: string | null;
};

/** Anyone holding a printed certificate may check here that it is genuine, unaltered and the newest. */
export default function VerifyPage() {
  const search = useSearch({ strict: false }) as { code?: string | number };
  const code = search.code === undefined ? '' : String(search.code);
  const navigate = useNavigate();
  const [typed, setTyped] = useState(code);
  const check = (wanted: string) =>
    void navigate({ to: '/verify' as string, search: { code: wanted.trim() } as never });
  const query = useQuery({
    queryKey: ['public-certificate', code],
    queryFn: ({ signal }) =>
      api.get<PublicCertificate>(`/api/public/certificates/${encodeURIComponent(code)}`, {}, signal),
    enabled: code !== '',
  });
  const isUnknown = query.error instanceof ApiProblem && query.error.status === 404;
  return (
    <VerifyFrame
      what="季度反馈凭证验证"
      title="验证凭证真伪"
      note="输入凭证上的验证码（或扫描二维码），核对编号、内容摘要与签名。无需登录。"
    >
      <Input.Search
        size="large"
        value={typed}
        placeholder="验证码"
        aria-label="验证码"
        enterButton="验证"
        loading={query.isFetching}
        onChange={(event) => setTyped(event.target.value)}
        onSearch={(value) => value.trim() && check(value)}
      />
      {isUnknown && (
        <Verdict tone="bad" title="没有这个验证码的凭证">
          请对照纸面再输一次，注意 0 与 O、1 与 I；仍查不到，请向出具机构核实。
        </Verdict>
      )}
      {query.isError && !isUnknown && <ProblemState problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && <Result found={query.data} />}
    </VerifyFrame>
  );
}

function Result({ found }: { found: PublicCertificate }) {
  const isGenuine = found.isHashValid && found.isSignatureValid;
  return (
    <>
      {!isGenuine && (
        <Verdict tone="bad" title="凭证未通过验证">
          {found.isHashValid ? '签名与出具机构不符' : '内容摘要与封存时不符，数据可能被改动'}
          。请勿使用，并联系出具机构。
        </Verdict>
      )}
      {isGenuine && found.supersededBy && (
        <Verdict tone="warn" title="凭证真实，但已被更正凭证取代">
          请以更正凭证 {found.supersededBy} 为准。
        </Verdict>
      )}
      {isGenuine && !found.supersededBy && (
        <Verdict tone="good" title="凭证真实有效">
          内容与封存时一致，签名有效。
        </Verdict>
      )}
      <dl className="verify-list">
        <Line name="凭证编号">{found.number}</Line>
        <Line name="名称">{found.title}</Line>
        <Line name="区域">{found.region}</Line>
        <Line name="所属期">{showWireQuarter(found.period)}</Line>
        <Line name="状态">{found.status}</Line>
        <Line name="出具机构">{found.issuer}</Line>
        <Line name="封存时间">{showInstant(found.sealedAt)}</Line>
        <Line name="内容摘要（SM3）">{found.hash}</Line>
        <Line name="签名（SM2）">{found.isSignatureValid ? '有效' : '无效'}</Line>
      </dl>
    </>
  );
}
