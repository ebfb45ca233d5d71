import { createHash } from 'node:crypto';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { MonitorLink } from './link.ts';

/** One record as the monitoring system holds it. Amounts are 元 text; anything may be null, keys too. Described in monitor/README.md. */
export type OtherSideRecord = {
  readonly institution: string | null;
  readonly contract_no: string | null;
  readonly outstanding: string | null;
  readonly outstanding_actual: string | null;
  readonly principal: string | null;
  readonly guaranteed: string | null;
  readonly claims: string | null;
  readonly claim_cash: string | null;
  readonly recoveries: string | null;
  readonly county: number | null;
  readonly primary_tag: number | null;
  readonly tags: number | null;
  readonly status: string | null;
  readonly starts_on: string | null;
  readonly ends_on: string | null;
  readonly due_on: string | null;
  readonly identity_hash: string | null;
  readonly business_day: string | null;
};

const recordStart = '{"kind":"record"';

/**
 * The other side's data set as of a day, record by record, in constant memory. One institution's, or all when no code is given.
 * Throws Refused (502) when it ends early or its rows do not have the hash it declares: half a data set must not look whole.
 */
export async function* fetchOtherSide(
  link: MonitorLink,
  query: { readonly institutionCode?: string | undefined; readonly asOf: Day; readonly knownAt?: string | undefined },
): AsyncGenerator<OtherSideRecord> {
  const hash = createHash('sm3');
  let rows = 0;
  let footer: { rows: number; sm3: string } | undefined;
  for await (const line of linesOf(await link.records(query))) {
    if (line.startsWith(recordStart)) {
      hash.update(`${line}\n`);
      rows += 1;
      yield JSON.parse(line) as OtherSideRecord;
    } else if (line.startsWith('{"kind":"footer"')) footer = JSON.parse(line) as { rows: number; sm3: string };
  }
  if (!footer || footer.rows !== rows || footer.sm3 !== hash.digest('hex')) {
    throw new Refused(
      { code: 'other-side-incomplete', message: `监测系统的数据未取全（已取 ${rows} 行），请稍后重新取数` },
      502,
    );
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
