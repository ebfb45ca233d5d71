import { defineConfig } from 'vitest/config';

/** Unit and database tests. Browser journeys (e2e/) have their own project, because they share one running product. */
export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'web/**/*.test.{ts,tsx}',
      'monitor/**/*.test.ts',
      'tools/**/*.test.ts',
      'sim/**/*.test.ts',
    ],
    globalSetup: ['src/platform/testing/global-setup.ts'],
    setupFiles: ['src/platform/testing/leave-with-parent.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
