import argon2 from 'argon2id/dist/simd.wasm'
import { composeCore } from './core.ts'
import { builtin } from './domain/assistant/builtin.ts'
import type { Context } from './domain/context.ts'
import { hasAlarmChannel } from './domain/maintenance/health.ts'
import { type Env, settingsFrom } from './env.ts'
import { parseDeskEvent } from './model/alarm.ts'
import { createCarriers } from './providers/carriers.ts'
import { createHttpClient } from './providers/http.ts'
import { createModel } from './providers/models.ts'
import { createWebPush } from './providers/web-push.ts'
import { createAlarms } from './rpc/alarms.ts'
import { createLimits } from './rpc/limits.ts'
import { createReferenceFiles } from './rpc/reference-files.ts'
import { createSupport } from './rpc/support.ts'
import { insertOutboxMessage } from './store/alarms.ts'
import { createStore } from './store/store.ts'
import pbkdf2 from './tokens/pbkdf2-sha256.wasm'

type SharedContext = Omit<Context, 'waitUntil'>

/** The part of the context that is the same for all requests. It is created once per isolate. */
const sharedContexts = new WeakMap<Env, SharedContext>()

const createSharedContext = (env: Env): SharedContext => {
  const settings = settingsFrom(env)
  if (!hasAlarmChannel({ settings })) {
    console.warn(JSON.stringify({ warning: 'no e-mail or SMS provider: alarm messages are kept in the outbox, and nobody receives them' }))
  }
  const support = createSupport(env, settings.jurisdiction)
  const store = createStore(env.DB)
  return composeCore(env, {
    settings,
    hashModules: { argon2, pbkdf2 },
    maxPasswordWaitMs: settings.maxPasswordWaitMs,
    limits: createLimits(env.ADDRESS_LIMIT, env.NETWORK_LIMIT, env.ALARM_LIMIT),
    readReferenceFile: createReferenceFiles(env.ASSETS),
    alarms: createAlarms(env, settings.jurisdiction),
    support,
    carriers: createCarriers(settings.carriers, {
      emailBinding: env.EMAIL,
      keepInOutbox: (channel, message) => insertOutboxMessage(store, { ...message, channel }),
      announceToDesk: ({ key, accountId, body }) => support.desk(accountId).announce(key, parseDeskEvent(body)),
    }),
    push: settings.push && createWebPush(settings.push, createHttpClient(settings.carriers.timeoutMs)),
    model: createModel(settings.assistant, env.AI, builtin),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  })
}

/** The only place where bindings are turned into what the core uses. */
export const createContext = (env: Env, execution: Pick<ExecutionContext, 'waitUntil'>): Context => {
  const shared = sharedContexts.get(env) ?? createSharedContext(env)
  sharedContexts.set(env, shared)
  return { ...shared, waitUntil: (work) => execution.waitUntil(work) }
}
