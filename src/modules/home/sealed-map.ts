import type { Quarter } from '../../kernel/month.ts';
import { showQuarter } from '../../kernel/month.ts';
import type { Tx } from '../../platform/db.ts';
import { countyMap } from '../feedback/index.ts';
import type { HomeSummary } from './contract.ts';

/** 在保余额 by county of the newest sealed quarter, as far as the caller sees; null before the first seal. */
export async function sealedMap(tx: Tx): Promise<HomeSummary['map']> {
  const found = await countyMap(tx, 'outstanding');
  if (found.quarter === null || found.asOf === null) return null;
  return {
    title: `${showQuarter(found.quarter as Quarter)}在保余额`,
    unit: '元',
    asOf: found.asOf,
    basis: '已封存的季度反馈凭证，合同口径',
    rows: found.rows,
  };
}
