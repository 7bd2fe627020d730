import { defineConfig } from 'vitest/config';

/** Tests that drive the real app. They share one screen and two cores, so they run one after the other. */
export default defineConfig({
  test: {
    environment: 'node',
    root: 'e2e',
    include: ['**/*.e2e.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
