import { CliError } from '../cli-error.ts'
import type { Environment } from './environment.ts'
import type { Output, Workspace } from './workspace.ts'

/** The calls of wrangler that read and create what a deployment needs. Values of secrets are passed through standard input only. */

/** The command as a person would type it, without its options. */
const commandOf = (args: readonly string[]): string => {
  const end = args.findIndex((argument) => argument.startsWith('--'))
  return ['wrangler', ...args.slice(0, end < 0 ? undefined : end)].join(' ')
}

const failure = (args: readonly string[], { code, stdout, stderr }: Output): CliError => {
  const [, message] = /\[ERROR\]\s*(.+)/.exec(stderr) ?? []
  const lastLine = `${stdout}\n${stderr}`.trim().split('\n').at(-1)
  return new CliError(`\`${commandOf(args)}\` failed: ${message?.trim() || lastLine || `exit code ${code}`}`)
}

const succeed = async (workspace: Workspace, args: readonly string[], input?: string): Promise<string> => {
  const output = await workspace.captureWrangler(args, input)
  if (output.code !== 0) throw failure(args, output)
  return output.stdout
}

const parsed = (args: readonly string[], text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new CliError(`\`${commandOf(args)}\` did not print JSON. Is it the wrangler of this project (\`npm ci\`)?`)
  }
}

const succeedWithRows = async (workspace: Workspace, args: readonly string[]): Promise<Readonly<Record<string, unknown>>[]> => {
  const rows = parsed(args, await succeed(workspace, args))
  if (!Array.isArray(rows)) throw new CliError(`\`${commandOf(args)}\` did not print a list.`)
  return rows.map((row: unknown) => ({ ...Object(row) }))
}

const NO_LOGIN = 'You are not logged in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN. Nothing was changed.'

/** Without a log-in, or with several accounts of which none was chosen, no other command can succeed. */
export const requireLogin = async (workspace: Workspace, { name }: Pick<Environment, 'name'>): Promise<void> => {
  const args = ['whoami', '--json', '--env', name]
  const { code, stdout } = await workspace.captureWrangler(args)
  if (code !== 0) throw new CliError(NO_LOGIN)
  const { loggedIn, accounts } = Object(parsed(args, stdout))
  if (loggedIn !== true) throw new CliError(NO_LOGIN)
  if (process.env.CLOUDFLARE_ACCOUNT_ID || !Array.isArray(accounts) || accounts.length < 2) return
  const list = accounts.map((account: unknown) => `${Object(account).id} (${Object(account).name})`).join(', ')
  throw new CliError(`Your log-in belongs to several accounts: set CLOUDFLARE_ACCOUNT_ID to one of ${list}. Nothing was changed.`)
}

/** Ids by name. */
export type Resources = ReadonlyMap<string, string>

/** A resource in another jurisdiction is another list for R2, and a property of a new database. */
const jurisdictionOf = ({ vars }: Environment): string[] => (vars.JURISDICTION ? ['--jurisdiction', vars.JURISDICTION] : [])

export const listDatabases = async (workspace: Workspace, { name }: Environment): Promise<Resources> => {
  const rows = await succeedWithRows(workspace, ['d1', 'list', '--json', '--env', name])
  return new Map(rows.map((row) => [String(row.name), String(row.uuid)]))
}

export const listNamespaces = async (workspace: Workspace, { name }: Environment): Promise<Resources> => {
  const rows = await succeedWithRows(workspace, ['kv', 'namespace', 'list', '--env', name])
  return new Map(rows.map((row) => [String(row.title), String(row.id)]))
}

/** Wrangler has no JSON for buckets: each has a line with its name. */
export const listBuckets = async (workspace: Workspace, environment: Environment): Promise<ReadonlySet<string>> => {
  const text = await succeed(workspace, ['r2', 'bucket', 'list', ...jurisdictionOf(environment)])
  return new Set([...text.matchAll(/^name:\s+(\S+)\s*$/gm)].map(([, bucket = '']) => bucket))
}

/** The names of the Worker's secrets. Empty before the first deployment, when there is no Worker yet. */
export const listSecrets = async (workspace: Workspace, { name }: Environment): Promise<string[]> => {
  const args = ['secret', 'list', '--format', 'json', '--env', name]
  const output = await workspace.captureWrangler(args)
  if (output.code !== 0) {
    if (/Worker ".*" .*not found/.test(output.stderr)) return []
    throw failure(args, output)
  }
  const secrets = parsed(args, output.stdout)
  return Array.isArray(secrets) ? secrets.map((secret: unknown) => String(Object(secret).name)) : []
}

/** wrangler.toml is written by us: wrangler only changes configurations in JSON. */
const KEEP_CONFIG = '--update-config=false'

/** D1 has six locations. The Worker is placed by the region of a cloud, next to the database. */
const LOCATIONS: readonly (readonly [region: RegExp, location: string])[] = [
  [/^aws:eu-/, 'weur'],
  [/^aws:us-west-/, 'wnam'],
  [/^aws:(?:us-east|ca-)/, 'enam'],
  [/^aws:ap-southeast-(?:2|4|6)$/, 'oc'],
  [/^aws:ap-/, 'apac'],
]

/** A jurisdiction decides the location too. In another region than these, the platform chooses one near the operator. */
const locationOf = ({ region, vars }: Environment): string[] => {
  const [, location] = LOCATIONS.find(([pattern]) => pattern.test(region ?? '')) ?? []
  return location === undefined || vars.JURISDICTION ? [] : ['--location', location]
}

export const createDatabase = async (workspace: Workspace, environment: Environment): Promise<void> => {
  const { name, database } = environment
  await succeed(workspace, [
    'd1',
    'create',
    database.name,
    ...jurisdictionOf(environment),
    ...locationOf(environment),
    KEEP_CONFIG,
    '--env',
    name,
  ])
}

export const createNamespace = async (workspace: Workspace, { name, namespace }: Environment): Promise<void> => {
  await succeed(workspace, ['kv', 'namespace', 'create', namespace.name, KEEP_CONFIG, '--env', name])
}

export const createBucket = async (workspace: Workspace, environment: Environment): Promise<void> => {
  const { name, bucket } = environment
  await succeed(workspace, ['r2', 'bucket', 'create', bucket, ...jurisdictionOf(environment), KEEP_CONFIG, '--env', name])
}

export const putSecret = async (workspace: Workspace, { name }: Environment, secret: string, value: string): Promise<void> => {
  await succeed(workspace, ['secret', 'put', secret, '--env', name], value)
}

/** One request for all of them: a Worker with only a part of a provider's settings does not start. */
export const putSecrets = async (workspace: Workspace, { name }: Environment, values: Readonly<Record<string, string>>): Promise<void> => {
  await succeed(workspace, ['secret', 'bulk', '--env', name], JSON.stringify(values))
}
