import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { ProductTerms } from './contract.ts';

/** One dated version of a product with everything it demands. */
export type ProductVersion = {
  readonly code: string;
  readonly name: string;
  readonly class: string;
  readonly version: number;
  readonly from: Day;
  readonly to: Day | null;
  readonly terms: ProductTerms;
  readonly document: string;
  readonly unverified: string | null;
};

const columns = sql`v.product_code as code, p.name, p.class, v.version, v.from_on as "from", v.to_on as "to", v.terms, v.document, v.unverified`;
const joined = sql`products.version v join agreements.product p on p.code = v.product_code`;

/** The version of a product in force on a day; undefined when it has none. */
export async function productVersionOn(tx: Tx, code: string, on: Day): Promise<ProductVersion | undefined> {
  const { rows } = await sql<ProductVersion>`
    select ${columns} from ${joined}
     where v.product_code = ${code} and v.from_on <= ${on} and (v.to_on is null or v.to_on >= ${on})
     order by v.version desc limit 1`.execute(tx);
  return rows[0];
}

/** The versions of every product in force on a day, by code. */
export async function versionsOn(tx: Tx, on: Day): Promise<ProductVersion[]> {
  const { rows } = await sql<ProductVersion>`
    select distinct on (v.product_code) ${columns} from ${joined}
     where v.from_on <= ${on} and (v.to_on is null or v.to_on >= ${on})
     order by v.product_code, v.version desc limit 500`.execute(tx);
  return rows;
}

/** All versions of one product, oldest first. */
export async function historyOf(tx: Tx, code: string): Promise<ProductVersion[]> {
  const { rows } = await sql<ProductVersion>`
    select ${columns} from ${joined} where v.product_code = ${code} order by v.version limit 500`.execute(tx);
  return rows;
}

/** Products with the number of their versions, by code. */
export async function listProducts(tx: Tx) {
  type Row = {
    code: string;
    name: string;
    class: string;
    source: string;
    unverified: string | null;
    versions: number;
  };
  const { rows } = await sql<Row>`
    select p.code, p.name, p.class, p.source, p.unverified,
           (select count(*) from products.version v where v.product_code = p.code)::integer as versions
      from agreements.product p order by p.code limit 500`.execute(tx);
  return rows;
}

/** Locks the product's versions against a second writer, and answers how many there are, or undefined when there is no product. */
export async function lockVersions(
  tx: Tx,
  code: string,
): Promise<{ version: number; from: Day; to: Day | null }[] | undefined> {
  const product = await tx.selectFrom('agreements.product').select('code').where('code', '=', code).executeTakeFirst();
  if (!product) return undefined;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`products.version:${code}`}, 0))`.execute(tx);
  const { rows } = await sql<{ version: number; from: Day; to: Day | null }>`
    select version, from_on as "from", to_on as "to" from products.version where product_code = ${code} order by version`.execute(
    tx,
  );
  return rows;
}

/** Ends the open version the day before `from` and adds the next. */
export async function insertVersion(
  tx: Tx,
  made: {
    code: string;
    version: number;
    from: Day;
    to: Day | null;
    terms: ProductTerms;
    document: string;
    unverified: string | null;
    userId: number;
  },
): Promise<void> {
  await sql`update products.version set to_on = ${made.from}::date - 1
    where product_code = ${made.code} and from_on < ${made.from} and (to_on is null or to_on >= ${made.from})`.execute(
    tx,
  );
  await sql`insert into products.version (product_code, version, from_on, to_on, terms, document, unverified, recorded_by)
    values (${made.code}, ${made.version}, ${made.from}, ${made.to}, ${JSON.stringify(made.terms)}::jsonb, ${made.document},
            ${made.unverified}, ${made.userId})`.execute(tx);
}
