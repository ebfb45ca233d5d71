import { Alert } from 'antd';
import type { z } from 'zod';
import type { auditVerifyWire } from '../../../src/modules/audit/contract.ts';
import { showCount } from '../../fields/index.ts';

const kindTitles: Readonly<Record<string, string>> = {
  changed: '被改动',
  removed: '被删除',
  inserted: '被插入',
  head: '链头不符',
  checkpoint: '与签名的检查点不符',
};

/** What the verification found: whole, or the place of every fault. */
export function VerifyResult({ verdict }: { verdict: z.infer<typeof auditVerifyWire> }) {
  const counted = `共 ${verdict.chains} 条链、${showCount(verdict.entries)} 条记录`;
  if (verdict.whole) return <Alert type="success" showIcon title={`审计日志完整：${counted}，逐条验证无误。`} />;
  return (
    <Alert
      type="error"
      showIcon
      title={`审计日志被动过：${counted}，发现 ${verdict.findings.length} 处问题`}
      description={
        <table className="dense" aria-label="验证发现">
          <thead>
            <tr>
              <th>链</th>
              <th className="num">序号</th>
              <th>问题</th>
              <th>说明</th>
            </tr>
          </thead>
          <tbody>
            {verdict.findings.map((each) => (
              <tr key={`${each.chain}/${each.seq}/${each.kind}`}>
                <td>{each.chain === '0' ? '平台' : `机构 ${each.chain}`}</td>
                <td className="num">{each.seq}</td>
                <td className="nowrap">{kindTitles[each.kind]}</td>
                <td>{each.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    />
  );
}
