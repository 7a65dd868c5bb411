import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { getPlatformProxy, unstable_readConfig } from 'wrangler'
import type { Ctx } from '../domain/context.ts'
import { type Env, settingsFrom, type Variables } from '../env.ts'
import { createStore } from '../store/store.ts'
import { createArgon2 } from '../tokens/argon2.ts'
import { createTokens } from '../tokens/jwt.ts'
import { createPasswords } from '../tokens/passwords.ts'
import { createRevocations } from '../tokens/revocations.ts'
import { root } from './wrangler.ts'

type Bindings = Pick<Env, 'DB' | 'REVOKED' | keyof Variables>

interface Platform {
  readonly ctx: Ctx
  readonly env: Bindings
  close(): Promise<void>
}

/**
 * The core, on the operator's machine: the same verbs that the Worker runs, over the local database (also while the
 * server is running) or, with `remote`, over production's. The Worker's own classes and limits have no part in it.
 */
export const openPlatform = async ({ remote, state }: { remote: boolean; state: string }): Promise<Platform> => {
  const proxy = await getPlatformProxy<Bindings>({
    configPath: writeConfig(remote),
    persist: { path: join(state, 'v3') },
    remoteBindings: remote,
  })
  const work: Promise<unknown>[] = []
  const wasm = await WebAssembly.compile(readFileSync(createRequire(import.meta.url).resolve('argon2id/dist/simd.wasm')))
  // No command signs a token, so none is told the secret; nor does any send or ask, so none is told by whom.
  const settings = settingsFrom({ ...proxy.env, ...UNUSED, JWT_SECRET: 'of no use: nothing is signed on this side' })
  const ctx: Ctx = {
    settings,
    store: createStore(proxy.env.DB),
    tokens: createTokens({ secret: settings.jwtSecret, previousSecret: null, issuer: settings.jwtIssuer }),
    revocations: createRevocations(proxy.env.REVOKED),
    passwords: createPasswords(createArgon2(wasm), { slotMs: 0, longestWaitMs: 0 }),
    limits: { allowsAddress: async () => true },
    alarms: { of: notHere },
    // The desk sees in the database who lost what, and closes their sockets.
    support: { room: notHere, desk: notHere, seat: notHere, revoked: async () => undefined },
    media: { put: notHere, remove: notHere, look: notHere, read: notHere, list: notHere },
    model: { reply: notHere },
    carriers: {
      email: { name: 'none', send: notHere },
      sms: { name: 'none', send: notHere },
      desk: { name: 'none', send: notHere },
      webhook: null,
    },
    now: () => Date.now(),
    pause: async () => undefined,
    later: (started) => {
      work.push(started)
    },
  }
  return {
    ctx,
    env: proxy.env,
    close: async () => {
      await Promise.allSettled(work)
      await proxy.dispose()
    },
  }
}

const UNUSED = {
  EMAIL_FROM: '',
  EMAIL_API_KEY: '',
  SMS_ACCOUNT_SID: '',
  SMS_AUTH_TOKEN: '',
  SMS_FROM: '',
  ALARM_WEBHOOK_URL: '',
  ASSISTANT_URL: '',
  ASSISTANT_MODEL: '',
}

/** Objects and providers are reached from inside the Worker alone. */
const notHere = (): never => {
  throw new Error('This can only be done by the Worker itself.')
}

/** wrangler.toml, less what only a running Worker has; `remote` asks for production's bindings instead of local ones. */
const writeConfig = (remote: boolean): string => {
  const config = unstable_readConfig({ config: join(root, 'wrangler.toml'), ...(remote && { env: 'production' }) })
  const file = join(root, '.wrangler/cli.json')
  mkdirSync(join(root, '.wrangler'), { recursive: true })
  writeFileSync(
    file,
    JSON.stringify({
      name: config.name,
      compatibility_date: config.compatibility_date,
      vars: config.vars,
      d1_databases: config.d1_databases.map((database: object) => ({ ...database, migrations_dir: undefined, remote })),
      kv_namespaces: config.kv_namespaces.map((namespace: object) => ({ ...namespace, remote })),
    }),
  )
  return file
}
