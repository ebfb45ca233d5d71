import type { Day } from '../../kernel/day.ts';
import type { Matter } from './contract.ts';
import { limits } from './limits.ts';

/** How often something was tried lately. */
export type Tried = {
  readonly phoneSinceMinute: number;
  readonly phoneSinceHour: number;
  readonly identitySinceHour: number;
  readonly addressSinceHour: number;
};

/** May one more code be asked for? In words when not; they do not depend on whether there is such a customer. */
export function whyNoCode(tried: Tried): string | undefined {
  if (tried.phoneSinceMinute > 0) return `验证码已发出，请 ${limits.secondsBetweenCodes} 秒后再试`;
  if (tried.phoneSinceHour >= limits.codesPerPhoneAnHour) return '这个手机号一小时内获取验证码过于频繁，请稍后再试';
  if (tried.identitySinceHour >= limits.codesPerIdentityAnHour)
    return '这个证件号码一小时内获取验证码过于频繁，请稍后再试';
  if (tried.addressSinceHour >= limits.codesPerAddressAnHour) return '您所在的网络获取验证码过于频繁，请稍后再试';
  return undefined;
}

type Words = Pick<Matter, 'tone' | 'status' | 'next'>;

/** The state of a guarantee in words for whom it is about. `dueOn`: the last day of the loan; null when nothing is outstanding. */
export function guaranteeWords(status: string, dueOn: Day, today: Day): Words {
  switch (status) {
    case 'pending':
      return { tone: 'busy', status: '合同已签，等待银行放款', next: '请与银行约定放款时间；放款后担保生效。' };
    case 'in-force':
      return dueOn < today
        ? { tone: 'bad', status: '贷款已到期，尚未结清', next: '请尽快向银行还款；有困难请马上联系担保机构商议。' }
        : { tone: 'good', status: '担保生效中', next: `请按合同还款，${dueOn} 前还清；需要展期请提前一个月提出。` };
    case 'released':
      return { tone: 'mute', status: '贷款已结清，担保已解除', next: '您不必再做什么；需要解保证明请联系担保机构。' };
    case 'claimed':
      return {
        tone: 'bad',
        status: '担保机构已代您向银行偿还',
        next: '您现在欠担保机构的款项，请联系担保机构商定还款办法。',
      };
    case 'written-off':
      return { tone: 'mute', status: '代偿款已作核销处理', next: '核销不免除还款义务，请联系担保机构。' };
    case 'transferred':
      return { tone: 'mute', status: '业务已转到合并后的机构', next: '请查看转入机构名下的同一笔业务。' };
    default:
      return { tone: 'busy', status: '办理中', next: '请等待担保机构联系。' };
  }
}

/** The state of an application in words for whom it is about; undefined for those that concern nobody outside: drafts, and what is in the book. */
export function caseWords(state: string, validUntil: Day | null): Words | undefined {
  switch (state) {
    case 'submitted':
      return { tone: 'busy', status: '已收到申请，等待受理', next: '担保机构受理后会与您联系，请保持电话畅通。' };
    case 'due-diligence':
      return { tone: 'busy', status: '正在尽职调查', next: '客户经理会约时间上门；请准备好经营和财务资料。' };
    case 'review':
    case 'approving':
      return { tone: 'busy', status: '正在评审', next: '暂时不用您做什么；有需要补充的资料会在本页列出。' };
    case 'approved':
      return {
        tone: 'good',
        status: '已同意担保',
        next: validUntil ? `请在 ${validUntil} 前与担保机构签约，过期须重新申请。` : '请尽快与担保机构签约。',
      };
    case 'papers':
      return { tone: 'good', status: '正在签约，等待放款', next: '请按通知缴纳担保费，并与银行约定放款时间。' };
    case 'returned':
      return { tone: 'warn', status: '需要补正', next: '请按担保机构的要求补充资料后重新提交。' };
    case 'refused':
      return { tone: 'bad', status: '未获通过', next: '可向担保机构了解原因；条件变化后可以重新申请。' };
    case 'withdrawn':
      return { tone: 'mute', status: '申请已撤回', next: '需要时可以重新申请。' };
    case 'lapsed':
      return { tone: 'mute', status: '同意担保的意向已过期', next: '仍需要贷款担保的，请重新申请。' };
    default:
      return undefined;
  }
}

/** 太原市某某机械有限公司 → 太原****公司; 王建国 → 王**. */
export function maskedName(name: string): string {
  if (name.length <= 4) return (name[0] ?? '') + '*'.repeat(Math.max(0, name.length - 1));
  return `${name.slice(0, 2)}****${name.slice(-2)}`;
}
