import { join } from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..')

/** Two projects: `worker` runs nearly all tests inside workerd, against the Worker itself; `commands` runs the commands of package.json. */
export default defineConfig({
  test: {
    root,
    testTimeout: 30_000,
    // Hide the Worker's log lines for tests that pass.
    silent: 'passed-only',
    projects: [
      {
        extends: true,
        plugins: [
          cloudflareTest(async () => ({
            main: join(root, 'src/index.ts'),
            wrangler: { configPath: join(root, 'wrangler.toml') },
            miniflare: {
              bindings: {
                MIGRATIONS: await readD1Migrations(join(root, 'migrations')),
                JWT_SECRET: 'a JWT secret that only the tests use',
                LOGIN_SLOWDOWN_MS: '0',
                LOGIN_FAILURE_RESPONSE_MS: '0',
              },
            },
          })),
        ],
        test: {
          name: 'worker',
          root,
          include: ['test/**/*.test.ts'],
          exclude: ['test/commands/**', 'test/browser/**', 'test/bench/**'],
          setupFiles: [join(root, 'test/support/migrate.ts')],
        },
      },
      {
        extends: true,
        test: {
          name: 'commands',
          root,
          include: ['test/commands/**/*.test.ts'],
          fileParallelism: false, // each test file starts a Worker of the same name
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
