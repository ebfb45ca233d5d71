import { fen, formatYuan, plus, share } from '../../kernel/money.ts';
import { ratio } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { GuaranteeDetail } from './contract.ts';
import { guaranteeById, postingsOf } from './list-store.ts';
import { movementsOf } from './store.ts';
import { wireOf } from './wire-row.ts';

/** Everything about one guarantee: contract, pinned split, movements with running balance, ledger postings. 404 when not visible. */
export async function detailOf(tx: Tx, guarantorId: number, id: bigint): Promise<GuaranteeDetail> {
  const row = await guaranteeById(tx, guarantorId, id);
  if (!row) throw new Refused({ code: 'guarantee-unknown', message: '没有这笔保函，或不在您的权限范围内' }, 404);
  const movements = await movementsOf(tx, guarantorId, id);
  const postings = await postingsOf(tx, guarantorId, id);
  let running = fen(0n);
  return {
    ...wireOf(row),
    loanContractNo: row.loanContractNo,
    endsOn: row.endsOn,
    industryCode: row.industryCode,
    sizeClass: row.sizeClass,
    agreement: {
      contractNo: row.agreementNo,
      version: row.agreementVersion,
      bankShare: row.bankShare,
      guarantorShare: row.guarantorShare,
      provinceShare: row.provinceShare,
      fundShare: row.fundShare,
      otherShare: row.otherShare,
      claimRatioCap: row.claimRatioCap,
    },
    outstandingBorne: formatYuan(share(row.outstanding, ratio(row.guaranteed, row.principal), 'half-up')),
    source: row.source,
    recordedAt: row.recordedAt.toISOString(),
    movements: movements.map((each) => {
      running = plus(running, each.delta);
      return {
        ...each,
        amount: formatYuan(each.amount),
        cash: formatYuan(each.cash),
        delta: formatYuan(each.delta),
        outstandingAfter: formatYuan(running),
        recordedAt: each.recordedAt.toISOString(),
      };
    }),
    postings: postings.map((each) => ({ ...each, amount: formatYuan(each.amount) })),
  };
}
