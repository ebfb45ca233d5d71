import type { Day } from '../../kernel/day.ts';
import { addDays } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Signer } from '../../platform/crypto/index.ts';
import { type Actor, type Db, systemActor } from '../../platform/db.ts';
import { buildPackage } from './build.ts';
import type { MonitorLink } from './link.ts';
import { defaultPatience, type Patience, sendPackage } from './send.ts';
import { openLink, openSigner } from './settings.ts';
import { guarantorsOn, latestOfDay, type PackageRow } from './store.ts';

export type SubmitOptions = {
  /** Default: yesterday. */
  readonly day?: Day | undefined;
  readonly guarantorId?: number | undefined;
  /** Default: as the environment says. */
  readonly link?: MonitorLink | undefined;
  readonly signer?: Signer | undefined;
  readonly actor?: Actor | undefined;
  readonly patience?: Patience;
  /** Called after each institution. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called with what nobody answered, to be tried again later. */
  readonly onUnanswered?: (key: { guarantorId: number; id: bigint }) => Promise<unknown>;
};

/** What came of a day, in institutions. `problems` say why one could not even be built or sent. */
export type SubmitReport = {
  day: Day;
  guarantors: number;
  accepted: number;
  zero: number;
  refused: number;
  sent: number;
  unanswered: number;
  problems: { guarantorId: number; name: string; message: string }[];
};

/**
 * Builds and sends the packages of a business day for every guarantor the actor sees (or one). Safe to repeat: what was accepted is left
 * alone, what was built or not answered is sent again, the rest is built. One institution's trouble does not stop the others.
 */
export async function submitDay(db: Db, clock: Clock, options: SubmitOptions = {}): Promise<SubmitReport> {
  const day = options.day ?? addDays(clock.today(), -1);
  const actor = options.actor ?? systemActor;
  const link = options.link ?? openLink();
  const signer = options.signer ?? (await openSigner());
  try {
    const guarantors = await db.read(actor, (tx) => guarantorsOn(tx, day, options.guarantorId));
    const report: SubmitReport = {
      day,
      guarantors: guarantors.length,
      accepted: 0,
      zero: 0,
      refused: 0,
      sent: 0,
      unanswered: 0,
      problems: [],
    };
    for (const [at, { id: guarantorId, name }] of guarantors.entries()) {
      try {
        await submitOne(db, clock, { day, guarantorId, actor, link, signer, options, report });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        report.problems.push({ guarantorId, name, message: error.message });
      }
      options.onProgress?.(at + 1, guarantors.length);
    }
    return report;
  } finally {
    if (!options.link) await link.close();
  }
}

type One = {
  day: Day;
  guarantorId: number;
  actor: Actor;
  link: MonitorLink;
  signer: Signer;
  options: SubmitOptions;
  report: SubmitReport;
};

async function submitOne(db: Db, clock: Clock, one: One): Promise<void> {
  const { day, guarantorId, actor, report } = one;
  const row = await db.transaction(actor, async (tx): Promise<PackageRow> => {
    const existing = await latestOfDay(tx, guarantorId, day);
    return existing ?? buildPackage(tx, { actor, clock }, one.signer, { guarantorId, businessDay: day });
  });
  const status = await sendPackage(db, clock, one.link, row, one.options.patience ?? defaultPatience, actor);
  if (status === 'accepted' && row.kind === 'zero') report.zero += 1;
  else if (status !== 'built') report[status] += 1;
  if (status === 'unanswered') await one.options.onUnanswered?.(row);
}
