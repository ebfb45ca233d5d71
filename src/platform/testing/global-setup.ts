import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { makeTemplate, startThrowAway, type TestServer } from './postgres-cache.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

/**
 * Once per `vitest run`: a PostgreSQL with a migrated template, handed to the tests. TEST_DATABASE_URL (a superuser's) uses a
 * server that already runs; otherwise one is started that nothing survives of.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const { server, stop } = given ? await prepareGiven(given) : await startThrowAway();
  project.provide('testServer', server);
  return stop;
}

async function prepareGiven(superUrl: string): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const make = () => randomBytes(18).toString('base64url');
  const server = { superUrl, ownerPassword: make(), appPassword: make() };
  await makeTemplate(server);
  return { server, stop: async () => {} };
}
