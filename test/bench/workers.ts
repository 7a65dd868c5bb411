import { join } from 'node:path'
import type { TestHarnessOptions } from 'wrangler'
import { readConfig } from '../../src/cli/wrangler-api.ts'
import { SECRET } from './dataset.ts'

type Worker = TestHarnessOptions['workers'][number]

const root = join(import.meta.dirname, '../..')
const servers = join(import.meta.dirname, 'servers')

const wranglerConfig = () => readConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true })

interface Changes {
  readonly main?: string
  readonly vars?: Readonly<Record<string, string>>
  readonly minify?: boolean
}

/** Concord with its deployed configuration, and with its own name and database. */
export const concordServer = (name: string, database: string, changes: Changes = {}): Worker => {
  const {
    main,
    compatibility_date,
    compatibility_flags,
    alias,
    assets,
    kv_namespaces,
    r2_buckets,
    durable_objects,
    migrations,
    ratelimits,
    ...config
  } = wranglerConfig()
  return {
    config: {
      name,
      main: changes.main ? join(servers, `${changes.main}.ts`) : main,
      compatibility_date,
      compatibility_flags,
      alias: Object.fromEntries(Object.entries(alias ?? {}).map(([name, path]) => [name, join(root, String(path))])),
      assets: { ...assets, directory: join(root, assets?.directory ?? '') },
      kv_namespaces,
      r2_buckets,
      durable_objects,
      migrations,
      ratelimits,
      minify: changes.minify ?? true,
      keep_names: false,
      d1_databases: config.d1_databases.map((binding: object) => ({
        ...binding,
        database_id: database,
        migrations_dir: join(root, 'migrations'),
      })),
      vars: { ...config.vars, JWT_SECRET: SECRET, ...changes.vars },
    },
  }
}

interface ServerOptions extends Changes {
  readonly flags?: readonly string[]
}

/** One of the other servers, from `servers/`. */
export const benchServer = (name: string, database: string | null, { main = name, flags = [], vars }: ServerOptions = {}): Worker => ({
  config: {
    name,
    main: join(servers, `${main}.ts`),
    compatibility_date: wranglerConfig().compatibility_date,
    compatibility_flags: [...flags],
    minify: true,
    keep_names: false,
    vars: { JWT_SECRET: SECRET, ...vars },
    ratelimits: wranglerConfig().ratelimits,
    kv_namespaces: wranglerConfig().kv_namespaces,
    ...(database && { d1_databases: [{ binding: 'DB', database_name: database, database_id: database }] }),
  },
})
