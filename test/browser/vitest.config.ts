import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '../..')

/** `npm run test:browser`: the pages in a real Chromium, against `npm run dev`. */
export default defineConfig({
  test: {
    root,
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    globalSetup: [join(root, 'test/commands/setup.ts')],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // What must happen within a time gets that time in its test. Everything else may be slow on a loaded machine.
    expect: { poll: { timeout: 20_000 } },
    fileParallelism: false,
    // The tests build on each other: each continues from the state that the previous one left.
    bail: 1,
  },
})
