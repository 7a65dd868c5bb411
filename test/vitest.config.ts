import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { FORMER_JWT_SECRET } from './support/former-secret.ts'
import { useMemoryFolder } from './support/memory-folder.ts'

const root = join(import.meta.dirname, '..')

useMemoryFolder()

const BUNDLED_PACKAGES = [
  '@hono/zod-validator',
  'drizzle-orm',
  'drizzle-orm/d1',
  'drizzle-orm/sqlite-core',
  'hono',
  'hono/hono-base',
  'hono/html',
  'hono/router',
  'hono/utils/cookie',
  'hono/utils/url',
  'jose',
  'zod/mini',
]

/**
 * Tests of Durable Objects that work on their own: with alarms, sockets, or messages to each other. The next file stops them, but
 * a message that they have just sent to another object may still arrive in its storage. The tests of this list bear that, and the
 * others run before them. Each is the beginning of a path.
 */
const OBJECT_TESTS = [
  'test/console/',
  'test/contract/contract-numbers.',
  'test/contract/every-dialect.',
  'test/contract/numbers-of-objects.',
  'test/contract/page-sizes.',
  'test/cost/concerned.',
  'test/cost/routes.',
  'test/dialects/recovery.',
  'test/dialects/recovery/',
  'test/docs/sockets.',
  'test/domain/accounts/erase.',
  'test/domain/accounts/export.',
  'test/domain/accounts/join.',
  'test/domain/alarms/',
  'test/domain/audit.',
  'test/domain/maintenance/',
  'test/domain/support/',
  'test/durable/',
  'test/rpc/gates.',
  'test/site/alarm-link.',
  'test/site/contact-link.',
  'test/site/password-link.',
].map((path) => join(root, path))

const isObjectTest = ({ moduleId }: TestSpecification): boolean => OBJECT_TESTS.some((path) => moduleId.startsWith(path))

/** Those of the commands: the modules that Node itself loads, such as wrangler, are compiled once for all processes. */
const COMMAND_ARGUMENTS = ['-r', join(root, 'src/cli/preflight.cjs')]

/** In this order: the command tests take longest, and files that share a workerd must follow each other. */
const PROJECTS = ['commands', 'worker', 'cli']

/** `--silent=false` prints the log lines of tests that pass, too. */
const SHOWS_LOGS = process.argv.some((argument) => argument.startsWith('--silent'))

/** The pool starts the files in this order, so no workerd gets another test after one of Durable Objects. */
class ByProject extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return PROJECTS.flatMap((name) => {
      const ofProject = sorted.filter(({ project }) => project.name === name)
      return [...ofProject.filter((file) => !isObjectTest(file)), ...ofProject.filter(isObjectTest)]
    })
  }
}

/** Tests inside workerd, against the Worker itself. */
const INSIDE_WORKERD = {
  extends: true as const,
  plugins: [
    cloudflareTest(async () => ({
      main: join(root, 'test/support/limited-worker.ts'),
      wrangler: { configPath: join(root, 'wrangler.toml') },
      miniflare: {
        // The pool sends every module and result over a WebSocket. To compress them takes longer than to send them.
        compatibilityFlags: ['no_web_socket_compression'],
        bindings: {
          MIGRATIONS: await readD1Migrations(join(root, 'migrations')),
          JWT_SECRET: 'a JWT secret that only the tests use',
          FORMER_JWT_SECRET,
          LOGIN_SLOWDOWN_MS: '0',
          LOGIN_FAILURE_RESPONSE_MS: '0',
        },
        // All tests come from one address. Those of the limit use a limit of their own.
        ratelimits: { ADDRESS_LIMIT: { namespace_id: '1001', simple: { limit: 1_000_000, period: 60 } } },
      },
    })),
  ],
  resolve: {
    alias: [
      // A hash of full strength takes 50 ms, and the tests register thousands of accounts. Only the import in src/compose.ts is
      // replaced; the tests of the hash import the real cost (test/support/argon2.ts).
      { find: /^\.\/tokens\/password-cost\.ts$/, replacement: join(root, 'test/support/cheap-password-cost.ts') },
      // Every statement of the Worker and its objects meets the limits of D1 (test/support/limited-database.ts). Only the imports
      // in src/compose.ts and src/core.ts are replaced.
      { find: /^\.\/store\/store\.ts$/, replacement: join(root, 'test/support/limited-store.ts') },
    ],
  },
  test: {
    root,
    setupFiles: ['migrate', 'check-frames', ...(SHOWS_LOGS ? [] : ['keep-logs'])].map((name) => join(root, `test/support/${name}.ts`)),
    // Without this, each workerd loads each of the hundreds of files of these packages one by one.
    deps: {
      optimizer: {
        ssr: {
          enabled: true,
          include: BUNDLED_PACKAGES,
        },
      },
    },
    isolate: false,
    name: 'worker',
    include: ['test/**/*.test.ts'],
    exclude: ['test/commands/**', 'test/cli/**', 'test/browser/**', 'test/bench/**'],
  },
}

/**
 * Three projects that run side by side. The files of `worker` share a few instances of workerd, because loading the Worker into one
 * takes longer than most files; each file starts with empty storage all the same (test/support/migrate.ts). `commands` runs the
 * commands of package.json, and `cli` calls their functions: both outside of workerd.
 */
export default defineConfig({
  test: {
    root,
    testTimeout: 60_000,
    // A loaded machine is slower than the default second.
    expect: { poll: { timeout: 10_000 } },
    // Two more than there are cores: a command test waits for processes most of the time. The default is one less, which on two
    // cores would run one file at a time.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: ByProject },
    // A spy must not outlive its test: the next file may run in the same workerd.
    restoreMocks: true,
    // Hide the Worker's log lines for tests that pass.
    silent: 'passed-only',
    projects: [
      INSIDE_WORKERD,
      {
        extends: true,
        test: {
          name: 'commands',
          root,
          include: ['test/commands/**/*.test.ts'],
          globalSetup: [join(root, 'test/commands/setup.ts')],
          execArgv: COMMAND_ARGUMENTS,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'cli',
          root,
          include: ['test/cli/**/*.test.ts'],
          execArgv: COMMAND_ARGUMENTS,
          // The files load the same modules, and leave nothing behind in them. To load them once saves a third of the CPU time.
          isolate: false,
        },
      },
    ],
  },
})
