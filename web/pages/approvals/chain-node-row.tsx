import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined } from '@ant-design/icons';
import { Button, Checkbox, Input, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import { MoneyField } from '../../fields/index.ts';
import { initiator, type NodeDraft } from './chain-draft.ts';
import type { ChainRoles } from './chain-plan.ts';

type NodeRowProps = {
  readonly draft: NodeDraft;
  readonly at: number;
  readonly count: number;
  readonly roles: ChainRoles;
  readonly change: (part: Partial<NodeDraft>) => void;
  readonly move: (by: 1 | -1) => void;
  readonly remove: () => void;
};

const kinds = [
  { value: 'single', label: '单人办理' },
  { value: 'all', label: '会签（该岗位全体）' },
  { value: 'committee', label: '评审会' },
] as const;

/** One node of the chain as a row of fields; its number leads every label. */
export function NodeRow(props: NodeRowProps) {
  const { draft, at, change } = props;
  const name = `第 ${at + 1} 个节点`;
  return (
    <section className="chain-row" aria-label={name}>
      <header>
        <b>{at + 1}</b>
        <Input
          aria-label={`${name}的名称`}
          placeholder="节点名称，如 风控审查"
          maxLength={40}
          value={draft.title}
          onChange={({ target }) => change({ title: target.value })}
        />
        <Tools {...props} name={name} />
      </header>
      <Fields {...props} name={name} />
      {draft.kind === 'committee' && <CommitteeFields name={name} draft={draft} change={change} />}
      {draft.fact && (
        <p className="muted">
          另有条件：{draft.fact.name}为“{draft.fact.is}”
        </p>
      )}
    </section>
  );
}

type Named = NodeRowProps & { readonly name: string };

const Tools = ({ name, at, count, move, remove }: Named) => (
  <span className="chain-row-tools">
    <Button
      size="small"
      aria-label={`上移${name}`}
      icon={<ArrowUpOutlined />}
      disabled={at === 0}
      onClick={() => move(-1)}
    />
    <Button
      size="small"
      aria-label={`下移${name}`}
      icon={<ArrowDownOutlined />}
      disabled={at === count - 1}
      onClick={() => move(1)}
    />
    <Button
      size="small"
      danger
      aria-label={`删除${name}`}
      icon={<DeleteOutlined />}
      disabled={count === 1}
      onClick={remove}
    />
  </span>
);

const Fields = ({ name, draft, roles, change }: Named) => (
  <div className="chain-row-fields">
    <Labelled text="由谁办理">
      <Select
        aria-label={`${name}由谁办理`}
        placeholder="选择岗位"
        virtual={false}
        value={draft.who || null}
        options={[
          ...roles.map((each) => ({
            value: each.code,
            label: each.isGovernment ? `${each.title}（政府部门）` : each.title,
          })),
          { value: initiator, label: '发起人' },
        ]}
        onChange={(who) => change({ who })}
      />
    </Labelled>
    <Labelled text="方式">
      <Select
        aria-label={`${name}的方式`}
        value={draft.kind}
        options={[...kinds]}
        onChange={(kind) => change({ kind })}
      />
    </Labelled>
    <Labelled text="期限（工作日）">
      <InputNumber
        aria-label={`${name}的期限`}
        min={1}
        max={60}
        precision={0}
        value={draft.dueWorkingDays}
        onChange={(dueWorkingDays) => change({ dueWorkingDays })}
      />
    </Labelled>
    <Limit draft={draft} part="amountAbove" text="只在金额超过" change={change} />
    <Limit draft={draft} part="amountUpTo" text="只在金额不超过" change={change} />
    <span className="chain-row-checks">
      <Checkbox checked={draft.decides} onChange={({ target }) => change({ decides: target.checked })}>
        决策节点
      </Checkbox>
      <Checkbox
        checked={draft.otherThanInitiator || draft.decides}
        disabled={draft.decides}
        onChange={({ target }) => change({ otherThanInitiator: target.checked })}
      >
        发起人回避
      </Checkbox>
    </span>
  </div>
);

type LimitProps = Pick<NodeRowProps, 'draft' | 'change'> & {
  readonly part: 'amountAbove' | 'amountUpTo';
  readonly text: string;
};

const Limit = ({ draft, part, text, change }: LimitProps) => (
  <Labelled text={text} of={`${part}-${draft.id}`}>
    <MoneyField
      id={`${part}-${draft.id}`}
      unit="万元"
      placeholder="不限"
      value={draft[part]}
      onChange={(value) => change({ [part]: value })}
    />
  </Labelled>
);

type LabelledProps = { readonly text: string; readonly of?: string; readonly children: ReactNode };

/** A field under its name; `of` is the field's id where the field has no name of its own. */
const Labelled = ({ text, of, children }: LabelledProps) => (
  <div className="chain-row-field">
    {of ? (
      <label className="muted" htmlFor={of}>
        {text}
      </label>
    ) : (
      <span className="muted">{text}</span>
    )}
    {children}
  </div>
);

const shares = ['1/2', '2/3', '3/4', '1/1'].map((value) => ({ value, label: value === '1/1' ? '全体' : value }));
const majorities = [
  { value: 'present/reach', label: '到会委员中达到' },
  { value: 'present/exceed', label: '到会委员中超过' },
  { value: 'members/reach', label: '全体未回避委员中达到' },
  { value: 'members/exceed', label: '全体未回避委员中超过' },
] as const;

function CommitteeFields({ name, draft, change }: { name: string } & Pick<NodeRowProps, 'draft' | 'change'>) {
  const rule = draft.committee;
  const set = (part: Partial<NodeDraft['committee']>) => change({ committee: { ...rule, ...part } });
  return (
    <div className="chain-row-committee">
      到会不少于未回避委员的
      <Select
        aria-label={`${name}的到会比例`}
        value={rule.quorum}
        options={shares}
        onChange={(quorum) => set({ quorum })}
      />
      且不少于
      <InputNumber
        aria-label={`${name}的到会人数`}
        min={1}
        max={30}
        value={rule.atLeast}
        onChange={(atLeast) => set({ atLeast: atLeast ?? 1 })}
      />
      人；同意票在
      <Select
        aria-label={`${name}的计票方法`}
        style={{ width: 190 }}
        value={`${rule.of}/${rule.exceeds ? 'exceed' : 'reach'}`}
        options={[...majorities]}
        onChange={(value) => {
          const [of, how] = value.split('/');
          set({ of: of === 'members' ? 'members' : 'present', exceeds: how === 'exceed' });
        }}
      />
      <Select
        aria-label={`${name}的通过比例`}
        value={rule.majority}
        options={shares}
        onChange={(majority) => set({ majority })}
      />
      为通过
    </div>
  );
}
