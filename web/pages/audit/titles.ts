/** Actions of the audit log in words, by their code; a code not listed is shown as it is. */
const actionTitles: Readonly<Record<string, string>> = {
  'guarantees.issue': '登记保函',
  'guarantees.disburse': '登记放款',
  'guarantees.repay': '登记还款',
  'guarantees.extend': '登记展期',
  'guarantees.release': '登记解保',
  'guarantees.claim-paid': '登记代偿',
  'guarantees.recovery': '登记追偿回收',
  'guarantees.fee': '登记收费',
  'guarantees.refund': '登记退费',
  'guarantees.write-off': '登记核销',
  'guarantees.reverse': '冲正',
  'customers.register': '客户建档',
  'customers.form-group': '建立关联关系',
  'agreements.create': '登记协议',
  'agreements.add-version': '新增协议版本',
};
const moduleTitles: Readonly<Record<string, string>> = {
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
  audit: '审计',
};

/** What was done, in words where there are any. */
export function actionTitle(action: string): string {
  const [module = ''] = action.split('.');
  return (
    actionTitles[action] ??
    (moduleTitles[module] ? `${moduleTitles[module]}：${action.slice(module.length + 1)}` : action)
  );
}

/** For the filter: one option per module, whose value is the prefix of its actions. */
export const moduleOptions = Object.entries(moduleTitles).map(([code, label]) => ({ value: `${code}.`, label }));

/** Where a subject has a page. */
export function subjectUrl(subject: string): string | undefined {
  const [kind, id] = subject.split(':');
  if (!id) return undefined;
  if (kind === 'guarantee') return `/guarantees/${id}`;
  if (kind === 'customer') return `/customers/${id}`;
  if (kind === 'agreement') return `/agreements/${id}`;
  if (kind === 'institution') return `/institutions/${id}`;
  return undefined;
}
