import { CheckCircleFilled, CloseCircleFilled, InfoCircleFilled } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import './verify.css';

type FrameProps = {
  readonly what: string;
  readonly title: string;
  readonly note: string;
  readonly children: ReactNode;
};

/** A page where anyone checks a printed paper, without signing in. */
export const VerifyFrame = ({ what, title, note, children }: FrameProps) => (
  <div className="verify">
    <header className="verify-head">
      <img src="/mark.svg" alt="" width={28} height={28} />
      融担一体化平台　<span>{what}</span>
    </header>
    <main className="verify-box">
      <h1>{title}</h1>
      <p className="muted">{note}</p>
      {children}
    </main>
    <footer className="muted">
      业务人员请{' '}
      <Button type="link" href="/sign-in" style={{ padding: 0 }}>
        登录系统
      </Button>
    </footer>
  </div>
);

const icons = { good: <CheckCircleFilled />, warn: <InfoCircleFilled />, bad: <CloseCircleFilled /> };
type VerdictProps = { readonly tone: keyof typeof icons; readonly title: string; readonly children: ReactNode };

/** What the check came to, in one line and what to do. */
export const Verdict = ({ tone, title, children }: VerdictProps) => (
  <div className={`verdict verdict-${tone}`} role="alert">
    {icons[tone]}
    <div>
      <b>{title}</b>
      <div>{children}</div>
    </div>
  </div>
);

/** One fact of the paper. */
export const Line = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
