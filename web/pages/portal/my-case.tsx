import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Skeleton } from 'antd';
import { useState } from 'react';
import type { MyCase } from '../../../src/modules/portal/contract.ts';
import { ApiProblem } from '../../api.ts';
import { ProblemState } from '../../shell/states.tsx';
import { VerifyFrame } from '../../shell/verify-frame.tsx';
import { ApplyForm } from './apply-form.tsx';
import { AskedPapers } from './asked-papers.tsx';
import { EnterForm } from './enter-form.tsx';
import { MatterCard } from './matter-card.tsx';
import { portalSend, portalToken } from './portal-api.ts';
import './portal.css';

/** Where a customer without an account finds the own guarantees: by identity code and a code sent to the telephone on file. */
export default function MyCasePage() {
  const queries = useQueryClient();
  const [isIn, setIn] = useState(portalToken.get() !== '');
  const query = useQuery({
    queryKey: ['my-case'],
    queryFn: () => portalSend<MyCase>('GET', ''),
    enabled: isIn,
    retry: false,
  });
  const leave = (): void => {
    void portalSend('DELETE', '/sessions').catch(() => undefined);
    portalToken.clear();
    queries.removeQueries({ queryKey: ['my-case'] });
    setIn(false);
  };
  const isOver = query.error instanceof ApiProblem && query.error.status === 401;
  return (
    <VerifyFrame
      what="客户查询"
      title="查我的担保业务"
      note={
        isIn && query.isSuccess
          ? `${query.data.name}　${query.data.identity}`
          : '不用注册：填证件号码和在担保机构预留的手机号，凭短信验证码查看。'
      }
    >
      {(!isIn || isOver) && (
        <EnterForm
          notice={isIn && isOver ? '查询已结束或超过时限，请重新获取验证码。' : undefined}
          entered={() => {
            queries.removeQueries({ queryKey: ['my-case'] });
            setIn(true);
          }}
        />
      )}
      {isIn && query.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {isIn && query.isError && !isOver && <ProblemState problem={query.error} retry={() => void query.refetch()} />}
      {isIn && query.isSuccess && <Found of={query.data} leave={leave} />}
      <p className="my-case-foot">
        拿到担保函、证明要核对真假？<a href="/verify-letter">验证文书真伪</a>
      </p>
    </VerifyFrame>
  );
}

function Found({ of, leave }: { readonly of: MyCase; readonly leave: () => void }) {
  const open = of.asked.filter((each) => each.answeredAt === null).length;
  return (
    <>
      {of.asked.length > 0 && (
        <section>
          <h2 className="my-case-title">要您提交的资料{open > 0 && <b>{open}</b>}</h2>
          <AskedPapers of={of.asked} megabytes={of.uploadMegabytes} />
        </section>
      )}
      <section>
        <h2 className="my-case-title">我的担保</h2>
        {of.matters.length === 0 && <p className="muted">目前没有担保业务。</p>}
        {of.matters.map((matter) => (
          <MatterCard key={matter.key} of={matter} />
        ))}
      </section>
      <section>
        <h2 className="my-case-title">申请担保</h2>
        <ApplyForm />
      </section>
      <div className="my-case-end">
        <span className="muted">数据截至 {of.asOf}</span>
        <Button onClick={leave}>结束查询</Button>
      </div>
    </>
  );
}
