import { hashModules } from '#hash-modules'
import { createBuiltin } from './domain/assistant/builtin.ts'
import type { Context } from './domain/context.ts'
import { NO_GATES } from './domain/gates.ts'
import { hasAlarmChannel } from './domain/maintenance/health.ts'
import { type Env, settingsFrom } from './env.ts'
import { parseDeskEvent } from './model/alarm.ts'
import { UNKNOWN_CLIENT } from './model/client.ts'
import type { Settings } from './model/settings.ts'
import { createCarriers } from './providers/carriers.ts'
import { createFormerServer } from './providers/former-server.ts'
import { createHeartbeat } from './providers/heartbeat.ts'
import { createHttpClient } from './providers/http.ts'
import { createModel } from './providers/models.ts'
import { createWebPush } from './providers/web-push.ts'
import { createAlarms } from './rpc/alarms.ts'
import { createGates } from './rpc/gates.ts'
import { createLimits } from './rpc/limits.ts'
import { createMetrics } from './rpc/metrics.ts'
import { createReferenceFiles } from './rpc/reference-files.ts'
import { addDatabaseTrip, addHashWait, measured } from './rpc/request-costs.ts'
import { createSupport } from './rpc/support.ts'
import { insertOutboxMessage } from './store/alarms.ts'
import { measuredDatabase } from './store/measured-database.ts'
import { createMedia } from './store/media.ts'
import { replicatedDatabase } from './store/replicated-database.ts'
import { createStore } from './store/store.ts'
import { createArgon2 } from './tokens/argon2.ts'
import { createTokens } from './tokens/jwt.ts'
import { PASSWORD_COST } from './tokens/password-cost.ts'
import { createPasswords } from './tokens/passwords.ts'
import { createSha256 } from './tokens/pbkdf2.ts'
import { createRevocations } from './tokens/revocations.ts'

/**
 * The only place where bindings and settings become what the core uses. The compiled hash functions (`#hash-modules`) are the one
 * import that depends on the runtime: the Worker imports WASM, Node reads it from files. package.json maps the name to both.
 */

type SharedContext = Omit<Context, 'waitUntil'>

/** What the command line replaces: it has no Durable Objects, sends nothing, and has no limit for the wait for a password hash. */
type Surroundings = Pick<
  Context,
  | 'settings'
  | 'gates'
  | 'count'
  | 'heartbeat'
  | 'limits'
  | 'readReferenceFile'
  | 'alarms'
  | 'support'
  | 'carriers'
  | 'push'
  | 'model'
  | 'sleep'
> & {
  readonly maxPasswordWaitMs: number
}

/** The context of the core, for the Worker, its objects and the command line alike. */
export const composeContext = (
  { DB, REVOKED, MEDIA }: Pick<Env, 'DB' | 'REVOKED' | 'MEDIA'>,
  { maxPasswordWaitMs, ...surroundings }: Surroundings,
): SharedContext => {
  const { jwtSecret: secret, jwtSecretPrevious: previousSecret, formerJwtSecret: formerSecret, jwtIssuer: issuer } = surroundings.settings
  return {
    ...surroundings,
    client: UNKNOWN_CLIENT,
    address: null,
    store: createStore(measuredDatabase(DB, addDatabaseTrip)),
    media: createMedia(MEDIA),
    tokens: createTokens({ secret, previousSecret, formerSecret, issuer }),
    revocations: createRevocations(REVOKED),
    knownFlags: new Map(),
    formerCredentials: new Map(),
    passwords: createPasswords(
      { argon2: createArgon2(hashModules.argon2, PASSWORD_COST), sha256: createSha256(hashModules.pbkdf2) },
      maxPasswordWaitMs,
      addHashWait,
    ),
    formerServer: createFormerServer(surroundings.settings.upstreamTimeoutMs, Date.now),
    measured,
    now: () => Date.now(),
  }
}

const workerSurroundings = (env: Env, settings: Settings): Omit<Surroundings, 'gates'> => {
  const support = createSupport(env, settings.jurisdiction)
  const store = createStore(env.DB)
  const readReferenceFile = createReferenceFiles(env.ASSETS)
  return {
    settings,
    count: createMetrics(env.METRICS),
    heartbeat:
      settings.heartbeatUrl === null ? null : createHeartbeat(settings.heartbeatUrl, createHttpClient(settings.carriers.timeoutMs)),
    maxPasswordWaitMs: settings.maxPasswordWaitMs,
    limits: createLimits(env.ADDRESS_LIMIT, env.NETWORK_LIMIT, env.ALARM_LIMIT),
    readReferenceFile,
    alarms: createAlarms(env, settings.jurisdiction),
    support,
    carriers: createCarriers(settings.carriers, {
      emailBinding: env.EMAIL,
      keepInOutbox: (channel, message) => insertOutboxMessage(store, { ...message, channel }),
      announceToDesk: ({ key, accountId, body }) => support.desk(accountId).announce(key, parseDeskEvent(body)),
    }),
    push: settings.push && createWebPush(settings.push, createHttpClient(settings.carriers.timeoutMs)),
    model: createModel(settings.assistant, env.AI, createBuiltin(readReferenceFile)),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** The part of the context that is the same for all requests. It is created once per isolate. */
const sharedContexts = new WeakMap<Env, SharedContext>()

const createSharedContext = (env: Env): SharedContext => {
  const settings = settingsFrom(env)
  if (!hasAlarmChannel({ settings })) {
    console.warn(JSON.stringify({ warning: 'no e-mail or SMS provider: alarm messages are kept in the outbox and are not delivered' }))
  }
  const surroundings = workerSurroundings(env, settings)
  if (!settings.readReplicas) return composeContext(env, { ...surroundings, gates: NO_GATES })
  const { gates, ...requests } = createGates(env, settings.jurisdiction)
  return composeContext({ ...env, DB: replicatedDatabase(env.DB, requests) }, { ...surroundings, gates })
}

/** The context of one request, cron or object. */
export const createContext = (env: Env, execution: Pick<ExecutionContext, 'waitUntil'>): Context => {
  const shared = sharedContexts.get(env) ?? createSharedContext(env)
  sharedContexts.set(env, shared)
  return { ...shared, waitUntil: (work) => execution.waitUntil(work) }
}
