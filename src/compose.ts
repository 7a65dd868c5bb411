import argon2Wasm from 'argon2id/dist/simd.wasm'
import { builtin } from './domain/assistant/builtin.ts'
import type { Alarms, Context, Support } from './domain/context.ts'
import type { Dispatcher, Room, SupportDesk } from './domain/ports.ts'
import type { Settings } from './domain/settings.ts'
import { desksOf } from './domain/support/desks.ts'
import { type Env, settingsFrom } from './env.ts'
import type { SocketGateway } from './http/request/websocket.ts'
import type { DeskEvent } from './model/alarm.ts'
import { type AlarmSummary, CONNECTION_HEADER, type History, type InboxPage, type PersonRef, type StoredMessage } from './model/support.ts'
import type { Carriers } from './providers/carrier.ts'
import { createChatCompletions } from './providers/chat-completions.ts'
import { createEmailApi, createEmailBinding } from './providers/email.ts'
import type { HttpClient } from './providers/http.ts'
import { createLocalCarrier } from './providers/local.ts'
import type { Model } from './providers/model.ts'
import { createSmsApi } from './providers/sms.ts'
import { createWebhook } from './providers/webhook.ts'
import { createWorkersAi } from './providers/workers-ai.ts'
import { insertOutboxMessage } from './store/alarms.ts'
import { createMedia } from './store/media.ts'
import { createStore, type Store } from './store/store.ts'
import { createArgon2 } from './tokens/argon2.ts'
import { createTokens } from './tokens/jwt.ts'
import { createPasswords } from './tokens/passwords.ts'
import { createRevocations } from './tokens/revocations.ts'

type SharedContext = Omit<Context, 'waitUntil'>

/** The part of the context that is the same for all requests. It is created once per isolate. */
const sharedContexts = new WeakMap<Env, SharedContext>()

const createSharedContext = (env: Env): SharedContext => {
  const settings = settingsFrom(env)
  const store = createStore(env.DB)
  const support = createSupport(env)
  return {
    settings,
    store,
    media: createMedia(env.MEDIA),
    tokens: createTokens({ secret: settings.jwtSecret, previousSecret: settings.jwtSecretPrevious, issuer: settings.jwtIssuer }),
    revocations: createRevocations(env.REVOKED),
    passwords: createPasswords(createArgon2(argon2Wasm), settings.maxPasswordWaitMs),
    readReferenceFile: async (name) => {
      const response = await env.ASSETS.fetch(`https://assets.local/reference/${name}`)
      if (!response.ok) throw new Error(`asset ${name} not found (${response.status})`)
      return response.text()
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

/** The only place where bindings are turned into what the core uses. */
export const createContext = (env: Env, execution: Pick<ExecutionContext, 'waitUntil'>): Context => {
  const shared = sharedContexts.get(env) ?? createSharedContext(env)
  sharedContexts.set(env, shared)
  return { ...shared, waitUntil: (work) => execution.waitUntil(work) }
}

const createAlarms = (env: Env): Alarms => ({
  dispatcher: (accountId) => {
    // A stub whose object has failed once keeps failing: each attempt gets a new stub.
    const object = () => env.ALARM_DISPATCHER.getByName(String(accountId))
    return {
      trigger: (trigger) => withRetries<Awaited<ReturnType<Dispatcher['trigger']>>>(async () => object().trigger(trigger)),
      list: () => withRetries(() => object().list()),
      acknowledge: (acknowledgement) => withRetries(() => object().acknowledge(acknowledgement)),
      notifyDesk: (key, event) => withRetries(() => object().notifyDesk(key, event)),
      rearm: () => object().rearm(),
      erase: () => withRetries(() => object().erase()),
    }
  },
})

const MAX_ATTEMPTS = 3

/** Repeats a failed call. A call fails when its object is moved or stops. Only for idempotent calls that must not be lost. */
const withRetries = async <T>(call: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt))
    }
  }
}

