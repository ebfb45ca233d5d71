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
  'identity.sign-in': '登录',
  'identity.sign-out': '退出',
  'identity.refuse-sign-in': '登录被拒',
  'identity.create-person': '新建用户',
  'identity.grant-role': '授予岗位',
  'identity.revoke-role': '收回岗位',
  'identity.reset-password': '重置密码',
  'identity.change-password': '修改密码',
  'identity.enable': '启用用户',
  'identity.disable': '停用用户',
  'identity.enrol-totp': '开通动态口令',
  'institutions.create': '登记机构',
  'institutions.change-status': '变更机构状态',
  'institutions.record-licence': '登记许可证',
  'institutions.record-lineage': '登记沿革',
  'institutions.record-capital': '登记资本',
  'banks.create-branch': '登记网点',
  'banks.confirm-alias': '确认银行别名',
  'imports.commit': '导入入账',
  'imports.save-profile': '保存导入方案',
  'reconciliation.run': '发起核对',
  'reconciliation.resolve': '处理差异',
  'reconciliation.resolve-many': '批量处理差异',
  'reconciliation.seal': '封存核对结果',
  'reconciliation.upload': '上传对方数据',
  'feedback.seal': '封存季度数据',
  'feedback.object': '提出异议',
  'feedback.answer': '答复异议',
  'feedback.restate': '更正凭证',
  'feedback.finalise': '凭证定稿',
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

const subjectKinds: Readonly<Record<string, string>> = {
  guarantee: '保函',
  customer: '客户',
  agreement: '协议',
  institution: '机构',
  user: '用户',
  group: '关联集团',
  batch: '导入批次',
  branch: '网点',
  bank: '银行',
  alias: '别名',
  client: '接入系统',
  certificate: '凭证',
  run: '核对',
  package: '报送包',
  account: '账号',
  import: '导入批次',
  upload: '上传文件',
  reconciliation: '核对',
  difference: '核对差异',
  quarter: '季度',
  objection: '异议',
  scheme: '补贴办法',
  subsidy: '补偿补贴',
};

/** The subject in words: 保函 26/61. */
export function subjectTitle(subject: string): string {
  const place = subject.indexOf(':');
  const kind = subjectKinds[subject.slice(0, place)];
  return kind ? `${kind} ${subject.slice(place + 1)}` : subject;
}

const detailNames: Readonly<Record<string, string>> = {
  amount: '金额',
  occurredOn: '发生日',
  outstanding: '在保余额',
  seq: '序号',
  contractNo: '合同号',
  principal: '主债权金额',
  guaranteed: '担保责任金额',
  startsOn: '起始日',
  reverses: '冲正第几笔',
  cause: '原因',
  role: '岗位',
  kind: '类别',
  sizeClass: '划型',
  county: '县',
  code: '代码',
  name: '名称',
  from: '起',
  to: '止',
  bankId: '银行',
  productCode: '产品',
  version: '版本',
  rows: '行数',
  count: '笔数',
  hash: '摘要',
  accepted: '接受',
  refused: '退回',
  status: '状态',
  institutionId: '机构',
};

/** The content in words for reading; the canonical text, which the hash covers, stays in the hover. */
export function detailText(detail: string): string {
  try {
    const fields = Object.entries(JSON.parse(detail) as Record<string, unknown>);
    const text = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
    return fields.map(([name, value]) => `${detailNames[name] ?? name} ${text(value)}`).join('，') || '—';
  } catch {
    return detail;
  }
}
