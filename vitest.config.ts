import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/setup/longest-first.ts'

export default defineConfig({
  test: {
    include: ['core/**/*.test.ts', 'modules/**/*.test.ts', 'addons/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // One PostgreSQL server for the whole run; a test file gets its own database with testDatabase().
    globalSetup: ['test/setup/postgres.ts'],
    // Node loads the files, as it does for the application; nothing here needs what a bundler would make of them.
    experimental: { viteModuleRunner: false },
    setupFiles: ['test/setup/compile-cache.ts'],
    // Two processes that take one file after the other, as a server lives on from one request to the next: loading the application anew
    // for each file took as long as its tests. A file that changes what belongs to the process gives it back.
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Generous, since machines are shared: a test that hangs is found all the same.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default'],
  },
})
