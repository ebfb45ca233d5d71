import { fieldsOf } from '../../../src/modules/imports/contract/fields.ts';
import type { ImportProfileInput, ImportTarget } from '../../../src/modules/imports/contract.ts';
import { type Choice, commonChoices } from '../../mapping/code-tables.tsx';
import { type Mapping, missingOf } from '../../mapping/mapping.ts';

/** A profile of imports on its way: every table present, so that the form need not ask. */
export type Draft = Mapping & ImportProfileInput & { readonly counties: Record<string, number> };

/** What the two kinds of profile are called. */
export const targetTitles: Readonly<Record<ImportTarget, string>> = { guarantee: '保函台账', movement: '变动流水' };

/** What still lacks before the profile can be tried, in words. */
export function lackingOf(draft: Draft): string[] {
  const lacking = missingOf(draft, fieldsOf(draft.target));
  if (draft.target !== 'guarantee') return lacking;
  const { fields } = draft;
  if (!('endsOn' in fields) && !('termMonths' in fields)) lacking.push('到期日或期限');
  if (!('guaranteed' in fields) && !('guaranteedShare' in fields)) lacking.push('担保责任金额或责任比例');
  return lacking;
}

/** What the book knows for each code field, products aside. */
export const choices: Readonly<Record<string, readonly Choice[]>> = {
  ...commonChoices,
  kind: [
    { value: 'disburse', label: '放款' },
    { value: 'repay', label: '还款' },
    { value: 'extend', label: '展期' },
    { value: 'release', label: '解保' },
    { value: 'claim-paid', label: '代偿' },
    { value: 'recovery', label: '追偿回收' },
    { value: 'fee', label: '收取担保费' },
    { value: 'refund', label: '退费' },
    { value: 'write-off', label: '核销' },
  ],
  outcome: [
    { value: 'paid-in-full', label: '正常还清' },
    { value: 'charged-off', label: '已代偿' },
  ],
  revolving: ['是', '否'].map((value) => ({ value, label: value })),
};
