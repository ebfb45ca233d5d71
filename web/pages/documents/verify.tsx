import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import type { LetterCheckWire } from '../../../src/modules/documents/contract.ts';
import { api } from '../../api.ts';
import { showInstant } from '../../fields/show.ts';
import { MoneyText } from '../../fields/text.tsx';
import { ProblemState } from '../../shell/states.tsx';
import { Line, Verdict, VerifyFrame } from '../../shell/verify-frame.tsx';

type Asked = { d?: string; number?: string; code?: string };

/** Anyone holding a paper may check here that the institution issued it, that it says what was signed, and that it still stands. */
export default function VerifyDocumentPage() {
  const search = useSearch({ strict: false }) as Record<keyof Asked, string | number | undefined>;
  const asked: Asked = Object.fromEntries(
    (['d', 'number', 'code'] as const).flatMap((name) => (search[name] ? [[name, String(search[name])]] : [])),
  );
  const navigate = useNavigate();
  const isAsked = asked.d !== undefined || (asked.number !== undefined && asked.code !== undefined);
  const query = useQuery({
    queryKey: ['public-letter', asked],
    queryFn: ({ signal }) => api.get<LetterCheckWire>('/api/public/letters', asked, signal),
    enabled: isAsked,
    retry: false,
  });
  const check = (to: Asked) => void navigate({ to: '/verify-letter' as string, search: to as never });
  return (
    <VerifyFrame
      what="文书查验"
      title="查验文书真伪"
      note="扫描文书上的二维码，或输入文号与核验码，核对要素、签名与是否作废。无需登录。"
    >
      <Form<Asked>
        key={`${asked.number}${asked.code}`}
        layout="inline"
        className="verify-letter"
        initialValues={asked}
        onFinish={({ number = '', code = '' }) => check({ number: number.trim(), code: code.trim() })}
      >
        <Form.Item name="number" label="文号" rules={[{ required: true, message: '请填写文号' }]}>
          <Input maxLength={60} placeholder="晋担意〔2026〕12号" style={{ width: 220 }} />
        </Form.Item>
        <Form.Item name="code" label="核验码" rules={[{ required: true, message: '请填写核验码' }]}>
          <Input maxLength={40} placeholder="XXXX-XXXX-XXXX" style={{ width: 160 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={query.isFetching}>
          查验
        </Button>
      </Form>
      <Input.Search
        style={{ marginTop: 12 }}
        placeholder="或粘贴二维码内容"
        aria-label="二维码内容"
        enterButton="按签名查验"
        onSearch={(d) => d.trim() && check({ d: d.trim() })}
      />
      {query.isError && <ProblemState problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && <Result found={query.data} />}
    </VerifyFrame>
  );
}

const words = {
  genuine: { tone: 'good', title: '文书真实有效', said: '与签发时一致，签名有效，未作废。请与纸面逐项核对。' },
  revoked: { tone: 'bad', title: '文书已作废', said: '文书曾由该机构签发，但已作废，请勿使用，并联系签发机构。' },
  'signed-only': {
    tone: 'warn',
    title: '签名有效，但本系统没有登记',
    said: '内容确由该机构的密钥签名；是否作废无从得知，请向签发机构核实。',
  },
  forged: {
    tone: 'bad',
    title: '文书未通过查验',
    said: '内容与签名不符，可能被改动或伪造。请勿使用，并联系所称的签发机构。',
  },
  unknown: {
    tone: 'bad',
    title: '查无此文书',
    said: '请对照纸面再输一次；仍查不到，请勿使用，并向所称的签发机构核实。',
  },
  unreadable: { tone: 'bad', title: '不是文书的二维码', said: '请重新扫描文书上的二维码，或改用文号与核验码。' },
} as const;

const Result = ({ found }: { found: LetterCheckWire }) => {
  const { tone, title, said } = words[found.verdict];
  return (
    <>
      <Verdict tone={tone} title={title}>
        {said}
      </Verdict>
      {found.number && (
        <dl className="verify-list">
          <Line name="文号">{found.number}</Line>
          <Line name="文书">{found.title}</Line>
          <Line name="签发机构">{found.issuer}</Line>
          <Line name="金额">
            {found.amount ? <MoneyText value={found.amount} unit="元" withUnit /> : '文书不载金额'}
          </Line>
          <Line name="签发日期">{found.issuedOn}</Line>
          {found.revokedOn && <Line name="作废日期">{found.revokedOn}</Line>}
          {found.issuedAt && <Line name="签名时间">{showInstant(found.issuedAt)}</Line>}
          <Line name="签名密钥属于">{found.keyOwner ?? '未能确认'}</Line>
          <Line name="内容摘要（SM3）">{found.hash}</Line>
        </dl>
      )}
    </>
  );
};
