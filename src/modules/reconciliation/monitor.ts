import { openLink } from '../exchange/index.ts';
import type { FetchRecords } from './actions/run.ts';

/** The monitoring system's data set over the link this installation is set up for; the link is closed when it is read. */
export const fetchFromMonitor: FetchRecords = async ({ institution, asOf, knownAt }) => {
  const link = openLink();
  const chunks = await link.records({ institutionCode: institution ?? undefined, asOf, knownAt });
  const stream = (async function* () {
    try {
      yield* chunks;
    } finally {
      await link.close();
    }
  })();
  return { name: '监测系统', stream };
};
