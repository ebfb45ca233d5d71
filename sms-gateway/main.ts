import { startSmsGateway } from './start-sms-gateway.ts';

const gateway = await startSmsGateway({
  dataDir: process.env.SMS_GATEWAY_DATA_DIR ?? '.data/sms-gateway',
  port: Number(process.env.SMS_GATEWAY_PORT ?? 0),
  say: (line) => console.log(line),
});

let leaving = false;
const leave = () => {
  if (leaving) return;
  leaving = true;
  void gateway.stop().finally(() => process.exit(0));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
// Whoever started us is gone.
process.on('disconnect', leave);
