import argon2Wasm from 'argon2id/dist/simd.wasm'
import type { Carriers } from './domain/alarms/carriers.ts'
import type { DeskEvent, Dispatcher } from './domain/alarms/dispatcher.ts'
import { builtin } from './domain/assistant/builtin.ts'
import type { Alarms, Context, Support } from './domain/context.ts'
import type { Settings } from './domain/settings.ts'
import { desksOf } from './domain/support/desks.ts'
import {
  type AlarmLine,
  CONNECTION_HEADER,
  type History,
  type InboxPage,
  type PersonRef,
  type Room,
  type StoredMessage,
  type SupportDesk,
} from './domain/support/types.ts'
import { type Env, settingsFrom } from './env.ts'
import { createChatCompletions } from './providers/chat-completions.ts'
import { createEmailApi, createEmailBinding } from './providers/email.ts'
import type { Wire } from './providers/http.ts'
import { createLocal } from './providers/local.ts'
import type { Model } from './providers/model.ts'
import { createSmsApi } from './providers/sms.ts'
import { createWebhook } from './providers/webhook.ts'
import { createWorkersAi } from './providers/workers-ai.ts'
import { keepInOutbox } from './store/alarms.ts'
import { createMedia } from './store/media.ts'
import { createStore, type Store } from './store/store.ts'
import { createArgon2 } from './tokens/argon2.ts'
import { createTokens } from './tokens/jwt.ts'
import { createPasswords } from './tokens/passwords.ts'
import { createRevocations } from './tokens/revocations.ts'

type Shared = Omit<Context, 'waitUntil'>

/** What does not change from request to request is made once per isolate. */
const shared = new WeakMap<Env, Shared>()

const share = (env: Env): Shared => {
  const settings = settingsFrom(env)
  const store = createStore(env.DB)
  const support = createSupport(env)
  return {
    settings,
    store,
    media: createMedia(env.MEDIA),
    tokens: createTokens({ secret: settings.jwtSecret, previousSecret: settings.jwtSecretPrevious, issuer: settings.jwtIssuer }),
    revocations: createRevocations(env.REVOKED),
    passwords: createPasswords(createArgon2(argon2Wasm), settings.longestPasswordWaitMs),
    reference: async (name) => {
      const found = await env.ASSETS.fetch(`https://assets.local/reference/${name}`)
      if (!found.ok) throw new Error(`${name} is not among the assets (${found.status})`)
      return found.text()
    },
    limits: { allowsAddress: async (address) => (await env.ADDRESS_LIMIT.limit({ key: address })).success },
    alarms: createAlarms(env),
    carriers: createCarriers(env, settings, store, support),
    model: createModel(env, settings),
    support,
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** The only place where bindings become what the core sees. */
export const createContext = (env: Env, execution: Pick<ExecutionContext, 'waitUntil'>): Context => {
  const common = shared.get(env) ?? share(env)
  shared.set(env, common)
  return { ...common, waitUntil: (work) => execution.waitUntil(work) }
}

const createAlarms = (env: Env): Alarms => ({
  of: (accountId) => {
    // A handle on an object that has failed once goes on failing: each try takes a new one.
    const object = () => env.ALARM_DISPATCHER.getByName(String(accountId))
    return {
      trigger: (trigger) => persistently<Awaited<ReturnType<Dispatcher['trigger']>>>(async () => object().trigger(trigger)),
      list: () => persistently(() => object().list()),
      acknowledge: (said) => persistently(() => object().acknowledge(said)),
      tellDesk: (id, key, event) => persistently(() => object().tellDesk(id, key, event)),
      rearm: () => object().rearm(),
      erase: () => persistently(() => object().erase()),
    }
  },
})

const TRIES = 3

/** An object that is being moved, or dies, fails the call: for calls that may be made twice, and that must not be lost. */
const persistently = async <T>(call: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt === TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt))
    }
  }
}

