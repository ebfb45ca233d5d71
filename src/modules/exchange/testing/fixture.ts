import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { Agent, request } from 'undici';
import { waitUntil } from '../../../platform/instance/process-table.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/testing/index.ts';
import type { MonitorLink } from '../link.ts';
import { httpsLink } from '../link-https.ts';

/** Two guarantors, one bank, one product, one customer and agreement each. Ids 1 and 2; contracts are added by `issue`. */
export async function seedParties(owner: pg.Pool): Promise<void> {
  await owner.query(`
    insert into institutions.region (code, name, level, parent_code) values
      (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100), (140106, '迎泽区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code, opened_on) values
      (1, 'SX-A', '甲融资担保有限公司', '甲担保', 'guarantor', 3, 140105, '2020-01-01'),
      (2, 'SX-B', '乙融资担保有限公司', '乙担保', 'guarantor', 3, 140106, '2020-01-01'),
      (9, 'BANK', '某银行', '某银行', 'bank', 1, 140000, null);
    insert into agreements.product (code, name, class, source) values ('loan', '流动资金贷款担保', 'loan', '测试');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      select g, 1, 'enterprise', '某公司', 'uscc', 'X' || g, repeat(g::text, 64), 140104 + g, '微型', '{}' from generate_series(1, 2) g;
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no)
      select g, g, 9, 'loan', 'AG-' || g from generate_series(1, 2) g;
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      select g, g, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, '测试' from generate_series(1, 2) g`);
}

/** A guarantee of 100 万元 principal, 80 万元 guaranteed, with its disbursement. Answers its id. */
export async function issue(
  owner: pg.Pool,
  guarantorId: number,
  contractNo: string,
  startsOn: string,
): Promise<bigint> {
  const { rows } = await owner.query<{ id: bigint }>(
    `insert into guarantees.guarantee (guarantor_id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id, county,
       principal, guaranteed, fee_rate, starts_on, ends_on, due_on, tags, primary_tag, size_class, source)
     values ($1::integer, $2, 1, $1, 1, 'loan', 9, 140104 + $1::integer, 100000000, 80000000, 0.01, $3, $3::date + 365, $3::date + 365, 1, 1, '微型', 'test')
     returning id`,
    [guarantorId, contractNo, startsOn],
  );
  await move(owner, guarantorId, rows[0]!.id, 1, 100_000_000n, startsOn);
  return rows[0]!.id;
}

/** One movement, as the book would enter it. */
export const move = (
  owner: pg.Pool,
  guarantorId: number,
  id: bigint,
  kind: number,
  amount: bigint,
  on: string,
  cash = 0n,
) =>
  owner.query(
    `insert into guarantees.movement (guarantor_id, guarantee_id, seq, kind, amount, cash, occurred_on)
     select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $6, $5 from guarantees.movement where guarantor_id = $1 and guarantee_id = $2`,
    [guarantorId, id, kind, amount, on, cash],
  );

export type StandIn = {
  readonly link: MonitorLink;
  readonly url: string;
  readonly token: string;
  readonly caFile: string;
  readonly database: TestDatabase;
  call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object | Buffer,
  ): Promise<{ status: number; body: never }>;
  newLink(timeoutMs?: number): MonitorLink;
  stop(): Promise<void>;
};

/** The stand-in as a process of its own with a database of its own, reached over HTTPS. */
export async function startStandIn(): Promise<StandIn> {
  const database = await createTestDatabase();
  const dir = mkdtempSync(join(tmpdir(), 'rongdan-monitor-'));
  const main = fileURLToPath(new URL('../../../../monitor/main.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { ...process.env, NODE_OPTIONS: '', MONITOR_DATABASE_URL: database.ownerUrl, MONITOR_DATA_DIR: dir },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const file = join(dir, 'link.json');
  const isUp = await waitUntil(() => existsSync(file) || child.exitCode !== null, 20_000);
  if (!isUp || child.exitCode !== null) throw new Error('监测系统替身没有启动');
  const { url, token, caFile } = JSON.parse(readFileSync(file, 'utf8')) as {
    url: string;
    token: string;
    caFile: string;
  };
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile, 'utf8') } });
  const newLink = (timeoutMs = 30_000) => httpsLink({ url, token, caFile, timeoutMs });
  const link = newLink();
  return {
    link,
    url,
    token,
    caFile,
    database,
    newLink,
    call: async (method, path, body) => {
      const answer = await request(`${url}${path}`, {
        method,
        dispatcher,
        headers: { authorization: `Bearer ${token}` },
        body: body === undefined ? null : Buffer.isBuffer(body) ? body : JSON.stringify(body),
      });
      return { status: answer.statusCode, body: (await answer.body.json()) as never };
    },
    stop: async () => {
      await link.close();
      await dispatcher.close();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(force);
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
