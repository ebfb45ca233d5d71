import { permissions } from './permissions.ts';

/** Which kinds of institution a role's holder may work at; mirrors institutions.institution.kind. */
export type InstitutionKind =
  | 'guarantor'
  | 'reguarantor'
  | 'national-fund'
  | 'bank'
  | 'finance-bureau'
  | 'regulator'
  | 'reform-office'
  | 'county-government'
  | 'auditor'
  | 'customer-portal';

/** One role: who may hold it, what it may do, and which rows exist for it. */
export type Role = {
  readonly code: string;
  readonly title: string;
  readonly isGovernment: boolean;
  readonly administrator: 'system' | 'security' | 'audit' | null;
  readonly rowScope: 'province' | 'guarantor' | 'region' | 'bank' | 'none';
  readonly seesIdentity: boolean;
  readonly at: readonly InstitutionKind[];
  /** Region levels of the institution (1 省 2 市 3 县). */
  readonly levels: readonly number[];
  readonly permissions: readonly string[];
};

const always = ['law.read', 'institutions.read'];
const chain = ['exchange.read', 'reconciliation.read', 'feedback.read', 'subsidies.read'];
/** What everybody who works on a case, a batch or what follows may look at. */
const origination = [
  'admissions.read',
  'limits.read',
  'products.read',
  'cases.read',
  'batches.read',
  'approvals.read',
  'documents.read',
  'attachments.read',
  'aftercare.read',
  'filings.read',
];
const book = ['book.read', 'customers.read', 'agreements.read'];

type Given = Pick<Role, 'rowScope' | 'at'> & Partial<Role>;
const role = (code: string, title: string, given: Given, able: readonly string[]): Role => ({
  isGovernment: false,
  administrator: null,
  seesIdentity: false,
  levels: [1, 2, 3],
  ...given,
  code,
  title,
  permissions: [...always, ...able],
});

const atGuarantor = { rowScope: 'guarantor', at: ['guarantor'] } as const;
const atReguarantor = { rowScope: 'province', at: ['reguarantor'], levels: [1] } as const;
const government = { rowScope: 'region', isGovernment: true } as const;
const administrator = { rowScope: 'none', at: ['reguarantor'], levels: [1] } as const;

