/** One thing a role may do. `decides`: it decides a guarantee, a claim or a write-off (条11). */
export type Permission = { readonly code: string; readonly title: string; readonly decides: boolean };

const may = (code: string, title: string): Permission => ({ code, title, decides: false });
const decides = (code: string, title: string): Permission => ({ code, title, decides: true });

/** Every permission there is, in the order pages show them. */
export const permissions: readonly Permission[] = [
  may('book.read', '查看担保业务台账'),
  may('book.write', '登记担保业务与变动'),
  decides('guarantees.decide', '决定是否担保'),
  decides('claims.decide', '决定是否代偿'),
  decides('writeoffs.decide', '决定是否核销'),
  may('customers.read', '查看客户'),
  may('customers.write', '登记客户'),
  may('agreements.read', '查看银担合作协议'),
  may('agreements.write', '登记银担合作协议'),
  may('imports.run', '导入业务数据'),
  may('exchange.read', '查看每日报送'),
  may('exchange.submit', '报送监测系统'),
  may('exchange.restate', '更正已报送数据'),
  may('reconciliation.read', '查看数据核对'),
  may('reconciliation.run', '发起数据核对'),
  may('reconciliation.resolve', '处理核对差异'),
  may('reconciliation.seal', '封存核对结果'),
  may('feedback.read', '查看季度反馈'),
  may('feedback.seal', '出具季度反馈凭证'),
  may('feedback.object', '对反馈数据提出异议'),
  may('feedback.answer', '答复异议'),
  may('subsidies.read', '查看补偿补贴'),
  may('subsidies.adopt', '采用补偿补贴办法'),
  may('subsidies.compute', '测算补偿补贴'),
  may('subsidies.approve', '核定预拨与清算'),
  may('institutions.read', '查看机构与区划'),
  may('institutions.write', '维护机构'),
  may('users.read', '查看用户与授权'),
  may('users.manage', '管理用户'),
  may('roles.grant', '授予与收回角色'),
  may('separation.read', '查看政企分开证明'),
  may('audit.read', '查看审计日志'),
  may('audit.verify', '校验审计日志'),
  may('law.read', '查看法规地图'),
  may('clients.manage', '管理接入系统'),
  may('webhooks.manage', '管理回调通知'),
  may('ledger.read', '查看账簿'),
  may('demo.control', '操作演示环境'),
];
