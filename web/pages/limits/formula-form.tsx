import { Form, Input, InputNumber, Radio } from 'antd';
import type { FormulaRow, LineFormula } from '../../../src/modules/limits/contract.ts';
import { DayField, DrawerForm, requiredRule } from '../../fields/index.ts';
import { percentOfRatio, ratioOfPercent } from './percent.ts';

type Part = { weight: string; target?: string };
type Entry = {
  from: string;
  source: string;
  unverified?: string;
  growth: string;
  least: string;
  most: string;
  nonSharing: string;
  stateOwned: string;
  groupBreach: LineFormula['groupBreach'];
  indicators: Record<string, Part>;
  grades: Record<string, string>;
};

/** 拟定新版公式: starts from the one in force; somebody else agrees before it counts. */
export function NewFormula({ previous }: { previous: FormulaRow }) {
  const { terms } = previous;
  return (
    <DrawerForm<Entry>
      note="提交后由再担保机构另一人审定，自生效日起用于其后的年度；已核定的额度不变。"
      opener="拟定新版公式"
      title="拟定年度额度公式"
      send="提交审定"
      size={680}
      url="/api/limits/formulas"
      initial={entryOf(previous)}
      bodyOf={(entry) => bodyOf(terms, entry)}
    >
      <div className="form-grid">
        <Form.Item name="from" label="生效日" rules={[requiredRule('生效日')]}>
          <DayField />
        </Form.Item>
        <PercentItem name="growth" label="增长率" />
        <PercentItem name="least" label="系数下限" />
        <PercentItem name="most" label="系数上限" />
        <PercentItem name="nonSharing" label="非银担分险额度占上年的" />
        <PercentItem name="stateOwned" label="国企子限额占各部分的" />
      </div>
      <Form.Item name="groupBreach" label="分配组超出时">
        <Radio.Group
          options={[
            { value: 'refuse', label: '拒绝新增' },
            { value: 'tell', label: '只作提示' },
          ]}
        />
      </Form.Item>
      <Indicators terms={terms} />
      <Form.Item name="source" label="依据文件" rules={[requiredRule('依据文件')]}>
        <Input maxLength={200} placeholder="文号或文件名" />
      </Form.Item>
      <Form.Item name="unverified" label="待核实的内容（没有则不填）">
        <Input maxLength={400} />
      </Form.Item>
    </DrawerForm>
  );
}

type PercentItemProps = {
  readonly name: string | readonly string[];
  readonly label: string;
  readonly isBare?: boolean;
};

const PercentItem = ({ name, label, isBare = false }: PercentItemProps) => (
  <Form.Item
    name={name as string | string[]}
    {...(isBare ? { noStyle: true } : { label })}
    rules={[requiredRule(label)]}
  >
    <InputNumber<string>
      stringMode
      min="0"
      max="1000"
      suffix="%"
      controls={false}
      aria-label={label}
      style={{ width: '100%' }}
    />
  </Form.Item>
);

/** Weight and target of each indicator; the weights come to 100% together, which the server checks. */
function Indicators({ terms }: { terms: LineFormula }) {
  return (
    <div className="limits-indicators">
      <b>指标</b>
      <b>权重</b>
      <b>目标或等级得分</b>
      {terms.indicators.map((each) => (
        <div key={each.code} style={{ display: 'contents' }}>
          <span>{each.title}</span>
          <PercentItem name={['indicators', each.code, 'weight']} label={`${each.title}的权重`} isBare />
          {each.kind === 'grade' ? (
            <span className="limits-grades">
              {Object.keys(each.grades ?? {}).map((grade) => (
                <span key={grade}>
                  {grade} 级
                  <PercentItem name={['grades', grade]} label={`${grade} 级得分`} isBare />
                </span>
              ))}
            </span>
          ) : each.code === 'leverage' ? (
            <Form.Item name={['indicators', each.code, 'target']} noStyle rules={[requiredRule('目标倍数')]}>
              <InputNumber<string>
                stringMode
                min="0"
                max="100"
                suffix="倍"
                controls={false}
                aria-label={`${each.title}的目标`}
                style={{ width: '100%' }}
              />
            </Form.Item>
          ) : (
            <PercentItem
              name={['indicators', each.code, 'target']}
              label={`${each.title}的${each.kind === 'ceiling' ? '上限' : '目标'}`}
              isBare
            />
          )}
        </div>
      ))}
    </div>
  );
}

const isMultiple = (code: string) => code === 'leverage';

function entryOf({ terms, source, unverified }: FormulaRow): Partial<Entry> {
  const graded = terms.indicators.find((each) => each.kind === 'grade');
  return {
    source,
    ...(unverified === null ? {} : { unverified }),
    growth: percentOfRatio(terms.growth) ?? '0',
    least: percentOfRatio(terms.coefficient.least) ?? '0',
    most: percentOfRatio(terms.coefficient.most) ?? '0',
    nonSharing: percentOfRatio(terms.nonSharing) ?? '0',
    stateOwned: percentOfRatio(terms.stateOwned) ?? '0',
    groupBreach: terms.groupBreach,
    indicators: Object.fromEntries(
      terms.indicators.map((each) => {
        const target = isMultiple(each.code) ? (each.target ?? undefined) : percentOfRatio(each.target);
        return [each.code, { weight: percentOfRatio(each.weight) ?? '0', ...(target === undefined ? {} : { target }) }];
      }),
    ),
    grades: Object.fromEntries(
      Object.entries(graded?.grades ?? {}).map(([grade, part]) => [grade, percentOfRatio(part) ?? '0']),
    ),
  };
}

const shareOf = (typed: string) => ratioOfPercent(typed) ?? '0';

function bodyOf(terms: LineFormula, entry: Entry) {
  const { from, source, unverified, growth, least, most, nonSharing, stateOwned, groupBreach } = entry;
  return {
    from,
    source,
    unverified: unverified || null,
    terms: {
      growth: shareOf(growth),
      coefficient: { least: shareOf(least), most: shareOf(most) },
      nonSharing: shareOf(nonSharing),
      stateOwned: shareOf(stateOwned),
      groupBreach,
      indicators: terms.indicators.map((each) => {
        const { weight, target } = entry.indicators[each.code] ?? { weight: '0' };
        const typed = isMultiple(each.code) ? String(target ?? '0') : ratioOfPercent(target);
        return {
          ...each,
          weight: shareOf(weight),
          target: each.kind === 'grade' ? null : typed,
          grades:
            each.kind === 'grade'
              ? Object.fromEntries(Object.entries(entry.grades).map(([grade, part]) => [grade, shareOf(part)]))
              : null,
        };
      }),
    },
  };
}
