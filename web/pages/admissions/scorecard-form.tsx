import { Button, Checkbox, Form, Input, InputNumber } from 'antd';
import type { ReactNode } from 'react';
import type { ScorecardTerms, ScorecardWire } from '../../../src/modules/admissions/contract.ts';
import { DayField, DrawerForm, requiredRule } from '../../fields/index.ts';
import './admissions.css';

type Entry = Omit<ScorecardTerms, 'criteria' | 'checklist'> & {
  from: string;
  source: string;
  unverified?: string;
  criteria: { code?: string; title: string; maximum: number; guide?: string }[];
  checklist: { code?: string; title: string; required?: boolean; clause?: string }[];
};

/** 登记新版评分卡: starts from the newest one; indicators, their points, bands, lines, terms and documents are all typed here. */
export function NewScorecard({ previous }: { previous: ScorecardWire }) {
  const { terms, source, unverified } = previous;
  return (
    <DrawerForm<Entry>
      opener="登记新版评分卡"
      title="登记准入评分卡新版"
      send="登记"
      size={760}
      url="/api/admissions/scorecards"
      initial={{ ...terms, source, ...(unverified === null ? {} : { unverified }) }}
      bodyOf={bodyOf}
    >
      <div className="form-grid">
        <Form.Item name="from" label="生效日" rules={[requiredRule('生效日')]}>
          <DayField />
        </Form.Item>
        <Form.Item name="source" label="依据文件" rules={[requiredRule('依据文件')]}>
          <Input maxLength={200} />
        </Form.Item>
        <Count name="admitFrom" label="准入线（分）" most={100} />
        <Count name="keepFrom" label="保留线（分）" most={100} />
        <Count name="validMonths" label="有效期（月）" most={120} />
        <Count name="reviewMonths" label="复审间隔（月）" most={60} />
      </div>
      <Rows name="criteria" title="指标" add="添加指标" columns="minmax(0, 3fr) 90px minmax(0, 5fr) 60px">
        {(at, label) => (
          <>
            <Bare name={[at, 'title']} rule="指标名称">
              <Input aria-label={`${label}名称`} placeholder="指标名称" maxLength={40} />
            </Bare>
            <Bare name={[at, 'maximum']} rule="满分">
              <InputNumber aria-label={`${label}满分`} min={1} max={100} precision={0} placeholder="满分" />
            </Bare>
            <Bare name={[at, 'guide']}>
              <Input aria-label={`${label}评什么`} placeholder="评什么" maxLength={200} />
            </Bare>
          </>
        )}
      </Rows>
      <PointsSum />
      <Rows name="grades" title="等级（由高到低，最低一级 0 分起）" add="添加等级" columns="90px 130px 60px">
        {(at, label) => (
          <>
            <Bare name={[at, 'grade']} rule="等级">
              <Input aria-label={`${label}等级`} placeholder="等级" maxLength={4} />
            </Bare>
            <Bare name={[at, 'least']} rule="分数线">
              <InputNumber aria-label={`${label}分数线`} min={0} max={100} precision={0} suffix="分起" />
            </Bare>
          </>
        )}
      </Rows>
      <Rows name="checklist" title="资料清单" add="添加资料" columns="minmax(0, 5fr) minmax(0, 3fr) 70px 60px">
        {(at, label) => (
          <>
            <Bare name={[at, 'title']} rule="资料名称">
              <Input aria-label={`${label}名称`} placeholder="资料名称" maxLength={60} />
            </Bare>
            <Bare name={[at, 'clause']}>
              <Input aria-label={`${label}依据`} placeholder="依据" maxLength={60} />
            </Bare>
            <Bare name={[at, 'required']} isCheck>
              <Checkbox>必备</Checkbox>
            </Bare>
          </>
        )}
      </Rows>
      <Form.Item name="unverified" label="待核实的内容（没有则不填）">
        <Input maxLength={400} />
      </Form.Item>
    </DrawerForm>
  );
}

const Count = ({ name, label, most }: { name: string; label: string; most: number }) => (
  <Form.Item name={name} label={label} rules={[requiredRule(label)]}>
    <InputNumber min={0} max={most} precision={0} style={{ width: '100%' }} />
  </Form.Item>
);

type BareProps = {
  readonly name: readonly (string | number)[];
  readonly rule?: string;
  readonly isCheck?: boolean;
  readonly children: ReactNode;
};

const Bare = ({ name, rule, isCheck = false, children }: BareProps) => (
  <Form.Item
    name={[...name]}
    noStyle
    rules={rule ? [requiredRule(rule)] : []}
    {...(isCheck ? { valuePropName: 'checked' } : {})}
  >
    {children}
  </Form.Item>
);

type RowsProps = {
  readonly name: string;
  readonly title: string;
  readonly add: string;
  readonly columns: string;
  readonly children: (at: number, label: string) => ReactNode;
};

/** Rows of fields that can be added and taken away. */
function Rows({ name, title, add, columns, children }: RowsProps) {
  return (
    <Form.List name={name}>
      {(fields, list) => (
        <div className="scorecard-rows">
          <b>{title}</b>
          {fields.map((field, index) => (
            <div key={field.key} className="scorecard-row" style={{ gridTemplateColumns: columns }}>
              {children(field.name, `${title.slice(0, 2)}${index + 1}`)}
              <Button type="text" onClick={() => list.remove(field.name)}>
                删除
              </Button>
            </div>
          ))}
          <Button type="dashed" onClick={() => list.add()}>
            {add}
          </Button>
        </div>
      )}
    </Form.List>
  );
}

function PointsSum() {
  const criteria = (Form.useWatch('criteria') ?? []) as { maximum?: number }[];
  const sum = criteria.reduce((total, each) => total + (each?.maximum ?? 0), 0);
  return (
    <div className="field-hint" role="status">
      满分合计 {sum} 分{sum === 100 ? '' : '，须为 100 分'}
    </div>
  );
}

/** What was carried over keeps its code, so that points given before still find their indicator; what is new gets the next free one. */
function bodyOf({ from, source, unverified, criteria, checklist, ...terms }: Entry) {
  const coded = <T extends { code?: string }>(all: readonly T[], prefix: string) =>
    all.map((each, at) => ({ ...each, code: each.code ?? `${prefix}-${at + 1}-${from}` }));
  return {
    from,
    source,
    unverified: unverified || null,
    terms: {
      ...terms,
      criteria: coded(criteria, 'criterion').map((each) => ({ ...each, guide: each.guide ?? '' })),
      checklist: coded(checklist, 'document').map((each) => ({
        ...each,
        required: each.required ?? false,
        clause: each.clause ?? '',
      })),
    },
  };
}
