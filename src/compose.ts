import argon2 from 'argon2id/dist/simd.wasm'
import { composeCore } from './core.ts'
import { builtin } from './domain/assistant/builtin.ts'
import type { Context } from './domain/context.ts'
import { type Env, settingsFrom } from './env.ts'
import { parseDeskEvent } from './model/alarm.ts'
import { createCarriers } from './providers/carriers.ts'
import { createModel } from './providers/models.ts'
import { createAlarms } from './rpc/alarms.ts'
import { createSupport } from './rpc/support.ts'
import { insertOutboxMessage } from './store/alarms.ts'
import { createStore } from './store/store.ts'

type SharedContext = Omit<Context, 'waitUntil'>

/** The part of the context that is the same for all requests. It is created once per isolate. */
const sharedContexts = new WeakMap<Env, SharedContext>()

const createSharedContext = (env: Env): SharedContext => {
  const settings = settingsFrom(env)
  const support = createSupport(env)
  const store = createStore(env.DB)
  return composeCore(env, {
    settings,
    address: null,
    argon2,
    maxPasswordWaitMs: settings.maxPasswordWaitMs,
    limits: { allowsAddress: async (address) => (await env.ADDRESS_LIMIT.limit({ key: address })).success },
    readReferenceFile: async (name) => {
      const response = await env.ASSETS.fetch(`https://assets.local/reference/${name}`)
      if (!response.ok) throw new Error(`asset ${name} not found (${response.status})`)
      return response.text()
    },
    alarms: createAlarms(env),
    support,
    carriers: createCarriers(settings.carriers, {
      emailBinding: env.EMAIL,
      keepInOutbox: (channel, message) => insertOutboxMessage(store, { ...message, channel }),
      announceToDesk: ({ key, accountId, body }) => support.desk(accountId).announce(key, parseDeskEvent(body)),
    }),
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
