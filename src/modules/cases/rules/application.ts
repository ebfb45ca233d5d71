import type { Day } from '../../../kernel/day.ts';
import { type Fen, formatYuan, minus, share, yuan } from '../../../kernel/money.ts';
import { percent } from '../../../kernel/ratio.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import { checkResidentId } from '../../../law/gb-11643.ts';
import { checkUscc } from '../../../law/gb-32100.ts';
import { type CaseApplication, type CaseDraft, caseApplication } from '../contract.ts';

/** The largest amount a case may ask for: 10 亿元. A guard against a wrong unit, not a rule of law. */
export const absurdAmount = yuan('1000000000');

/** Leaves out what was left empty, in lists too, so that "empty" and "absent" are one. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== '' && each !== null && each !== undefined)
      .map(([name, each]) => [name, filled(each)]),
  );
}

/** 草稿能否成为申请：the application, or one refusal for every field that is missing or cannot be read. */
export function applicationOf(draft: CaseDraft): { application: CaseApplication } | { refusals: Refusal[] } {
  const parsed = caseApplication.safeParse(filled(draft));
  if (parsed.success) return { application: parsed.data };
  return {
    refusals: parsed.error.issues.map((issue) => ({
      code: 'malformed',
      field: issue.path.join('.'),
      message: messageOf(issue.path, issue.message),
    })),
  };
}

const listTitles: Readonly<Record<string, string>> = { relatedParties: '关联方', counterGuarantees: '反担保' };
function messageOf(path: readonly PropertyKey[], message: string): string {
  const [first, at] = path;
  const list = listTitles[String(first)];
  return list && typeof at === 'number' ? `${list}第 ${at + 1} 行：${message}` : message;
}

type Identified = { readonly identityKind: string; readonly identityNo: string };

/** Is the number a valid one of its kind? Foreign documents are not checked: no standard says how. */
export const checkNumber = ({ identityKind, identityNo }: Identified, today: Day, field: string): Refusal[] =>
  identityKind === 'uscc'
    ? checkUscc(identityNo, field)
    : identityKind === 'resident-id'
      ? checkResidentId(identityNo, today, field)
      : [];

/** What is wrong with an application in itself: identities, tags, amounts. Every refusal that applies. */
export function checkApplication(application: CaseApplication, today: Day): Refusal[] {
  const refusals = [...checkNumber(application, today, 'identityNo')];
  const refuse = (code: string, field: string, message: string) => refusals.push({ code, field, message });
  if (application.customerKind === 'enterprise' && application.identityKind !== 'uscc')
    refuse('identity-kind', 'identityKind', '企业须填统一社会信用代码');
  for (const [at, each] of application.relatedParties.entries())
    refusals.push(
      ...checkNumber(each, today, `relatedParties.${at}.identityNo`).map((one) => ({
        ...one,
        message: `关联方第 ${at + 1} 行：${one.message}`,
      })),
    );
  const amount = yuan(application.amount);
  if (amount <= 0n) refuse('amount-not-positive', 'amount', '申请金额须大于零');
  if (amount > absurdAmount) refuse('amount-absurd', 'amount', '申请金额超过10亿元，请核对单位是否为元');
  if (application.declaredOn && application.declaredOn > today)
    refuse('in-the-future', 'declaredOn', '申报日不能晚于今天');
  refusals.push(...checkTags(application));
  for (const [at, each] of application.counterGuarantees.entries())
    if (each.appraisedOn && each.appraisedOn > today)
      refuse('in-the-future', `counterGuarantees.${at}.appraisedOn`, `反担保第 ${at + 1} 行：评估日不能晚于今天`);
  return refusals;
}

function checkTags({ tags, primaryTag, tagEvidence }: CaseApplication): Refusal[] {
  const sum = tagsOf(tags);
  const isOne = [0, 1, 2, 4, 8].includes(primaryTag) && (primaryTag & sum) === primaryTag;
  if (!isOne || (primaryTag === 0) !== (sum === 0))
    return [
      { code: 'primary-tag', field: 'primaryTag', message: '主标签须为所选标签之一，且有标签时必须指定，以免重复统计' },
    ];
  if (sum !== 0 && !tagEvidence)
    return [{ code: 'tag-evidence', field: 'tagEvidence', message: '选了政策标签须写明依据（证照、名单或用途）' }];
  return [];
}

/** The tags as one bitmask; a tag twice counts once. */
export const tagsOf = (tags: readonly number[]): number => tags.reduce((sum, each) => sum | each, 0);

/** 担保责任金额: the amount less the bank's own share by the agreement, rounded half-up to the 分. */
export const guaranteedOf = (amount: Fen, bankShare: string): Fen =>
  minus(amount, share(amount, percent(bankShare), 'half-up'));

/** An open case of the same institution that looks like this one. */
export type OpenTwin = {
  readonly number: string;
  readonly bankName: string;
  readonly amount: Fen;
  readonly isSameBankAndProduct: boolean;
};

/** 本机构查重：the same customer, bank and product at once is one case; others of the customer are told only. */
export function checkTwins(twins: readonly OpenTwin[]): { refusals: Refusal[]; told: string[] } {
  const same = twins.filter((each) => each.isSameBankAndProduct);
  return {
    refusals: same.map((each) => ({
      code: 'duplicate-case',
      field: 'identityNo',
      message: `该客户在同一银行、同一产品已有在办项目 ${each.number}（${formatYuan(each.amount)}元），请在原项目上办理或先撤回`,
    })),
    told: twins
      .filter((each) => !each.isSameBankAndProduct)
      .map((each) => `该客户在本机构另有在办项目 ${each.number}（${each.bankName}，${formatYuan(each.amount)}元）`),
  };
}

/** How much other institutions of the province have of one identity. */
export type Elsewhere = {
  readonly who: string;
  readonly openCases: number;
  readonly relatedCases: number;
  readonly inForce: number;
};

/** 跨机构查重的说法：says that there is something, never where, whose or how much. */
export function elsewhereText(found: readonly Elsewhere[]): { who: string; message: string }[] {
  return found.flatMap(({ who, openCases, relatedCases, inForce }) => [
    ...(openCases > 0 ? [{ who, message: `${who}在全省其他机构有在办的担保申请` }] : []),
    ...(relatedCases > 0 ? [{ who, message: `${who}是全省其他机构在办申请的关联方` }] : []),
    ...(inForce > 0 ? [{ who, message: `${who}在全省其他机构有在保业务` }] : []),
  ]);
}
