import type { Context } from './domain/context.ts'
import { UNKNOWN_CLIENT } from './model/client.ts'
import type { Settings } from './model/settings.ts'
import { createMedia } from './store/media.ts'
import { createStore } from './store/store.ts'
import { createArgon2 } from './tokens/argon2.ts'
import { createTokens } from './tokens/jwt.ts'
import { PASSWORD_COST } from './tokens/password-cost.ts'
import { createPasswords } from './tokens/passwords.ts'
import { createPbkdf2 } from './tokens/pbkdf2.ts'
import { createRevocations } from './tokens/revocations.ts'

interface Bindings {
  readonly DB: D1Database
  readonly REVOKED: KVNamespace
  readonly MEDIA: R2Bucket
}

/** What differs between the Worker and the command line. */
type Surroundings = Pick<Context, 'limits' | 'readReferenceFile' | 'alarms' | 'carriers' | 'push' | 'model' | 'support' | 'sleep'> & {
  readonly settings: Settings
  /** The hash functions, compiled: the Worker imports them, Node reads them from files. */
  readonly hashModules: { readonly argon2: WebAssembly.Module; readonly pbkdf2: WebAssembly.Module }
  readonly maxPasswordWaitMs: number
}

/** Composes the context of the core: from bindings and surroundings, for the Worker, its objects and the command line alike. */
export const composeCore = (
  bindings: Bindings,
  { settings, hashModules, maxPasswordWaitMs, ...surroundings }: Surroundings,
): Omit<Context, 'waitUntil'> => ({
  ...surroundings,
  settings,
  client: UNKNOWN_CLIENT,
  address: null,
  store: createStore(bindings.DB),
  media: createMedia(bindings.MEDIA),
  tokens: createTokens({ secret: settings.jwtSecret, previousSecret: settings.jwtSecretPrevious, issuer: settings.jwtIssuer }),
  revocations: createRevocations(bindings.REVOKED),
  knownFlags: new Map(),
  passwords: createPasswords(
    { argon2: createArgon2(hashModules.argon2, PASSWORD_COST), pbkdf2: createPbkdf2(hashModules.pbkdf2) },
    maxPasswordWaitMs,
  ),
  now: () => Date.now(),
})
