import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import type { Jobs } from '../../platform/jobs.ts';
import type { MonitorLink } from './link.ts';
import { collectReceipts, sendPackage } from './send.ts';
import { openLink } from './settings.ts';
import { type PackageRow, packageColumns } from './store.ts';
import { type SubmitOptions, submitDay } from './submit.ts';

const sendJob = 'exchange.send';

export type ExchangeJobOptions = Pick<SubmitOptions, 'signer' | 'patience'> & { readonly link?: () => MonitorLink };

/**
 * The work of the night: at 06:00 every guarantor's package of the day before; what nobody answered again and again (after 1, 2, 4 …
 * minutes, ten times: about 17 hours); every half hour, receipts that came late.
 */
export async function exchangeJobs(jobs: Jobs, db: Db, clock: Clock, options: ExchangeJobOptions = {}): Promise<void> {
  const newLink = options.link ?? (() => openLink());
  const withLink = async <T>(work: (link: MonitorLink) => Promise<T>): Promise<T> => {
    const link = newLink();
    try {
      return await work(link);
    } finally {
      await link.close();
    }
  };
  await jobs.work<{ guarantorId: number; id: string }>(
    sendJob,
    (key) =>
      withLink(async (link) => {
        const status = await sendPackage(
          db,
          clock,
          link,
          { guarantorId: key.guarantorId, id: BigInt(key.id) },
          { tries: 1, waitMs: 0 },
        );
        if (status === 'unanswered') throw new Error(`数据包 ${key.guarantorId}/${key.id} 对方无应答`);
      }),
    { retries: 10, retrySeconds: 60 },
  );
  await jobs.schedule('exchange.submit-daily', '0 6 * * *', () =>
    withLink(async (link) => {
      await submitDay(db, clock, {
        link,
        ...(options.signer ? { signer: options.signer } : {}),
        ...(options.patience ? { patience: options.patience } : {}),
        onUnanswered: (key) => sendLater(jobs, key),
      });
    }),
  );
  await jobs.schedule('exchange.collect-receipts', '*/30 * * * *', () =>
    withLink(async (link) => {
      await collectReceipts(db, clock, link, await unansweredPackages(db));
    }),
  );
}

/** Asks for a package to be sent again by the job queue; a package waits in it once. */
export const sendLater = (jobs: Jobs, key: { guarantorId: number; id: bigint }): Promise<boolean> =>
  jobs.send(
    sendJob,
    { guarantorId: key.guarantorId, id: String(key.id) },
    { singletonKey: `${key.guarantorId}/${key.id}`, startAfterSeconds: 60 },
  );

const unansweredPackages = (db: Db): Promise<PackageRow[]> =>
  db.read(systemActor, async (tx) => {
    const { rows } = await sql<PackageRow>`
      select ${packageColumns} from exchange.package p where p.status in ('sent', 'unanswered') order by p.id limit 1000`.execute(
      tx,
    );
    return rows;
  });
