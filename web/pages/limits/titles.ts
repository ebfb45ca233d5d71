import type { GuarantorLineRow } from '../../../src/modules/limits/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

/** A yearly line's status as shown and how it looks. */
export const lineLooks: Readonly<
  Record<GuarantorLineRow['status'], { readonly title: string; readonly tone: StatusTone }>
> = {
  proposed: { title: '待核定', tone: 'busy' },
  approved: { title: '已核定', tone: 'good' },
  refused: { title: '未通过', tone: 'mute' },
  replaced: { title: '已被取代', tone: 'mute' },
};
