import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import type { CodeAsked, Opened } from '../../../src/modules/portal/contract.ts';
import { RefusalList } from '../../fields/refusal-list.tsx';
import { portalSend, portalToken } from './portal-api.ts';

type Fields = { identityNo: string; phone: string; code: string };

/** Asks for a code, then lets in by it. What it says never depends on whether there is such a customer. */
export function EnterForm({ notice, entered }: { readonly notice: string | undefined; readonly entered: () => void }) {
  const [form] = Form.useForm<Fields>();
  const [seconds, setSeconds] = useState(0);
  const ask = useMutation({
    mutationFn: (fields: Pick<Fields, 'identityNo' | 'phone'>) => portalSend<CodeAsked>('POST', '/codes', fields),
    onSuccess: (answer) => setSeconds(answer.againInSeconds),
  });
  const enter = useMutation({
    mutationFn: (fields: Fields) => portalSend<Opened>('POST', '/sessions', fields),
    onSuccess: ({ token }) => {
      portalToken.set(token);
      entered();
    },
  });
  useEffect(() => {
    if (seconds <= 0) return;
    const timer = setTimeout(() => setSeconds(seconds - 1), 1000);
    return () => clearTimeout(timer);
  }, [seconds]);
  const send = async () => {
    const fields = await form.validateFields(['identityNo', 'phone']).catch(() => undefined);
    if (fields) ask.mutate(fields as Fields);
  };
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      size="large"
      requiredMark={false}
      className="my-case-form"
      onFinish={(fields) => enter.mutate(fields)}
    >
      {notice && <Alert type="info" showIcon title={notice} style={{ marginBottom: 12 }} />}
      <Form.Item
        name="identityNo"
        label="证件号码"
        rules={[{ required: true, message: '请填写统一社会信用代码或身份证号码' }]}
      >
        <Input placeholder="企业填统一社会信用代码，个人填身份证号码" autoComplete="off" maxLength={24} />
      </Form.Item>
      <Form.Item
        name="phone"
        label="预留手机号"
        rules={[{ required: true, pattern: /^1\d{10}$/, message: '请填写 11 位手机号码' }]}
      >
        <Input placeholder="在担保机构登记的手机号" inputMode="numeric" autoComplete="tel" maxLength={11} />
      </Form.Item>
      <Form.Item label="短信验证码" required>
        <div className="my-case-code">
          <Form.Item
            name="code"
            noStyle
            rules={[{ required: true, pattern: /^\d{6}$/, message: '请填写 6 位数字验证码' }]}
          >
            <Input
              placeholder="6 位数字"
              aria-label="短信验证码"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={6}
            />
          </Form.Item>
          <Button onClick={() => void send()} disabled={seconds > 0} loading={ask.isPending}>
            {seconds > 0 ? `${seconds} 秒后可重发` : '获取验证码'}
          </Button>
        </div>
      </Form.Item>
      {ask.isSuccess && (
        <Alert
          type="success"
          showIcon
          style={{ marginBottom: 12 }}
          title={`${ask.data.message} ${ask.data.validMinutes} 分钟内有效。`}
          description={
            ask.data.outbox && (
              <>
                演示环境不发短信：请到{' '}
                <a href={ask.data.outbox} target="_blank" rel="noreferrer">
                  短信网关替身的收件页
                </a>{' '}
                看验证码。
              </>
            )
          }
        />
      )}
      <RefusalList problem={enter.error ?? ask.error} />
      <Button type="primary" htmlType="submit" block loading={enter.isPending} style={{ marginTop: 12 }}>
        查看我的业务
      </Button>
    </Form>
  );
}
