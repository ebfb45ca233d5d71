import type { GuaranteeRow } from '../../src/modules/guarantees/contract.ts';
import type { Cast } from './cast.ts';

/** A release under approval, and the contract it is about. */
export type Matter = { readonly instanceId: string; readonly contractNo: string };

/** 保后 hands in so many part releases, each of another guarantee that nobody is releasing. */
export async function newReleases(cast: Cast, count: number): Promise<Matter[]> {
  const by = 'demo-baohou';
  const { today } = await cast.read<{ today: string }>(by, '/api/me');
  const { rows } = await cast.read<{ rows: GuaranteeRow[] }>(by, '/api/guarantees?status=in-force&limit=60');
  const matters: Matter[] = [];
  for (const row of rows) {
    if (matters.length === count) break;
    const url = `/api/aftercare/guarantees/${row.guarantorId}/${row.id}/releases`;
    const asked = { kind: 'partial', amount: '1000.00', releaseOn: today, reason: '提前归还部分贷款', refund: '0.00' };
    // Some are being released already, or have next to nothing left: the next one then.
    const made = await cast.send<{ instanceId: string }>(by, url, asked).catch(() => undefined);
    if (made) matters.push({ instanceId: made.instanceId, contractNo: row.contractNo });
  }
  return matters;
}