/** Forwards a WebSocket handshake to the object that keeps the connection. */
export const createSockets = (env: Env): SocketGateway => ({
  connect: (handshake, target, connection) => {
    const object = target === 'desk' ? env.SUPPORT_DESK.getByName(desksOf(connection.id)[0]) : env.SUPPORT_ROOM.getByName(String(target.id))
    const headers = new Headers(handshake.headers)
    headers.set(CONNECTION_HEADER, encodeURIComponent(JSON.stringify({ person: target === 'desk' ? null : target, connection })))
    return object.fetch(new Request(handshake.url, { headers }))
  },
})

const createSupport = (env: Env): Support => {
  const room = (accountId: number): Room => {
    const object = () => env.SUPPORT_ROOM.getByName(String(accountId))
    return {
      storeMessage: (person, message) => withRetries(async () => object().storeMessage(person, message)),
      history: (query) => withRetries<History>(async () => object().history(query)),
      messagesAfter: (id, upTo, limit) => withRetries<readonly StoredMessage[]>(async () => object().messagesAfter(id, upTo, limit)),
      newestMessageId: () => withRetries(async () => object().newestMessageId()),
      claim: (person, staff) => withRetries<PersonRef>(async () => object().claim(person, staff)),
      release: (person) => withRetries(async () => object().release(person)),
      recheck: () => withRetries(async () => object().recheck()),
      erase: () => withRetries(async () => object().erase()),
    }
  }
  /** Several desks as one: writes go to every desk of this person, reads go to the first one. */
  const desk = (accountId: number): SupportDesk => {
    const names = desksOf(accountId)
    const toEach = async <T>(call: (name: string) => Promise<T>): Promise<[T, ...T[]]> => {
      const [first, ...others] = names
      const results = Promise.all(others.map((name) => withRetries(() => call(name))))
      return [await withRetries(() => call(first)), ...(await results)]
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
      inbox: (from, limit) => withRetries<InboxPage>(async () => first().inbox(from, limit)),
      alarms: (limit) => withRetries<readonly AlarmSummary[]>(async () => first().alarms(limit)),
    }
  }
  return {
    room,
    desk,
    closeRevokedConnections: async (accountId) => {
      await Promise.all([room(accountId).recheck(), desk(accountId).recheck([accountId])])
    },
  }
}

const createHttpClient = (timeoutMs: number): HttpClient => ({ fetch: (url, init) => fetch(url, init), timeoutMs, now: () => Date.now() })

const createModel = (env: Env, { assistant: { url, key, model, timeoutMs } }: Settings): Model => {
  if (model === null) return builtin
  if (url !== null) return createChatCompletions({ url, key, model }, createHttpClient(timeoutMs))
  const ai = env.AI
  if (!ai) throw new Error('ASSISTANT_MODEL requires ASSISTANT_URL or the AI binding')
  // The binding has a type for each model name, but here the name is a setting of the operator.
  return createWorkersAi({ run: (name, input) => ai.run(name, input) }, model, timeoutMs)
}

const createCarriers = (env: Env, { carriers: { email, sms, webhook, timeoutMs } }: Settings, store: Store, support: Support): Carriers => {
  const http = createHttpClient(timeoutMs)
  const outbox = (channel: 'email' | 'sms') =>
    createLocalCarrier('outbox', ({ key, accountId, recipient, address, subject, body, createdAt }) =>
      insertOutboxMessage(store, { key, accountId, channel, recipient, address, subject, body, createdAt }),
    )
  const emailApi = email?.key ? createEmailApi({ ...email, key: email.key }, http) : null
  if (email && !emailApi && !env.EMAIL) throw new Error('EMAIL_FROM requires EMAIL_API_KEY or the EMAIL binding')
  return {
    email: emailApi ?? (email && env.EMAIL ? createEmailBinding(env.EMAIL, email.from, timeoutMs) : outbox('email')),
    sms: sms ? createSmsApi(sms, http) : outbox('sms'),
    webhook: webhook && createWebhook(webhook, http),
    desk: createLocalCarrier('desk', ({ key, accountId, body }) => {
      const event: DeskEvent = JSON.parse(body)
      return support.desk(accountId).announce(key, event)
    }),
  }
}
