import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { BridgedDatabase, serveDatabase } from './bridged-database.ts'
import { digestOfInputs, keptConfiguration, wranglerInputs } from './kept-configuration.ts'
import { startMiniflare } from './miniflare-api.ts'
import { root } from './wrangler.ts'

const Bindings = z.record(z.string(), z.unknown())

const OptionsSchema = z.object({
  worker: z.looseObject({ bindings: Bindings, kvNamespaces: Bindings, r2Buckets: Bindings, serviceBindings: Bindings }),
  externalWorkers: z.array(z.record(z.string(), z.unknown())),
})

type Options = z.infer<typeof OptionsSchema>

/** Our modules that make the options: src/cli/platform-options.ts, and what it imports. */
export const MODULES = [
  'src/cli/platform-config.ts',
  'src/cli/platform-options.ts',
  'src/cli/wrangler-api.ts',
  'src/cli/wrangler.ts',
] as const

/** Miniflare's options for the local bindings. They are kept in `folder`. */
export const localOptions = (operator: boolean, folder = join(root, '.wrangler')): Promise<Options> => {
  // The registry differs from database to database, and the options do not depend on it.
  const { WRANGLER_REGISTRY_PATH: _, ...settings } = process.env
  return keptConfiguration({
    file: join(folder, operator ? 'platform-with-worker.json' : 'platform.json'),
    digest: digestOfInputs(wranglerInputs(MODULES), settings),
    schema: OptionsSchema,
    // Imported here, because it loads wrangler.
    read: async () => OptionsSchema.parse((await import('./platform-options.ts')).readLocalOptions(operator)),
  })
}

/**
 * Starts a runtime with the local bindings. They are those of wrangler's `getPlatformProxy`, except the database: that proxy blocks
 * this process for each value that is bound, until the runtime responds.
 */
export const startLocalRuntime = async <Bindings extends { readonly DB: D1Database }>(
  state: string,
  operator: boolean,
): Promise<{ readonly env: Bindings; readonly address: URL; dispose(): Promise<void> }> => {
  const { worker, externalWorkers } = await localOptions(operator)
  const secret = randomBytes(32).toString('hex')
  const script = `export default { fetch: ${serveDatabase} }`
  const runtime = await startMiniflare({
    resourcePersistencePath: join(state, 'v3'),
    unsafeDevRegistryPath: process.env.WRANGLER_REGISTRY_PATH,
    workers: [
      { ...worker, name: 'operator', modules: true, script, bindings: { ...worker.bindings, DATABASE_SECRET: secret } },
      ...externalWorkers,
    ],
  })
  const names = [worker.kvNamespaces, worker.r2Buckets, worker.serviceBindings].flatMap(Object.keys)
  const env = { ...runtime.bindings<Bindings>(names), ...worker.bindings, DB: new BridgedDatabase(runtime.address, secret) }
  return { env, dispose: runtime.close, address: runtime.address }
}
