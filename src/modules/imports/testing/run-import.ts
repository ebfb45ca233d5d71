import { day } from '../../../kernel/day.ts';
import { fixedClock } from '../../../platform/clock.ts';
import { openDb, systemActor } from '../../../platform/db.ts';
import { importFile } from '../actions.ts';

/** A process of its own that imports a file and says on standard output each chunk that is written; tests kill it in the middle. */
const [url, path, profile, chunkRows] = process.argv.slice(2) as [string, string, string, string];
const db = openDb(url);
await importFile(
  db,
  { actor: systemActor, clock: fixedClock(day('2026-11-20')) },
  {
    guarantorId: 1,
    path,
    profile,
    chunkRows: Number(chunkRows),
    onChunk: ({ no }) => {
      process.stdout.write(`${no}\n`);
    },
  },
);
await db.close();
