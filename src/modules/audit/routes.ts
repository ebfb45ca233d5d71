import type { FastifyInstance } from 'fastify';
import { systemActor } from '../../platform/db.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { trustedKeys } from './checkpoint.ts';
import { auditPage, auditQuery, auditVerifyWire } from './contract.ts';
import { countEntries, type EntryRow, listEntries, roleTitles } from './store.ts';
import { verifyAudit } from './verify.ts';
import { actionTitle, detailText, subjectTitle } from './words.ts';

/** The audit log: its list, and its proof. */
export function auditRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/audit',
    tag: '审计',
    summary: '审计日志，新的在前',
    permission: 'audit.read',
    query: auditQuery,
    answer: auditPage,
    handle: (input) =>
      answerList(input, {
        title: '审计日志',
        columns: [
          { key: 'recordedText', title: '时间', type: 'text', width: 20 },
          { key: 'userName', title: '操作人', type: 'text' },
          { key: 'actionTitle', title: '动作', type: 'text', width: 22 },
          { key: 'subjectTitle', title: '对象', type: 'text', width: 28 },
          { key: 'detailText', title: '内容', type: 'text', width: 70 },
          { key: 'place', title: '链·序号', type: 'text', width: 14 },
          { key: 'hash', title: '摘要（SM3）', type: 'text', width: 66 },
        ],
        footer: [`数据截至 ${input.context.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const titles = await roleTitles(tx);
          const page = await listEntries(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...wordsOf(row, titles) })) };
        },
        wire: (row) => ({
          chain: String(row.chain),
          seq: String(row.seq),
          recordedAt: row.recordedAt.toISOString(),
          user: { id: String(row.userId), name: row.userName },
          action: row.action,
          actionTitle: row.actionTitle,
          subject: row.subject,
          subjectTitle: row.subjectTitle,
          detail: row.detail,
          detailText: row.detailText,
          hash: row.hash,
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/audit/verify',
    tag: '审计',
    summary: '校验审计日志：指出被改动、删除、插入的位置',
    permission: 'audit.verify',
    status: 200,
    answer: auditVerifyWire,
    rateLimit: { max: 6, timeWindow: '1 minute' },
    // Every chain has to be seen to be judged; the answer names places, not contents.
    handle: async () => {
      const trusted = await trustedKeys();
      return deps.db.read(systemActor, async (tx) => {
        const findings = await verifyAudit(tx, trusted);
        const counted = await countEntries(tx);
        return {
          whole: findings.length === 0,
          entries: String(counted.entries),
          chains: counted.chains,
          findings: findings
            .slice(0, 1000)
            .map((each) => ({ ...each, chain: String(each.chain), seq: String(each.seq) })),
        };
      });
    },
  });
}

const wordsOf = (row: EntryRow, titles: ReadonlyMap<string, string>) => ({
  actionTitle: actionTitle(row.action),
  subjectTitle: subjectTitle(row.subject),
  detailText: detailText(row.detail, titles),
  place: `${row.chain === 0 ? '平台' : row.chain}·${row.seq}`,
});
