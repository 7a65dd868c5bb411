import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { BridgedDatabase, serveDatabase } from './bridged-database.ts'
import { startMiniflare } from './miniflare-api.ts'
import { miniflareOptions } from './wrangler-api.ts'

interface LocalRuntimeOptions {
  readonly configPath: string
  /** The folder of the local state. */
  readonly state: string
  /** Whether the configuration has bindings to running Workers, which are found in a registry. */
  readonly usesRegistry: boolean
}

/**
 * Starts a runtime with the local bindings. They are those of wrangler's `getPlatformProxy`, except the database: that proxy blocks
 * this process for each value that is bound, until the runtime responds.
 */
export const startLocalRuntime = async <Bindings extends { readonly DB: D1Database }>({
  configPath,
  state,
  usesRegistry,
}: LocalRuntimeOptions): Promise<{ readonly env: Bindings; dispose(): Promise<void> }> => {
  const { workerOptions, externalWorkers } = miniflareOptions(configPath, {})
  const { modulesRules: _, ...worker } = workerOptions
  const secret = randomBytes(32).toString('hex')
  const script = `export default { fetch: ${serveDatabase} }`
  const runtime = await startMiniflare({
    resourcePersistencePath: join(state, 'v3'),
    ...(usesRegistry && { unsafeDevRegistryPath: process.env.WRANGLER_REGISTRY_PATH }),
    workers: [
      { ...worker, name: 'operator', modules: true, script, bindings: Object.assign({ DATABASE_SECRET: secret }, worker.bindings) },
      ...externalWorkers,
    ],
  })
  const bindings = await runtime.bindings<Bindings>()
  const database = new BridgedDatabase({ original: bindings.DB, address: runtime.address, secret })
  return { env: { ...bindings, DB: database }, dispose: runtime.close }
}
