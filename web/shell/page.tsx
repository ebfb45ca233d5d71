import { Link } from '@tanstack/react-router';
import { Breadcrumb } from 'antd';
import type { ReactNode } from 'react';

type PageProps = {
  readonly title: ReactNode;
  /** One line under the title: what this page is for, or the identity of the thing shown. */
  readonly note?: ReactNode;
  /** Links above the title, from far to near. */
  readonly trail?: readonly { readonly title: string; readonly to: string }[];
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** The frame of every signed-in page: trail, title, note, actions, content. */
export function Page({ title, note, trail, actions, children }: PageProps) {
  return (
    <main className="page">
      {trail && trail.length > 0 && (
        <Breadcrumb
          className="page-trail"
          items={trail.map((each) => ({ title: <Link to={each.to as string}>{each.title}</Link> }))}
        />
      )}
      <header className="page-head">
        <div className="page-head-text">
          <h1>{title}</h1>
          {note && <div className="page-note">{note}</div>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </main>
  );
}

type PanelProps = {
  readonly title?: ReactNode;
  readonly note?: ReactNode;
  readonly extra?: ReactNode;
  readonly children: ReactNode;
  /** No padding: for tables and maps that fill the panel. */
  readonly flush?: boolean;
  readonly className?: string;
};

/** A white box with an optional heading: the only kind of box on a page. */
export function Panel({ title, note, extra, children, flush, className }: PanelProps) {
  return (
    <section className={`panel${flush ? ' panel-flush' : ''}${className ? ` ${className}` : ''}`}>
      {(title || extra) && (
        <header className="panel-head">
          <h2>{title}</h2>
          {note && <span className="panel-note">{note}</span>}
          <span className="panel-extra">{extra}</span>
        </header>
      )}
      <div className="panel-body">{children}</div>
    </section>
  );
}
