import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CliError } from '../cli-error.ts'
import type { EnvironmentName } from '../environments.ts'
import { confirm } from '../prompt.ts'
import { deploymentFrom } from './arguments.ts'
import { listSecrets, requireLogin } from './cloudflare.ts'
import { type Environment, readEnvironment, settingsOf } from './environment.ts'
import { originIn, smokeTest } from './smoke-test.ts'
import { print, type Workspace } from './workspace.ts'

/** What git reports as changed. The deployed code must be the code of a commit: otherwise it is not known later what was deployed. */
const treeProblem = async ({ folder }: Workspace): Promise<string | null> => {
  const status = await promisify(execFile)('git', ['status', '--porcelain'], { cwd: folder }).catch(() => null)
  if (status === null) return 'git does not run here, so it is not known which code would be deployed.'
  const files = status.stdout.trimEnd().split('\n').filter(Boolean)
  if (files.length === 0) return null
  const names = files.map((line) => line.slice(3))
  const list = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
  return `There are changes without a commit: ${list}.`
}

/** The problems that can be found without a network, as sentences. */
const localProblems = async (workspace: Workspace, { name, database, namespace, hasAddress }: Environment): Promise<string[]> => {
  const problems: string[] = []
  const setUp = `\`npm run setup -- ${name}\``
  const missing = [database.id === null && 'the D1 database', namespace.id === null && 'the KV namespace'].filter(Boolean)
  if (missing.length > 0) problems.push(`wrangler.toml has placeholders for the ids of ${missing.join(' and ')} of ${name}: run ${setUp}.`)
  if (!hasAddress) problems.push(`No request could reach ${name}: wrangler.toml names neither a route nor workers_dev. Run ${setUp}.`)
  const tree = await treeProblem(workspace)
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
const deployWorker = async (workspace: Workspace, args: readonly string[]): Promise<Deployment> => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-deploy-'))
  const file = join(folder, 'output.ndjson')
  try {
    const code = await workspace.runWrangler(args, { WRANGLER_OUTPUT_FILE_PATH: file })
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

/**
 * Refuses what could not work, migrates the database, so that new code never runs without its tables, deploys the Worker, and
 * sends requests to the deployed address.
 */
export const deploy = async (args: readonly string[], workspace: Workspace): Promise<void> => {
  const { name, dryRun, waitMs, rest } = deploymentFrom(args)
  const environment = readEnvironment(workspace.folder, name)
  refuse(await localProblems(workspace, environment))
  await requireLogin(workspace, environment)
  const secrets = await listSecrets(workspace, environment)
  refuse(secrets.includes('JWT_SECRET') ? [] : [`The Worker "${environment.worker}" has no JWT_SECRET: run \`npm run setup -- ${name}\`.`])
  const { channels } = settingsOf(environment, secrets).alarm
  const migration = ['d1', 'migrations', 'apply', 'DB', '--remote', '--env', name]
  const deployment = ['deploy', '--env', name, '--minify', ...rest]
  if (channels.length === 0) {
    const label = name.charAt(0).toUpperCase() + name.slice(1)
    print(
      workspace,
      `${label} has no e-mail or SMS provider: an alarm would reach only the support desk. docs/settings.md describes the settings.`,
    )
  }
  if (dryRun) {
    const steps = [migration, deployment.filter((argument) => argument !== '--dry-run')].map((step) => `  wrangler ${step.join(' ')}`)
    return print(workspace, ['These commands would run:', ...steps, 'This was a dry run: nothing was changed.'].join('\n'))
  }
  if (channels.length === 0 && !(await confirm('Deploy anyway?', workspace.terminal))) throw new CliError(NOT_DEPLOYED)
  if ((await workspace.runWrangler(migration)) !== 0) {
    throw new CliError(
      `The migration failed, and nothing was deployed: the old version still runs. \`npm run deploy -- ${name}\` tries it again.`,
    )
  }
  const { code, targets } = await deployWorker(workspace, deployment)
  if (code !== 0) {
    throw new CliError(
      `The database is migrated, but the Worker was not deployed: the old version still runs. \`npm run deploy -- ${name}\` tries it again.`,
    )
  }
  const [origin] = targets.flatMap((target) => originIn(target) ?? [])
  if (origin === undefined) throw new CliError('Deployed, but wrangler named no address that could be tested.')
  try {
    for (const line of await smokeTest(origin, waitMs)) print(workspace, line)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw new CliError(`Deployed, but ${error.message} \`npx wrangler rollback --env ${name}\` brings back the version before.`)
  }
  print(workspace, `\nDeployed and tested: ${origin}\nThe first admin: ${firstAdmin(name)}`)
}
