import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';

/** Columns of `pg_temp.import_customer`, in COPY order: those of customers.customer that an import fills. */
export const stagedCustomerColumns =
  'guarantor_id, id, kind, name, pinyin, identity_kind, identity_no, identity_hash, county, industry_code, staff, revenue, assets, declared_on, size_class, size_evidence';

/** Makes the staging table of this session; it empties itself at commit. */
export async function stageCustomers(tx: Tx): Promise<void> {
  await sql`create temp table if not exists import_customer
    (guarantor_id integer, id bigint, kind text, name text, pinyin text, identity_kind text, identity_no text, identity_hash text,
     county integer, industry_code text, staff integer, revenue bigint, assets bigint, declared_on date, size_class text, size_evidence jsonb)
    on commit delete rows`.execute(tx);
}

/** Adds the staged customers, already judged by the caller's rules. A customer added meanwhile raises 23505. */
export async function insertStagedCustomers(tx: Tx): Promise<void> {
  const columns = sql.raw(stagedCustomerColumns);
  await sql`insert into customers.customer (${columns}) select ${columns} from pg_temp.import_customer`.execute(tx);
}