const createSupport = (env: Env): Support => {
  const room = (accountId: number): Room => {
    const object = () => env.SUPPORT_ROOM.getByName(String(accountId))
    return {
      say: (person, message) => persistently(async () => object().say(person, message)),
      history: (query) => persistently<History>(async () => object().history(query)),
      after: (id, upTo, limit) => persistently<readonly StoredMessage[]>(async () => object().after(id, upTo, limit)),
      newest: () => persistently(async () => object().newest()),
      take: (person, staff) => persistently<PersonRef>(async () => object().take(person, staff)),
      release: (person) => persistently(async () => object().release(person)),
      recheck: () => persistently(async () => object().recheck()),
      erase: () => persistently(async () => object().erase()),
    }
  }
  /** What is told is told to all that are told of the person; what is asked is asked of the first. */
  const desk = (accountId: number): SupportDesk => {
    const names = desksOf(accountId)
    const toEach = async <T>(call: (name: string) => Promise<T>): Promise<[T, ...T[]]> => {
      const [first, ...others] = names
      const told = Promise.all(others.map((name) => persistently(() => call(name))))
      return [await persistently(() => call(first)), ...(await told)]
    }
    const first = () => env.SUPPORT_DESK.getByName(names[0])
    return {
      announce: async (key, event) => {
        await toEach(async (name) => env.SUPPORT_DESK.getByName(name).announce(key, event))
      },
      report: async (report) => {
        await toEach(async (name) => env.SUPPORT_DESK.getByName(name).report(report))
      },
      forget: async (id) => (await toEach(async (name) => env.SUPPORT_DESK.getByName(name).forget(id)))[0],
      recheck: async (accounts) => {
        await toEach(async (name) => env.SUPPORT_DESK.getByName(name).recheck(accounts))
      },
      inbox: (from, limit) => persistently<InboxPage>(async () => first().inbox(from, limit)),
      alarms: (limit) => persistently<readonly AlarmLine[]>(async () => first().alarms(limit)),
    }
  }
  return {
    room,
    desk,
    seat: (handshake, at, seat) => {
      const object = at === 'desk' ? env.SUPPORT_DESK.getByName(desksOf(seat.id)[0]) : env.SUPPORT_ROOM.getByName(String(at.id))
      const headers = new Headers(handshake.headers)
      headers.set(CONNECTION_HEADER, encodeURIComponent(JSON.stringify({ person: at === 'desk' ? null : at, seat })))
      return object.fetch(new Request(handshake.url, { headers }))
    },
    revoked: async (accountId) => {
      await Promise.all([room(accountId).recheck(), desk(accountId).recheck([accountId])])
    },
  }
}

const wireWith = (timeoutMs: number): Wire => ({ fetch: (url, init) => fetch(url, init), timeoutMs, now: () => Date.now() })

const createModel = (env: Env, { assistant: { url, key, model, timeoutMs } }: Settings): Model => {
  if (model === null) return builtin
  if (url !== null) return createChatCompletions({ url, key, model }, wireWith(timeoutMs))
  const ai = env.AI
  if (!ai) throw new Error('ASSISTANT_MODEL is set, and neither ASSISTANT_URL nor the AI binding is')
  // The binding types each model by its name; which one it is, is the operator's word.
  return createWorkersAi({ run: (name, input) => ai.run(name, input) }, model, timeoutMs)
}

const createCarriers = (env: Env, { carriers: { email, sms, webhook, timeoutMs } }: Settings, store: Store, support: Support): Carriers => {
  const wire = wireWith(timeoutMs)
  const outbox = (channel: 'email' | 'sms') =>
    createLocal('outbox', ({ key, accountId, recipient, address, subject, body, createdAt }) =>
      keepInOutbox(store, { key, accountId, channel, recipient, address, subject, body, createdAt }),
    )
  const post = email?.key ? createEmailApi({ ...email, key: email.key }, wire) : null
  if (email && !post && !env.EMAIL) throw new Error('EMAIL_FROM is set, and neither EMAIL_API_KEY nor the EMAIL binding is')
  return {
    email: post ?? (email && env.EMAIL ? createEmailBinding(env.EMAIL, email.from, timeoutMs) : outbox('email')),
    sms: sms ? createSmsApi(sms, wire) : outbox('sms'),
    webhook: webhook && createWebhook(webhook, wire),
    desk: createLocal('desk', ({ key, accountId, body }) => {
      const event: DeskEvent = JSON.parse(body)
      return support.desk(accountId).announce(key, event)
    }),
  }
}
