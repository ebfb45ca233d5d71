import { PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import type { z } from 'zod';
import type { proofWire } from '../../../src/modules/identity/contract.ts';
import { api } from '../../api.ts';
import { ArticleTag, StatusBadge, showInstant } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import './separation.css';

type Proof = z.infer<typeof proofWire>;

/** 政企分开证明: read from the database at this moment; made to be printed and filed. */
export default function SeparationPage() {
  const query = useQuery({
    queryKey: ['separation-proof'],
    queryFn: ({ signal }) => api.get<Proof>('/api/separation-proof', {}, signal),
  });
  return (
    <Page
      title="政企分开证明"
      note={
        query.data && (
          <>
            依据 <ArticleTag article={query.data.article} />
            　核验时间 {showInstant(query.data.checkedAt)}，取自数据库现状
          </>
        )
      }
      actions={
        <>
          <Button onClick={() => void query.refetch()} loading={query.isFetching}>
            重新核验
          </Button>
          <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
            打印
          </Button>
        </>
      }
    >
      <QueryState query={query} rows={10}>
        {(proof) => <ProofView proof={proof} />}
      </QueryState>
    </Page>
  );
}

function ProofView({ proof }: { proof: Proof }) {
  const { violations } = proof;
  const checks = [
    ['持有决策权限的政府部门岗位', violations.governmentRolesThatDecide, '个'],
    ['在政府部门任职而持有决策权限的人员', violations.decidersAtGovernment, '人'],
    ['同时任政府部门岗位与决策岗位的人员', violations.peopleOnBothSides, '人'],
  ] as const;
  return (
    <>
      <Alert
        type={proof.holds ? 'success' : 'error'}
        showIcon
        title={
          proof.holds
            ? '成立：政府部门的任何人都不能决定是否担保、是否代偿、是否核销'
            : '不成立：发现违反政企分开的情形，请立即处理下列问题'
        }
      />
      <Panel title="一、现状核查">
        <table className="dense">
          <tbody>
            {checks.map(([name, count, unit]) => (
              <tr key={name}>
                <td>{name}</td>
                <td className="num" style={{ width: 120 }}>
                  {count} {unit}
                </td>
                <td style={{ width: 120 }}>
                  <StatusBadge tone={count === 0 ? 'good' : 'bad'}>{count === 0 ? '符合' : '违反'}</StatusBadge>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      <Panel title="二、数据库强制" note="绕过程序直接改库同样会被拒绝">
        <table className="dense">
          <thead>
            <tr>
              <th>含义</th>
              <th>所在表</th>
              <th>约束原文</th>
              <th>生效</th>
            </tr>
          </thead>
          <tbody>
            {proof.constraints.map((each) => (
              <tr key={each.name}>
                <td>{each.meaning}</td>
                <td>
                  <code>{each.table}</code>
                </td>
                <td>
                  <code className="separation-code">{each.text}</code>
                </td>
                <td className="nowrap">
                  <StatusBadge tone={each.enforced ? 'good' : 'bad'}>{each.enforced ? '已生效' : '未生效'}</StatusBadge>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      <Deciding proof={proof} />
      <Government proof={proof} />
    </>
  );
}

const people = (holders: Proof['deciding'][number]['holders']) =>
  holders.length === 0 ? '无' : holders.map((each) => `${each.name}（${each.institution}）`).join('、');

const Deciding = ({ proof }: { proof: Proof }) => (
  <Panel title="三、决策权限由谁持有">
    <table className="dense">
      <thead>
        <tr>
          <th style={{ width: 140 }}>权限</th>
          <th style={{ width: 180 }}>岗位</th>
          <th>现任人员</th>
        </tr>
      </thead>
      <tbody>
        {proof.deciding.map((each) => (
          <tr key={each.code}>
            <td>{each.title}</td>
            <td>{each.roles.map((role) => role.title).join('、') || '无'}</td>
            <td>
              {each.holders.length <= 20 ? (
                people(each.holders)
              ) : (
                <details className="separation-people">
                  <summary>{each.holders.length} 人</summary>
                  {people(each.holders)}
                </details>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Panel>
);

const Government = ({ proof }: { proof: Proof }) => (
  <Panel title="四、政府部门岗位能做什么">
    <table className="dense">
      <thead>
        <tr>
          <th style={{ width: 200 }}>岗位</th>
          <th>权限</th>
          <th className="num" style={{ width: 90 }}>
            决策权限
          </th>
          <th className="num" style={{ width: 80 }}>
            现任
          </th>
        </tr>
      </thead>
      <tbody>
        {proof.government.map((each) => (
          <tr key={each.code}>
            <td>{each.title}</td>
            <td className="muted">{each.permissions.map((permission) => permission.title).join('、')}</td>
            <td className="num">{each.decidingCount} 项</td>
            <td className="num">{each.holders.length} 人</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Panel>
);
