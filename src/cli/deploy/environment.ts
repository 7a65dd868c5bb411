import { join } from 'node:path'
import { settingsFrom } from '../../env.ts'
import type { Settings } from '../../model/settings.ts'
import { CliError } from '../cli-error.ts'
import type { EnvironmentName } from '../environments.ts'
import { readConfig } from '../wrangler-api.ts'

/** One environment of wrangler.toml. */
export interface Environment {
  readonly name: EnvironmentName
  readonly worker: string
  readonly database: Resource
  readonly namespace: Resource
  readonly bucket: string
  /** Where the Worker runs, as `aws:eu-central-1`; null: wherever a request arrives. */
  readonly region: string | null
  readonly vars: Readonly<Record<string, string>>
  /** Whether requests can reach the Worker: a route, a custom domain, or its address at workers.dev. */
  readonly hasAddress: boolean
}

/** A resource of the platform, with its name and the id that the platform has given it. */
interface Resource {
  readonly name: string
  /** Null: the block still has the placeholder. */
  readonly id: string | null
}

/** An id whose digits are all the same, like those in a fresh clone. */
const withoutPlaceholder = (id = ''): string | null => (/^(\w?)\1*$/.test(id.replaceAll('-', '')) ? null : id)

/** The file is read at each call: the set-up changes it. */
export const readEnvironment = (folder: string, name: EnvironmentName): Environment => {
  const config = readConfig({ config: join(folder, 'wrangler.toml'), env: name })
  const [database] = config.d1_databases
  const [namespace] = config.kv_namespaces
  const [bucket] = config.r2_buckets
  const worker = config.name
  if (!worker || !database?.database_name || !namespace || !bucket?.bucket_name) {
    throw new CliError(`[env.${name}] in wrangler.toml needs a name, a database with a name, a KV namespace and a bucket.`)
  }
  return {
    name,
    worker,
    database: { name: database.database_name, id: withoutPlaceholder(database.database_id) },
    namespace: { name: `${worker}-revoked`, id: withoutPlaceholder(namespace.id) },
    bucket: bucket.bucket_name,
    region: config.placement && 'region' in config.placement ? config.placement.region : null,
    vars: Object.fromEntries(Object.entries(config.vars).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    hasAddress: config.workers_dev === true || (config.routes ?? []).length > 0 || config.route !== undefined,
  }
}

/** In place of a secret's value, which cannot be read. Long enough for every check. */
const UNKNOWN_VALUE = 'a value that is not known here'.padEnd(32)

/** For settings whose format is checked, a value that passes the check. Any setting may have been stored as a secret. */
const VALUES_WITH_A_FORM: Readonly<Record<string, string>> = {
  ESCALATION: '[]',
  FORMER_IDS: '',
  HEARTBEAT_URL: 'https://unknown.example',
  JURISDICTION: '',
  PUBLIC_URL: 'https://unknown.example',
  PUSH_ORIGINS: 'https://unknown.example',
  SUPPORT_HOURS: '',
  UPSTREAM_FACILITY: '',
  UPSTREAM_MATRIMONY: '',
  UPSTREAM_MEETUPS: '',
  UPSTREAM_MINDHARMONY: '',
  UPSTREAM_RECOVERY: '',
  VAPID_PRIVATE_KEY: Buffer.alloc(32).toString('base64url'),
  VAPID_PUBLIC_KEY: Buffer.concat([Buffer.of(4), Buffer.alloc(64)]).toString('base64url'),
  VAPID_SUBJECT: 'https://unknown.example',
}

/** The Worker's settings with these variables and the names of these secrets. Settings that would stop its start are an error here. */
export const settingsOf = ({ name, vars }: Pick<Environment, 'name' | 'vars'>, secrets: readonly string[]): Settings => {
  const values = Object.fromEntries(secrets.map((secret) => [secret, VALUES_WITH_A_FORM[secret] ?? UNKNOWN_VALUE]))
  try {
    return settingsFrom({ ...vars, ...values, JWT_SECRET: UNKNOWN_VALUE })
  } catch (error) {
    throw new CliError(`The Worker would not start with the settings of ${name}: ${error instanceof Error ? error.message : error}.`)
  }
}
