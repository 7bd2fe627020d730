import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['{electron,shared,renderer,scripts}/**/*.test.{ts,tsx}'],
    globalSetup: ['scripts/buildForTests.mjs'],
    // A native engine keeps its state for the life of a process: each test file gets its own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  },
});
