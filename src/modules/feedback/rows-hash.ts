import { createHash, type Hash } from 'node:crypto';
import { copyOutOf, type Tx } from '../../platform/db.ts';

/** The columns of a row that its hash covers, as text that depends on no setting of the server. */
const columns = `guarantor_id, guarantee_id, contract_no, county, bank_id, product_code, customer_id, identity_hash,
  size_class, tags, primary_tag, principal, guaranteed, fee_rate, to_char(starts_on, 'YYYY-MM-DD'),
  to_char(ends_on, 'YYYY-MM-DD'), outstanding, outstanding_actual, household_outstanding, new_amount, new_actual,
  fee_income, claim_amount, claim_cash, recovery_amount, released_amount, year_claim_amount, year_released_amount,
  balance_days`;

const tab = 9;
const newline = 10;

/**
 * Rows and SM3 hash of each county certificate: over its rows as COPY text in order of guarantor and guarantee.
 * One pass, streamed; a certificate without rows gets the hash of nothing.
 */
export async function hashRows(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, { count: bigint; hash: string }>> {
  const found = new Map<bigint, { count: bigint; hash: Hash }>(
    ids.map((id) => [id, { count: 0n, hash: createHash('sm3') }]),
  );
  if (ids.length > 0) {
    const list = ids.map((id) => String(BigInt(id))).join(',');
    const stream = copyOutOf(
      tx,
      `select certificate_id, ${columns} from feedback.certificate_row where certificate_id in (${list})
        order by certificate_id, guarantor_id, guarantee_id`,
    );
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of stream) rest = takeLines(rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk, found);
    if (rest.length > 0) throw new Error('数据库返回的明细不以换行结束');
  }
  return new Map([...found].map(([id, { count, hash }]) => [id, { count, hash: hash.digest('hex') }]));
}

/** Feeds whole lines to the hash of their certificate (the first field, not hashed itself) and returns what is left. */
function takeLines(text: Buffer, into: Map<bigint, { count: bigint; hash: Hash }>): Buffer {
  let from = 0;
  for (let end = text.indexOf(newline, from); end >= 0; end = text.indexOf(newline, from)) {
    const cut = text.indexOf(tab, from);
    const one = into.get(BigInt(text.toString('latin1', from, cut)));
    if (!one) throw new Error('数据库返回了未请求的凭证');
    one.count += 1n;
    one.hash.update(text.subarray(cut + 1, end + 1));
    from = end + 1;
  }
  return text.subarray(from);
}
