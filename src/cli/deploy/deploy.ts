import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CliError, runCommand } from '../cli-error.ts'
import { type EnvironmentName, requireEnvironment } from '../environments.ts'
import { confirm } from '../prompt.ts'
import { exitIfHelpIsAsked } from '../usage.ts'
import { root, wrangler } from '../wrangler.ts'
import { listSecrets, requireLogin } from './cloudflare.ts'
import { type Environment, readEnvironment, settingsOf } from './environment.ts'
import { originIn, smokeTest } from './smoke-test.ts'

/**
 * `npm run deploy`: refuses what could not work, migrates the database, so that new code never runs without its tables,
 * deploys the Worker, and sends requests to the deployed address.
 */

exitIfHelpIsAsked(`npm run deploy [-- [production|staging] [--dry-run] [--wait <seconds>] [<arguments of wrangler deploy>]]

Applies the migrations to the database, deploys the Worker, and tests the deployed address: /health, /ready, and one log-in of each contract.
Without a name it deploys production. It needs a log-in to Cloudflare (npx wrangler login).
Refuses placeholder ids, a missing JWT_SECRET and uncommitted changes. Asks first if alarm messages could not be sent.

  --dry-run          make these checks, say what would be done, and change nothing
  --wait <seconds>   how long the deployed address may take to respond for the first time (60)
  --help             show this`)

interface Invocation {
  readonly name: EnvironmentName
  readonly dryRun: boolean
  readonly waitMs: number
  /** For wrangler. */
  readonly rest: readonly string[]
}

/** These would deploy to another place than the one that was checked and migrated. */
const OTHER_PLACE = /^(?:--env|-e|--name|--config|-c|--cwd)(?:=|$)/

const invocationFrom = (args: readonly string[]): Invocation => {
  const [first = ''] = args
  const hasName = first !== '' && !first.startsWith('-')
  const rest = hasName ? args.slice(1) : [...args]
  const wait = rest.indexOf('--wait')
  const seconds = wait < 0 ? 60 : Number(rest.splice(wait, 2)[1])
  if (!Number.isFinite(seconds) || seconds < 0) throw new CliError('--wait takes a number of seconds.')
  const dryRun = rest.includes('--dry-run')
  const other = rest.find((argument) => OTHER_PLACE.test(argument))
  if (other !== undefined) throw new CliError(`${other} is not possible here: name the environment, as in \`npm run deploy -- staging\`.`)
  return { name: hasName ? requireEnvironment(first) : 'production', dryRun, waitMs: seconds * 1000, rest }
}

/** What git reports as changed. The code that runs must be the code of a commit, or nobody can tell later what was deployed. */
const treeProblem = async (): Promise<string | null> => {
  const status = await promisify(execFile)('git', ['status', '--porcelain'], { cwd: root }).catch(() => null)
  if (status === null) return 'git does not run here, so it is not known which code would be deployed.'
  const files = status.stdout.trimEnd().split('\n').filter(Boolean)
  if (files.length === 0) return null
  const names = files.map((line) => line.slice(3))
  const list = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
  return `There are changes without a commit: ${list}.`
}

/** What can be found without a network, as sentences. */
const localProblems = async ({ name, database, namespace, hasAddress }: Environment): Promise<string[]> => {
  const problems: string[] = []
  const setUp = `\`npm run setup -- ${name}\``
  const missing = [database.id === null && 'the D1 database', namespace.id === null && 'the KV namespace'].filter(Boolean)
  if (missing.length > 0) problems.push(`wrangler.toml has placeholders for the ids of ${missing.join(' and ')} of ${name}: run ${setUp}.`)
  if (!hasAddress) problems.push(`No request could reach ${name}: wrangler.toml names neither a route nor workers_dev. Run ${setUp}.`)
  const tree = await treeProblem()
  if (tree !== null) problems.push(tree)
  return problems
}

const NOT_DEPLOYED = 'Not deployed.'

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new CliError([...problems, NOT_DEPLOYED].join('\n'))
}

interface Deployment {
  readonly code: number
  readonly targets: readonly string[]
}

/** Runs `wrangler deploy`. It writes where it has deployed to into a file, as lines of JSON. */
const deployWorker = async (args: readonly string[]): Promise<Deployment> => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-deploy-'))
  const file = join(folder, 'output.ndjson')
  try {
    const code = await wrangler(args, { WRANGLER_OUTPUT_FILE_PATH: file })
    if (code !== 0) return { code, targets: [] }
    const entries = readFileSync(file, 'utf8').split('\n').filter(Boolean)
    const entry = entries.map((line) => Object(JSON.parse(line))).find(({ type }) => type === 'deploy')
    return { code, targets: Array.isArray(entry?.targets) ? entry.targets.map(String) : [] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const firstAdmin = (name: EnvironmentName): string =>
  `npm run admin -- create <username> --email <address> --admin --staff --superuser --remote${name === 'production' ? '' : ` --env ${name}`}`

const deploy = async (): Promise<void> => {
  const { name, dryRun, waitMs, rest } = invocationFrom(process.argv.slice(2))
  const environment = readEnvironment(name)
  refuse(await localProblems(environment))
  await requireLogin(environment)
  const secrets = await listSecrets(environment)
  refuse(secrets.includes('JWT_SECRET') ? [] : [`The Worker "${environment.worker}" has no JWT_SECRET: run \`npm run setup -- ${name}\`.`])
  const { channels } = settingsOf(environment, secrets).alarm
  const migration = ['d1', 'migrations', 'apply', 'DB', '--remote', '--env', name]
  const deployment = ['deploy', '--env', name, '--minify', ...rest]
  if (channels.length === 0) {
    const label = name.charAt(0).toUpperCase() + name.slice(1)
    console.log(
      `${label} has no e-mail or SMS provider: an alarm would reach only the support desk. docs/settings.md describes the settings.`,
    )
  }
  if (dryRun) {
    const steps = [migration, deployment.filter((argument) => argument !== '--dry-run')].map((step) => `  wrangler ${step.join(' ')}`)
    return console.log(['These commands would run:', ...steps, 'This was a dry run: nothing was changed.'].join('\n'))
  }
  if (channels.length === 0 && !(await confirm('Deploy anyway?'))) throw new CliError(NOT_DEPLOYED)
  if ((await wrangler(migration)) !== 0) {
    throw new CliError(
      `The migration failed, and nothing was deployed: the old version still runs. \`npm run deploy -- ${name}\` tries it again.`,
    )
  }
  const { code, targets } = await deployWorker(deployment)
  if (code !== 0) {
    throw new CliError(
      `The database is migrated, but the Worker was not deployed: the old version still runs. \`npm run deploy -- ${name}\` tries it again.`,
    )
  }
  const [origin] = targets.flatMap((target) => originIn(target) ?? [])
  if (origin === undefined) throw new CliError('Deployed, but wrangler named no address that could be tested.')
  try {
    for (const line of await smokeTest(origin, waitMs)) console.log(line)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw new CliError(`Deployed, but ${error.message} \`npx wrangler rollback --env ${name}\` brings back the version before.`)
  }
  console.log(`\nDeployed and tested: ${origin}\nThe first admin: ${firstAdmin(name)}`)
}

await runCommand(deploy)
