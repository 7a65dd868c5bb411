import { fork } from 'node:child_process'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { CliError } from '../../cli-error.ts'
import type { EnvironmentName } from '../../environments.ts'

export const ConfigurationSchema = z.object({
  /** Miniflare's options for the Worker. */
  worker: z.record(z.string(), z.unknown()),
  externalWorkers: z.array(z.record(z.string(), z.unknown())),
  /** The script of the Worker. */
  bridge: z.string(),
  /** The statements of each migration; of the local database only. */
  migrations: z.record(z.string(), z.array(z.string())),
})

export type Configuration = z.infer<typeof ConfigurationSchema>

/** JSON cannot contain a URL object, which miniflare expects. */
const withAddresses = (key: string, value: unknown): unknown =>
  key === 'remoteProxyConnectionString' && typeof value === 'string' ? new URL(value) : value

/** Wrangler's own heap has 95 MB. */
const HEAP_LIMITS = ['--max-semi-space-size=1', '--max-old-space-size=192']

interface ConfigurationProcess {
  readonly configuration: Configuration
  /** Also ends the connection to Cloudflare. */
  end(): void
}

/** Reads the configuration by a process that ends with this one. */
export const readConfiguration = (environment: EnvironmentName | null): Promise<ConfigurationProcess> =>
  new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'configuration-process.ts'), environment === null ? [] : [environment], {
      execArgv: ['--disable-warning=ExperimentalWarning', '-r', join(import.meta.dirname, '../../module-hooks.cjs'), ...HEAP_LIMITS],
    })
    const end = (): void => {
      if (child.connected) child.disconnect()
    }
    let configuration: Configuration | undefined
    child.on('error', reject)
    child.on('exit', () => {
      if (configuration) resolve({ configuration, end })
      else reject(new CliError('The database cannot be reached.'))
    })
    child.on('message', (message) => {
      configuration = ConfigurationSchema.parse(JSON.parse(`${message}`, withAddresses))
      if (environment !== null) resolve({ configuration, end })
      // Ends the process, so that its memory is free before the command needs its own.
      else end()
    })
  })
