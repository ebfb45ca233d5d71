import { createHash } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

/** The statements of one request, run one after the other. */
export type BareRequest = { text: string; values: unknown[] }[];
type Spec = { kind: 'product' | 'bare'; url: string; requests?: BareRequest[] };

const poolSize = 12;

// A process of its own, told what to serve by whoever started it.
process.once('message', (spec: Spec) => {
  void serve(spec).then((port) => {
    process.send!({ port });
    process.on('message', () => process.send!({ rss: process.memoryUsage.rss() }));
  });
});
process.on('disconnect', () => process.exit(0));

async function serve(spec: Spec): Promise<number> {
  const app = spec.kind === 'product' ? await product(spec) : bare(spec);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as { port: number }).port;
}

/** Loaded here alone: the product changes how the driver reads numbers, which the bare route has no use for. */
async function product({ url }: Spec) {
  const [{ buildApp }, { systemClock }, { openDb }] = await Promise.all([
    import('../src/app.ts'),
    import('../src/platform/clock.ts'),
    import('../src/platform/db.ts'),
  ]);
  return buildApp({ db: openDb(url, { maxConnections: poolSize }), clock: systemClock, rateLimitPerMinute: 0 });
}

/** The product keeps the plans of some statements; so does the limit. */
const kept = (text: string): string | undefined =>
  text.includes('/* kept plan */') ? createHash('sha256').update(text).digest('hex').slice(0, 40) : undefined;

function bare({ url, requests }: Spec) {
  const pool = new pg.Pool({ connectionString: url, max: poolSize });
  const app = fastify();
  app.get<{ Params: { at: string } }>('/:at', async (request) => {
    const answers: unknown[][] = [];
    const client = await pool.connect();
    try {
      for (const { text, values } of requests![Number(request.params.at)]!)
        answers.push((await client.query(kept(text) ? { name: kept(text), text, values } : { text, values })).rows);
    } finally {
      client.release();
    }
    return answers;
  });
  return app;
}
