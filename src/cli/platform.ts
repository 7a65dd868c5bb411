import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { composeContext } from '../compose.ts'
import { type OperatorContext, operatorContext } from '../domain/access.ts'
import type { ErasureReport } from '../domain/accounts/erase.ts'
import type { ReferenceFile } from '../domain/context.ts'
import { NO_GATES } from '../domain/gates.ts'
import { type Env, settingsFrom, type Variables } from '../env.ts'
import type { EnvironmentName } from './environments.ts'
import { startLocalRuntime } from './local-runtime.ts'
import { numberingPlansFile } from './numbering-plans.ts'
import { waitingDatabase } from './waiting-database.ts'
import { root } from './wrangler.ts'

/** What the Worker does for the operator, because only it can reach the Durable Objects. Available only while the Worker runs. */
export interface Operator {
  erase(username: string): Promise<ErasureReport | null>
  rehearse(username: string): Promise<string | null>
  export(username: string): Promise<ReadableStream<Uint8Array> | null>
  clearGate(username: string): Promise<void>
}

type Bindings = Pick<Env, 'DB' | 'MEDIA' | 'REVOKED' | keyof Variables> & { readonly OPERATOR?: Operator }

export interface Platform {
  readonly context: OperatorContext
  readonly env: Bindings
  close(): Promise<void>
}

export interface PlatformOptions {
  /** Null: the local database. */
  readonly environment: EnvironmentName | null
  readonly state: string
  /** Whether to bind the running Worker's `Operator` entrypoint as well. With replicas it is always bound. */
  readonly operator?: boolean
}

interface Runtime {
  readonly env: Bindings
  dispose(): Promise<void>
}

/** Starts a runtime with the bindings. */
export const startRuntime = async ({ environment, state, operator = false }: PlatformOptions): Promise<Runtime> => {
  if (environment === null) return startLocalRuntime<Bindings>(state, operator)
  const [{ writePlatformConfig }, { getPlatformProxy }] = await Promise.all([import('./platform-options.ts'), import('./wrangler-api.ts')])
  const configPath = writePlatformConfig(environment, operator)
  return await getPlatformProxy<Bindings>({ configPath, persist: { path: join(state, 'v3') } }).finally(() =>
    rmSync(configPath, { force: true }),
  )
}

/**
 * The context for the verbs on the operator's machine: the same verbs that the Worker runs, on the local database (also
 * while the server is running) or, with an environment, on its database at Cloudflare. Durable Objects and rate limits are not
 * available here.
 */
export const openPlatform = async (options: PlatformOptions, start = startRuntime): Promise<Platform> => {
  const runtime = await start(options)
  const tasks: Promise<unknown>[] = []
  // No command signs a token, sends a message or calls a language model. So the secret and the provider settings are left out.
  const settings = settingsFrom({ ...runtime.env, ...UNUSED_SETTINGS, JWT_SECRET: 'unused placeholder: commands sign no tokens' })
  const env = options.environment !== null ? runtime.env : { ...runtime.env, DB: waitingDatabase(runtime.env.DB) }
  const core = composeContext(env, {
    settings,
    gates: NO_GATES,
    maxPasswordWaitMs: Number.POSITIVE_INFINITY,
    count: () => undefined,
    heartbeat: null,
    limits: { allowsAddress: async () => true, allowsWiderNetwork: async () => true, allowsAlarmMessage: async () => true },
    readReferenceFile: async (name) => (REFERENCES.get(name) ?? workerOnly)(),
    alarms: { dispatcher: workerOnly },
    // The desk reads from the database whose credentials or flags were revoked, and closes their sockets.
    support: {
      room: workerOnly,
      desk: workerOnly,
      reportTo: workerOnly,
      deleteOldDeskAlarms: workerOnly,
      closeRevokedConnections: async () => undefined,
    },
    push: null,
    carriers: { email: unavailableCarrier, sms: unavailableCarrier, desk: unavailableCarrier, webhook: null },
    model: { reply: workerOnly },
    sleep: async () => undefined,
  })
  const context = operatorContext({ ...core, waitUntil: (task) => void tasks.push(task) })
  return {
    context,
    env,
    close: async () => {
      await Promise.allSettled(tasks)
      await runtime.dispose()
    },
  }
}

const UNUSED_SETTINGS = {
  EMAIL_FROM: '',
  EMAIL_API_KEY: '',
  SMS_ACCOUNT_SID: '',
  SMS_AUTH_TOKEN: '',
  SMS_FROM: '',
  ALARM_WEBHOOK_URL: '',
  ASSISTANT_URL: '',
  ASSISTANT_MODEL: '',
} satisfies Partial<Variables>

/** The content of those reference assets of the Worker that commands read. */
const REFERENCES: ReadonlyMap<ReferenceFile, () => string> = new Map([
  ['common-passwords.txt', () => readFileSync(join(root, 'src/domain/accounts/common-passwords.txt'), 'utf8')],
  ['phone-numbers.json', numberingPlansFile],
])

/** Durable Objects and providers are only available in the Worker. Commands that need them call its `Operator` entrypoint. */
const workerOnly = (): never => {
  throw new Error('not available on the command line: only the Worker can do this')
}
const unavailableCarrier = { name: 'none', send: workerOnly }
