import argon2Wasm from 'argon2id/dist/simd.wasm'
import type { Ctx } from './domain/context.ts'
import { type Env, settingsFrom } from './env.ts'
import { createMedia } from './store/media.ts'
import { createStore } from './store/store.ts'
import { createArgon2 } from './tokens/argon2.ts'
import { createTokens } from './tokens/jwt.ts'
import { createPasswords } from './tokens/passwords.ts'
import { createRevocations } from './tokens/revocations.ts'

type Shared = Omit<Ctx, 'later'>

/** What does not change from request to request is made once per isolate. */
const shared = new WeakMap<Env, Shared>()

const share = (env: Env): Shared => {
  const settings = settingsFrom(env)
  return {
    settings,
    store: createStore(env.DB),
    media: createMedia(env.MEDIA),
    tokens: createTokens({ secret: settings.jwtSecret, previousSecret: settings.jwtSecretPrevious, issuer: settings.jwtIssuer }),
    revocations: createRevocations(env.REVOKED),
    passwords: createPasswords(createArgon2(argon2Wasm), settings.passwordPacing),
    limits: { allowsAddress: async (address) => (await env.ADDRESS_LIMIT.limit({ key: address })).success },
    now: () => Date.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** The only place where bindings become what the core sees. */
export const createCtx = (env: Env, execution: Pick<ExecutionContext, 'waitUntil'>): Ctx => {
  const common = shared.get(env) ?? share(env)
  shared.set(env, common)
  return { ...common, later: (work) => execution.waitUntil(work) }
}
