import { openDb } from '../../../platform/db.ts';
import { runBatch } from '../run.ts';
import { runTrial } from '../trial.ts';
import { context } from './fixture.ts';

/** A process of its own that runs or tries a batch and says on standard output each chunk that is done; tests kill it in the middle. */
const [url, id, kind] = process.argv.slice(2) as [string, string, 'run' | 'trial'];
const db = openDb(url);
const work = kind === 'trial' ? runTrial : runBatch;
await work(db, context.clock, BigInt(id), {
  onChunk: (no) => {
    process.stdout.write(`${no}\n`);
  },
});
await db.close();
