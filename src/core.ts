import type { Context } from './domain/context.ts'
import type { Settings } from './model/settings.ts'
import { createMedia } from './store/media.ts'
import { createStore } from './store/store.ts'
import { createArgon2 } from './tokens/argon2.ts'
import { createTokens } from './tokens/jwt.ts'
import { createPasswords } from './tokens/passwords.ts'
import { createRevocations } from './tokens/revocations.ts'

interface Bindings {
  readonly DB: D1Database
  readonly REVOKED: KVNamespace
  readonly MEDIA: R2Bucket
}

/** What differs between the Worker and the command line. */
type Surroundings = Pick<Context, 'address' | 'limits' | 'readReferenceFile' | 'alarms' | 'carriers' | 'model' | 'support' | 'sleep'> & {
  readonly settings: Settings
  /** The hash function, compiled: the Worker imports it, Node reads it from a file. */
  readonly argon2: WebAssembly.Module
  readonly maxPasswordWaitMs: number
}

/** Composes the context of the core: from bindings and surroundings, for the Worker, its objects and the command line alike. */
export const composeCore = (
  bindings: Bindings,
  { settings, argon2, maxPasswordWaitMs, ...surroundings }: Surroundings,
): Omit<Context, 'waitUntil'> => ({
  ...surroundings,
  settings,
  store: createStore(bindings.DB),
  media: createMedia(bindings.MEDIA),
  tokens: createTokens({ secret: settings.jwtSecret, previousSecret: settings.jwtSecretPrevious, issuer: settings.jwtIssuer }),
  revocations: createRevocations(bindings.REVOKED),
  passwords: createPasswords(createArgon2(argon2), maxPasswordWaitMs),
  now: () => Date.now(),
})
