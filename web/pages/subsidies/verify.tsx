import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import type { LetterCheck } from '../../../src/modules/subsidies/contract.ts';
import { ApiProblem, api } from '../../api.ts';
import { MoneyText } from '../../fields/text.tsx';
import { ProblemState } from '../../shell/states.tsx';
import { Line, Verdict, VerifyFrame } from '../../shell/verify-frame.tsx';
import { Placeholder } from './looks.tsx';

type Asked = { number: string; code: string };

/** Anyone holding a printed 预拨 or 清算 letter (or its QR code) may check here that it was issued and says what it said. */
export default function VerifyLetterPage() {
  const search = useSearch({ strict: false }) as Partial<Record<keyof Asked, string | number>>;
  const asked: Asked = { number: String(search.number ?? ''), code: String(search.code ?? '') };
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ['public-letter', asked],
    queryFn: ({ signal }) => api.get<LetterCheck>('/api/subsidies/letters/verify', asked, signal),
    enabled: asked.number !== '' && asked.code !== '',
    retry: false,
  });
  const isUnknown = query.error instanceof ApiProblem && query.error.status === 404;
  return (
    <VerifyFrame
      what="补偿补贴通知书查验"
      title="查验通知书真伪"
      note="输入通知书的编号与核验码（或扫描二维码），核对金额与发文日期。无需登录。"
    >
      <Form<Asked>
        key={asked.number + asked.code}
        layout="inline"
        className="verify-letter"
        initialValues={asked}
        onFinish={({ number, code }) =>
          void navigate({
            to: '/subsidies/verify' as string,
            search: { number: number.trim(), code: code.trim() } as never,
          })
        }
      >
        <Form.Item name="number" label="编号" rules={[{ required: true, message: '请填写编号' }]}>
          <Input maxLength={80} placeholder="SX-QS-2026-140105-01" style={{ width: 230 }} />
        </Form.Item>
        <Form.Item name="code" label="核验码" rules={[{ required: true, message: '请填写核验码' }]}>
          <Input maxLength={40} placeholder="XXXX-XXXX-XXXX" style={{ width: 160 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={query.isFetching}>
          查验
        </Button>
      </Form>
      {isUnknown && (
        <Verdict tone="bad" title="没有编号与核验码都相符的通知书">
          请对照纸面再输一次；仍查不到，请勿据此收付款项，并向落款的财政部门核实。
        </Verdict>
      )}
      {query.isError && !isUnknown && <ProblemState problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && <Result found={query.data} />}
    </VerifyFrame>
  );
}

const Result = ({ found }: { found: LetterCheck }) => (
  <>
    {found.intact ? (
      <Verdict tone="good" title="通知书真实有效">
        系统中的金额与发文时一致；请与纸面逐项核对。
      </Verdict>
    ) : (
      <Verdict tone="bad" title="通知书未通过查验">
        系统中的金额与发文时的内容摘要不符，数据可能被改动。请勿据此收付款项，并联系落款的财政部门。
      </Verdict>
    )}
    <dl className="verify-list">
      <Line name="编号">{found.number}</Line>
      <Line name="名称">
        {found.title}通知书 <Placeholder when={found.placeholder} />
      </Line>
      <Line name="发给">{found.guarantor ?? '各机构、财政部门（汇总）'}</Line>
      <Line name="金额（拨付减收回）">
        <MoneyText value={found.amount} unit="元" withUnit />
      </Line>
      <Line name="发文日期">{found.issuedOn}</Line>
      <Line name="内容摘要（SM3）">{found.hash}</Line>
    </dl>
  </>
);
