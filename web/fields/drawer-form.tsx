import { Button, Drawer, Form } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../api.ts';
import { RefusalList } from './refusal-list.tsx';
import { useWrite } from './use-write.ts';

type DrawerFormProps<Entry extends object> = {
  /** The words of the button that opens it, of the drawer's title, and of the button that sends. */
  readonly opener: string;
  readonly title: string;
  readonly send: string;
  readonly url: string;
  readonly size?: number;
  readonly isPrimary?: boolean;
  readonly initial?: Partial<Entry>;
  /** What whoever fills it in should know first. */
  readonly note?: string;
  /** What is posted for the entry. */
  bodyOf(entry: Entry): unknown;
  readonly then?: (answer: { readonly id?: string }) => void;
  readonly children: ReactNode;
};

/** A button that opens a form beside the page; what the server refuses stands above the button that sends, and nothing typed is lost. */
export function DrawerForm<Entry extends object>({ bodyOf, then, children, ...props }: DrawerFormProps<Entry>) {
  const [isOpen, setOpen] = useState(false);
  const write = useWrite(
    (body: unknown, options) => api.post<{ id?: string }>(props.url, body, options),
    (answer) => {
      setOpen(false);
      then?.(answer);
    },
  );
  const open = () => {
    write.reset();
    setOpen(true);
  };
  return (
    <>
      <Button type={(props.isPrimary ?? true) ? 'primary' : 'default'} onClick={open}>
        {props.opener}
      </Button>
      <Drawer title={props.title} open={isOpen} onClose={() => setOpen(false)} size={props.size ?? 480} destroyOnHidden>
        <Form<Entry>
          layout="vertical"
          initialValues={(props.initial ?? {}) as Entry}
          onFinish={(entry) => write.mutate(bodyOf(entry))}
        >
          {props.note && (
            <p className="muted" style={{ margin: '0 0 14px' }}>
              {props.note}
            </p>
          )}
          {children}
          <div style={{ display: 'grid', gap: 12, marginTop: 12 }}>
            <RefusalList problem={write.error} />
            <Button type="primary" htmlType="submit" loading={write.isPending}>
              {props.send}
            </Button>
          </div>
        </Form>
      </Drawer>
    </>
  );
}
