import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { demoAccountsWire, signInBody } from '../../../src/modules/identity/contract.ts';
import { api } from '../../api.ts';
import { RefusalList } from '../../fields/refusal-list.tsx';
import { meQuery } from '../../shell/session.ts';
import './sign-in.css';

type SignIn = z.infer<typeof signInBody>;
type DemoAccount = z.infer<typeof demoAccountsWire>['rows'][number];

/** Sign-in. In a demo installation the demo accounts stand beside the form, one click each. */
export default function SignInPage() {
  const [form] = Form.useForm<SignIn>();
  const [wantsTotp, setWantsTotp] = useState(false);
  const router = useRouter();
  const queries = useQueryClient();
  const { from } = useSearch({ strict: false }) as { from?: string };
  const signIn = useMutation({
    mutationFn: ({ account, password, totp }: SignIn) =>
      api.post('/api/sign-in', { account, password, ...(totp ? { totp } : {}) }),
    onSuccess: async () => {
      queries.clear();
      await queries.fetchQuery(meQuery);
      // Only an address of this site: a link must not lead a freshly signed-in person elsewhere.
      router.history.push(from?.startsWith('/') && !from.startsWith('//') ? from : '/');
    },
    onError: () => setWantsTotp(true),
  });
  return (
    <div className="gate">
      <Face />
      <main className="gate-desk">
        <div className="gate-box">
          <h1>登录</h1>
          <Form form={form} layout="vertical" onFinish={(values) => signIn.mutate(values)} requiredMark={false}>
            <Form.Item name="account" label="账号" rules={[{ required: true, message: '请输入账号' }]}>
              <Input size="large" autoComplete="username" autoFocus />
            </Form.Item>
            <Form.Item name="password" label="密码" rules={[{ required: true, message: '请输入密码' }]}>
              <Input.Password size="large" autoComplete="current-password" />
            </Form.Item>
            {wantsTotp ? (
              <Form.Item
                name="totp"
                label="动态口令（开通了才需要）"
                rules={[{ pattern: /^\d{6}$/, message: '动态口令是 6 位数字' }]}
              >
                <Input size="large" inputMode="numeric" maxLength={6} autoComplete="one-time-code" />
              </Form.Item>
            ) : (
              <button type="button" className="text-button gate-totp" onClick={() => setWantsTotp(true)}>
                我有动态口令
              </button>
            )}
            {signIn.error && <RefusalList problem={signIn.error} />}
            <Button type="primary" size="large" htmlType="submit" block loading={signIn.isPending} className="gate-go">
              登录
            </Button>
          </Form>
          <DemoAccounts
            choose={({ account, password }) => form.setFieldsValue({ account, password })}
            enter={({ account, password }) => signIn.mutate({ account, password })}
          />
        </div>
      </main>
    </div>
  );
}

const Face = () => (
  <section className="gate-face">
    <div className="gate-brand">
      <img src="/mark.svg" alt="" width={40} height={40} />
      <div>
        <div className="gate-name">融担一体化平台</div>
        <div className="gate-sub">政府性融资担保机构市县一体化运营</div>
      </div>
    </div>
    <ul className="gate-points">
      <li>
        <b>一套系统</b>省再担、市担保、县机构在同一本账上办业务
      </li>
      <li>
        <b>日报送，常核对</b>每天报送监测系统，两边逐笔核对，差异有因可查
      </li>
      <li>
        <b>补贴只认反馈数据</b>每一分钱都能追到凭证、条款和每一笔贷款
      </li>
    </ul>
  </section>
);

type DemoAccountsProps = {
  readonly choose: (account: DemoAccount) => void;
  readonly enter: (account: DemoAccount) => void;
};

function DemoAccounts({ choose, enter }: DemoAccountsProps) {
  const demo = useQuery({
    queryKey: ['demo-accounts'],
    queryFn: ({ signal }) => api.get<{ rows: readonly DemoAccount[] }>('/api/demo-accounts', {}, signal),
  });
  const accounts = demo.data?.rows ?? [];
  if (accounts.length === 0) return null;
  return (
    <section className="gate-demo">
      <h2>演示账号（点一下填好，双击直接登录）</h2>
      <div className="gate-accounts">
        {accounts.map((each) => (
          <button type="button" key={each.account} onClick={() => choose(each)} onDoubleClick={() => enter(each)}>
            <b>{each.role}</b>
            <span>{each.institution}</span>
            <code>{each.account}</code>
          </button>
        ))}
      </div>
    </section>
  );
}
