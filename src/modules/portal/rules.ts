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

/** 太原市某某机械有限公司 → 太原****公司; 王建国 → 王**. */
export function maskedName(name: string): string {
  if (name.length <= 4) return (name[0] ?? '') + '*'.repeat(Math.max(0, name.length - 1));
  return `${name.slice(0, 2)}****${name.slice(-2)}`;
}
