import { Table } from 'antd';
import type { LineFormula } from '../../../src/modules/limits/contract.ts';
import { Facts, RatioText } from '../../fields/index.ts';

type Indicator = LineFormula['indicators'][number];

/** What a formula says: the arithmetic in one sentence, the numbers, and each indicator's weight and target. */
export function FormulaView({ terms }: { terms: LineFormula }) {
  return (
    <>
      <p className="muted">
        额度 ＝ 上年再担保规模 ×（1 ＋ 增长率）× 系数；系数 ＝ 下限 ＋（上限 － 下限）× 各指标得分按权重之和
      </p>
      <Facts
        columns={5}
        facts={[
          { name: '增长率', value: <RatioText value={terms.growth} /> },
          {
            name: '系数区间',
            value: (
              <>
                {terms.coefficient.least} 至 {terms.coefficient.most}
              </>
            ),
          },
          { name: '非银担分险占上年', value: <RatioText value={terms.nonSharing} /> },
          { name: '国企子限额', value: <RatioText value={terms.stateOwned} /> },
          { name: '分配组超出时', value: terms.groupBreach === 'refuse' ? '拒绝新增' : '只作提示' },
        ]}
      />
      <Table<Indicator>
        size="small"
        pagination={false}
        style={{ marginTop: 10 }}
        rowKey={(row) => row.code}
        dataSource={terms.indicators}
        columns={[
          { title: '指标', dataIndex: 'title', width: 160 },
          { title: '权重', width: 90, align: 'right', render: (_, row) => <RatioText value={row.weight} /> },
          { title: '目标', render: (_, row) => <Target of={row} /> },
        ]}
      />
    </>
  );
}

function Target({ of: { code, kind, target, grades } }: { of: Indicator }) {
  if (kind === 'grade')
    return (
      <>
        {Object.entries(grades ?? {}).map(([grade, part]) => (
          <span key={grade} style={{ marginRight: 14 }}>
            {grade} 级得 <RatioText value={part} />
          </span>
        ))}
      </>
    );
  return (
    <>
      {kind === 'ceiling' ? '不高于 ' : '不低于 '}
      {code === 'leverage' ? `${target} 倍` : <RatioText value={target} />}
    </>
  );
}
