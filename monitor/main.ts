import { startMonitor } from './start-monitor.ts';

const databaseUrl = process.env.MONITOR_DATABASE_URL;
if (!databaseUrl) {
  console.error('监测系统替身：请用 MONITOR_DATABASE_URL 指明它自己的数据库。');
  process.exit(1);
}
const port = Number(process.env.MONITOR_PORT ?? 0);
const dataDir = process.env.MONITOR_DATA_DIR ?? '.data/monitor';
const monitor = await startMonitor({ databaseUrl, dataDir, port, say: (line) => console.log(line) });

let leaving = false;
const leave = () => {
  if (leaving) return;
  leaving = true;
  void monitor.stop().finally(() => process.exit(0));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
// Whoever started us is gone.
process.on('disconnect', leave);
