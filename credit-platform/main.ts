import { parseDay } from '../src/kernel/day.ts';
import { moveSystemClock, msAhead } from '../src/platform/clock.ts';
import { startCreditPlatform } from './start-credit-platform.ts';

// A demo may play on a later day.
moveSystemClock(msAhead(parseDay(process.env.STAND_IN_TODAY ?? ''), null));
const platform = await startCreditPlatform({
  dataDir: process.env.CREDIT_PLATFORM_DATA_DIR ?? '.data/credit-platform',
  port: Number(process.env.CREDIT_PLATFORM_PORT ?? 0),
  say: (line) => console.log(line),
});

let leaving = false;
const leave = () => {
  if (leaving) return;
  leaving = true;
  void platform.stop().finally(() => process.exit(0));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
// Whoever started us is gone.
process.on('disconnect', leave);