/** R1–R17 of the product. What a role may do is this table and nothing else; the database holds a copy (`syncRoles`). */
export const roles: readonly Role[] = [
  role('r01-client-manager', '客户经理', { ...atGuarantor, seesIdentity: true }, [
    ...origination,
    'cases.apply',
    'cases.write',
    'documents.issue',
    'attachments.write',
    'aftercare.write',
    'filings.submit',
    'credit-info.query',
    'approvals.act',
    ...book,
    'book.write',
    'customers.write',
    'imports.run',
    'exchange.read',
    'reconciliation.read',
    'feedback.read',
  ]),
  role('r02-risk', '风控法务', { ...atGuarantor, seesIdentity: true }, [
    ...origination,
    'cases.write',
    'documents.issue',
    'documents.seal',
    'templates.write',
    'attachments.write',
    'batches.audit',
    'credit-info.query',
    'approvals.act',
    ...book,
    'customers.write',
    'agreements.write',
    ...chain,
  ]),
  role('r03-committee', '评审委员', atGuarantor, [
    ...origination,
    'approvals.act',
    ...book,
    'guarantees.decide',
    'claims.decide',
    'writeoffs.decide',
    ...chain,
    'ledger.read',
    'separation.read',
  ]),
  role('r04-assets', '保后与资产管理', { ...atGuarantor, seesIdentity: true }, [
    ...origination,
    'documents.issue',
    'attachments.write',
    'aftercare.write',
    'batches.audit',
    'approvals.act',
    ...book,
    'book.write',
    'imports.run',
    ...chain,
    'reconciliation.resolve',
  ]),
  role('r05-finance-officer', '财务资金', { ...atGuarantor, seesIdentity: true }, [
    ...origination,
    'documents.seal',
    'approvals.act',
    ...book,
    'book.write',
    'ledger.read',
    ...chain,
  ]),
  role('r06-statistics', '统计综合', atGuarantor, [
    ...origination,
    'filings.submit',
    ...book,
    'imports.run',
    ...chain,
    'exchange.submit',
    'exchange.restate',
    'reconciliation.run',
    'reconciliation.resolve',
    'ledger.read',
  ]),
  role('r07-reguarantee', '再担保业务', atReguarantor, [
    ...origination,
    'admissions.write',
    'limits.write',
    'products.write',
    'filings.confirm',
    'batches.audit',
    'templates.write',
    'attachments.write',
    'approvals.act',
    'approvals.configure',
    ...book,
    'agreements.write',
    ...chain,
    'feedback.answer',
    'institutions.write',
    'ledger.read',
    'separation.read',
  ]),
  role('r08-reconciliation', '数据核对', atReguarantor, [
    ...book,
    ...chain,
    'exchange.submit',
    'exchange.restate',
    'reconciliation.run',
    'reconciliation.resolve',
    'reconciliation.seal',
    'feedback.seal',
    'feedback.answer',
    'ledger.read',
    'demo.control',
  ]),
  role('r09-bank', '合作银行', { rowScope: 'bank', at: ['bank'] }, [
    ...book,
    ...origination.filter((code) => !['limits.read', 'approvals.read', 'filings.read'].includes(code)),
    'cases.apply',
    'batches.submit',
    'reports.submit',
    'attachments.write',
  ]),
  role('r10-finance-bureau', '市县财政', { ...government, at: ['finance-bureau'], levels: [2, 3] }, [
    ...book,
    ...chain,
    'feedback.object',
    'subsidies.adopt',
    'subsidies.compute',
    'subsidies.approve',
    'separation.read',
  ]),
  role('r11-regulator', '市县地方金融监管', { ...government, at: ['regulator'], levels: [2, 3] }, [
    ...book,
    ...chain,
    'feedback.object',
    'separation.read',
  ]),
  role(
    'r12-province',
    '省财政厅与省地方金融监管局',
    { ...government, rowScope: 'province', at: ['finance-bureau', 'regulator'], levels: [1] },
    [
      ...book,
      ...chain,
      'admissions.read',
      'limits.read',
      'products.read',
      'batches.read',
      'filings.read',
      'subsidies.adopt',
      'subsidies.compute',
      'subsidies.approve',
      'institutions.write',
      'ledger.read',
      'audit.read',
      'separation.read',
    ],
  ),
  role('r13-reform-office', '改革领导小组办公室', { ...government, at: ['reform-office'] }, [
    'book.read',
    'feedback.read',
    'subsidies.read',
    'separation.read',
  ]),
  role('r14-county', '县级政府', { ...government, at: ['county-government'], levels: [3] }, [
    'book.read',
    'exchange.read',
    'feedback.read',
    'feedback.object',
    'subsidies.read',
  ]),
  role('r15-auditor', '审计', { rowScope: 'province', at: ['auditor'], seesIdentity: true }, [
    ...book,
    ...chain,
    ...origination,
    'ledger.read',
    'users.read',
    'separation.read',
    'audit.read',
    'audit.verify',
  ]),
  role('r16-customer', '客户', { rowScope: 'none', at: ['customer-portal'] }, []),
  role('r17-system-admin', '系统管理员', { ...administrator, administrator: 'system' }, [
    'users.read',
    'users.manage',
    'clients.manage',
    'webhooks.manage',
    'demo.control',
  ]),
  role('r17-security-admin', '安全管理员', { ...administrator, administrator: 'security' }, [
    'users.read',
    'roles.grant',
    'separation.read',
  ]),
  role('r17-audit-admin', '审计管理员', { ...administrator, administrator: 'audit' }, [
    'users.read',
    'audit.read',
    'audit.verify',
    'separation.read',
  ]),
];

/** The role of a code; undefined when there is none. */
export const roleOf = (code: string): Role | undefined => roles.find((each) => each.code === code);

/** Does the role hold a permission that decides a guarantee, a claim or a write-off? */
export const isDeciding = (which: Role): boolean =>
  which.permissions.some((code) => permissions.some((each) => each.code === code && each.decides));

/** The Chinese title of a role; the code itself when there is none. */
export const roleTitle = (code: string): string => roleOf(code)?.title ?? code;
