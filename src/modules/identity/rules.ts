import type { Refusal } from '../../kernel/refusal.ts';
import { guideArticle11 } from '../../law/shanxi-reform-guide.ts';
import { isDeciding, type Role, roleOf } from './roles.ts';

/** What is asked when a role is to be granted. `roles` are all the person holds, under whatever account. */
export type GrantFacts = {
  readonly role: Role;
  readonly grantedTo: { readonly userId: number; readonly personKey: string; readonly status: string };
  readonly institution: { readonly name: string; readonly kind: string; readonly level: number } | null;
  readonly holds: readonly string[];
  readonly personHolds: readonly string[];
  /** null: the program itself. */
  readonly granter: { readonly userId: number; readonly personKey: string } | null;
};

const administrators = { system: '系统管理员', security: '安全管理员', audit: '审计管理员' } as const;
const kinds: Readonly<Record<string, string>> = {
  guarantor: '担保机构',
  reguarantor: '再担保机构',
  'national-fund': '国家融资担保基金',
  bank: '银行',
  'finance-bureau': '财政部门',
  regulator: '金融监管部门',
  'reform-office': '改革领导小组办公室',
  'county-government': '县级政府',
  auditor: '审计机构',
  'customer-portal': '客户门户',
};
const levels = ['', '省级', '市级', '县级'];

/** Every reason why the role may not be granted; empty when it may. */
export function grantRefusals(facts: GrantFacts): Refusal[] {
  const { role, grantedTo, granter } = facts;
  const refusals: Refusal[] = [];
  const refuse = (code: string, message: string, article?: Refusal['article']) =>
    refusals.push({ code, message, field: 'role', ...(article ? { article } : {}) });
  if (granter && (granter.userId === grantedTo.userId || granter.personKey === grantedTo.personKey))
    refuse('grants-to-self', '任何人不得给自己授予角色，请由另一位安全管理员办理');
  if (grantedTo.status !== 'active') refuse('account-disabled', '账号已停用，请先启用再授权');
  if (facts.holds.includes(role.code)) refuse('already-granted', `此账号已有角色「${role.title}」`);
  refusals.push(...placeRefusals(role, facts.institution));
  const others = facts.personHolds.map(roleOf).filter((each) => each !== undefined);
  const administrator = role.administrator;
  const conflict = others.find((each) => administrator && each.administrator && each.administrator !== administrator);
  if (conflict?.administrator && administrator)
    refuse(
      'three-administrators',
      `三员分立：此人（含其名下其他账号）已是${administrators[conflict.administrator]}，不能再任${administrators[administrator]}，请换人担任`,
    );
  else if (
    administrator &&
    others.some((each) => each.administrator === administrator && !facts.holds.includes(each.code))
  )
    refuse('three-administrators', `此人已用另一账号担任${administrators[administrator]}，请先收回`);
  if (others.some((each) => (isDeciding(role) && each.isGovernment) || (role.isGovernment && isDeciding(each))))
    refuse('governs-and-decides', '政企分开：同一人不得既任政府部门角色又持担保、代偿、核销决策权限', guideArticle11);
  return refusals;
}

function placeRefusals(role: Role, institution: GrantFacts['institution']): Refusal[] {
  if (!institution) return [{ code: 'role-does-not-fit', message: '账号没有所属机构，不能授予角色', field: 'role' }];
  const fits = role.at.some((kind) => kind === institution.kind) && role.levels.includes(institution.level);
  if (fits) return [];
  const where = role.at.map((kind) => kinds[kind]).join('、');
  const level = role.levels.length === 3 ? '' : role.levels.map((each) => levels[each]).join('、');
  return [
    {
      code: 'role-does-not-fit',
      message: `角色「${role.title}」只能由${level}${where}人员担任，「${institution.name}」是${levels[institution.level]}${kinds[institution.kind] ?? institution.kind}`,
      field: 'role',
      ...(isDeciding(role) ? { article: guideArticle11 } : {}),
    },
  ];
}

/** 三员缺一不可：why the holder of these administrators' roles, the last of each, may not lose them; empty when none is the last. */
export const lastAdministratorRefusals = (lastOf: readonly (keyof typeof administrators)[]): Refusal[] =>
  lastOf.map((each) => ({
    code: 'last-administrator',
    message: `此人是最后一位在用的${administrators[each]}，停用或收回后无人能任；请先另授一人`,
    field: 'role',
  }));

/** Why the actor may not take this role away; empty when he may. */
export const revokeRefusals = (granterId: number, userId: number): Refusal[] =>
  granterId === userId ? [{ code: 'revokes-own', message: '任何人不得收回自己的角色，请由另一位安全管理员办理' }] : [];
