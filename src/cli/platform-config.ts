import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EnvironmentName } from './environments.ts'
import { root } from './wrangler.ts'
import { readConfig } from './wrangler-api.ts'

type Config = ReturnType<typeof readConfig>

/**
 * Writes a configuration with what a command needs of wrangler.toml, and without what only a running Worker has. An environment
 * selects its bindings at Cloudflare instead of the local ones. Each process has its own file, because commands may run at the
 * same time.
 */
export const writeConfig = (
  environment: EnvironmentName | null,
  bindingsOf: (config: Config, remote: boolean) => Readonly<Record<string, unknown>>,
): string => {
  const remote = environment !== null
  const config = readConfig({ config: join(root, 'wrangler.toml'), ...(remote && { env: environment }) })
  const file = join(root, `.wrangler/cli-${process.pid}.json`)
  mkdirSync(join(root, '.wrangler'), { recursive: true })
  const content = { name: `${config.name}-operator`, compatibility_date: config.compatibility_date, ...bindingsOf(config, remote) }
  writeFileSync(file, JSON.stringify(content))
  return file
}

export const databasesAndFiles = ({ d1_databases, r2_buckets }: Config, remote: boolean) => ({
  d1_databases: d1_databases.map((database: object) => ({ ...database, migrations_dir: undefined, remote })),
  r2_buckets: r2_buckets.map((bucket: object) => ({ ...bucket, remote })),
})

export const operatorService = ({ name }: Config, remote: boolean) => ({
  services: [{ binding: 'OPERATOR', service: name, entrypoint: 'Operator', remote }],
})
