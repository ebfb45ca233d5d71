/** For the filter: one option per module, whose value is the prefix of its actions. */
export const moduleOptions = Object.entries({
  guarantees: '保函',
  customers: '客户',
  agreements: '合作协议',
  identity: '用户与登录',
  institutions: '机构',
  banks: '银行与网点',
  imports: '数据导入',
  exchange: '日报送',
  reconciliation: '数据核对',
  feedback: '季度反馈',
  subsidies: '补偿补贴',
  webhooks: '回调通知',
}).map(([code, label]) => ({ value: `${code}.`, label }));

/** Where a subject has a page. */
export function subjectUrl(subject: string): string | undefined {
  const at = subject.indexOf(':');
  const [kind, id] = [subject.slice(0, at), subject.slice(at + 1)];
  if (!id) return undefined;
  if (kind === 'guarantee') return `/guarantees/${id}`;
  if (kind === 'customer') return `/customers/${id}`;
  if (kind === 'group') return `/customers/groups/${id}`;
  if (kind === 'agreement') return `/agreements/${id}`;
  if (kind === 'institution') return `/institutions/${id}`;
  if (kind === 'import-batch') return `/imports/${id}`;
  if (kind === 'reconciliation') return `/reconciliation/${id}`;
  if (kind === 'subsidy-run') return `/subsidies/${id}`;
  return undefined;
}
