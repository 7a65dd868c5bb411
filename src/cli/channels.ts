import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { settingsFrom } from '../env.ts'
import type { AlarmSettings } from '../model/alarm.ts'
import { root, wranglerCommand } from './wrangler.ts'
import { readConfig } from './wrangler-api.ts'

/** In place of a secret's value, which cannot be read. Long enough for every check. */
const PLACEHOLDER = 'a value that is not known here'.padEnd(32)

/** The channels by which production can send alarm messages, with these secrets and the variables in wrangler.toml. */
export const productionChannels = (secretNames: readonly string[]): AlarmSettings['channels'] => {
  const { vars } = readConfig({ config: join(root, 'wrangler.toml'), env: 'production' })
  const variables = Object.entries(vars).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const secrets = secretNames.map((name) => [name, PLACEHOLDER] as const)
  return settingsFrom({ ...Object.fromEntries([...variables, ...secrets]), JWT_SECRET: PLACEHOLDER }).alarm.channels
}

/** The names of production's secrets. Empty before the first deployment, when there is no Worker yet. */
export const productionSecrets = async (): Promise<string[]> => {
  const { command, args, options } = wranglerCommand(['secret', 'list', '--env', 'production', '--format', 'json'])
  const list = promisify(execFile)(command, args, options)
  list.child.stdin?.end()
  const { stdout } = await list.catch(() => ({ stdout: '[]' }))
  const secrets: unknown = JSON.parse(stdout)
  return Array.isArray(secrets) ? secrets.map((secret: unknown) => String(Object(secret).name)) : []
}
