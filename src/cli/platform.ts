import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { getPlatformProxy, unstable_readConfig } from 'wrangler'
import type { Erased } from '../domain/accounts/erase.ts'
import type { Context } from '../domain/context.ts'
import { type Env, settingsFrom, type Variables } from '../env.ts'
import { createMedia } from '../store/media.ts'
import { createStore } from '../store/store.ts'
import { createArgon2 } from '../tokens/argon2.ts'
import { createTokens } from '../tokens/jwt.ts'
import { createPasswords } from '../tokens/passwords.ts'
import { createRevocations } from '../tokens/revocations.ts'
import { root } from './wrangler.ts'

/** What the Worker does for an operator: it alone reaches the objects. Only there while the Worker runs. */
export interface Operator {
  erase(username: string): Promise<Erased | null>
  rehearse(username: string): Promise<string | null>
}

type Bindings = Pick<Env, 'DB' | 'MEDIA' | 'REVOKED' | keyof Variables> & { readonly OPERATOR?: Operator }

export interface Platform {
  readonly context: Context
  readonly env: Bindings
  close(): Promise<void>
}

interface Where {
  readonly remote: boolean
  readonly state: string
  /** Whether the running Worker is needed as well. */
  readonly operator?: boolean
}

/**
 * The core, on the operator's machine: the same verbs that the Worker runs, over the local database (also while the
 * server is running) or, with `remote`, over production's. The Worker's own classes and limits have no part in it.
 */
export const openPlatform = async ({ remote, state, operator = false }: Where): Promise<Platform> => {
  const proxy = await getPlatformProxy<Bindings>({
    configPath: writeConfig(remote, operator),
    persist: { path: join(state, 'v3') },
    remoteBindings: remote,
  })
  const work: Promise<unknown>[] = []
  const wasm = await WebAssembly.compile(readFileSync(require.resolve('argon2id/dist/simd.wasm')))
  // No command signs a token, so none is told the secret; nor does any send or ask, so none is told by whom.
  const settings = settingsFrom({ ...proxy.env, ...UNUSED, JWT_SECRET: 'of no use: nothing is signed on this side' })
  const context: Context = {
    settings,
    store: createStore(proxy.env.DB),
    tokens: createTokens({ secret: settings.jwtSecret, previousSecret: null, issuer: settings.jwtIssuer }),
    revocations: createRevocations(proxy.env.REVOKED),
    passwords: createPasswords(createArgon2(wasm), Number.POSITIVE_INFINITY),
    limits: { allowsAddress: async () => true },
    reference: async (name) => readFileSync(REFERENCES[name], 'utf8'),
    media: createMedia(proxy.env.MEDIA),
    alarms: { of: elsewhere },
    // The desk sees in the database who lost what, and closes their sockets.
    support: { room: elsewhere, desk: elsewhere, seat: elsewhere, revoked: async () => undefined },
    carriers: { email: away, sms: away, desk: away, webhook: null },
    model: { reply: elsewhere },
    now: () => Date.now(),
    sleep: async () => undefined,
    waitUntil: (started) => {
      work.push(started)
    },
  }
  return {
    context,
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

const require = createRequire(import.meta.url)

/** Where the Worker's assets are made from. */
const REFERENCES = {
  'common-passwords.txt': join(root, 'src/domain/accounts/common-passwords.txt'),
  'phone-numbers.json': require.resolve('libphonenumber-js/metadata.min.json'),
}

/** Objects, pictures and providers are the Worker's alone: what needs them is asked of its `Operator` entrypoint. */
const elsewhere = (): never => {
  throw new Error('only the Worker itself can do this')
}
const away = { name: 'none', send: elsewhere }

/** wrangler.toml, less what only a running Worker has; `remote` asks for production's bindings instead of local ones. */
const writeConfig = (remote: boolean, operator: boolean): string => {
  const config = unstable_readConfig({ config: join(root, 'wrangler.toml'), ...(remote && { env: 'production' }) })
  const file = join(root, '.wrangler/cli.json')
  mkdirSync(join(root, '.wrangler'), { recursive: true })
  writeFileSync(
    file,
    JSON.stringify({
      name: `${config.name}-operator`,
      compatibility_date: config.compatibility_date,
      vars: config.vars,
      d1_databases: config.d1_databases.map((database: object) => ({ ...database, migrations_dir: undefined, remote })),
      kv_namespaces: config.kv_namespaces.map((namespace: object) => ({ ...namespace, remote })),
      r2_buckets: config.r2_buckets.map((bucket: object) => ({ ...bucket, remote })),
      ...(operator && { services: [{ binding: 'OPERATOR', service: config.name, entrypoint: 'Operator', remote }] }),
    }),
  )
  return file
}
