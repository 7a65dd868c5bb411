import { parseArgs } from 'node:util'
import { CliError } from '../cli-error.ts'
import { type EnvironmentName, requireEnvironment } from '../environments.ts'

/** The arguments of `npm run setup` and `npm run deploy`. */

export const SETUP_USAGE = `npm run setup -- <production|staging> [--dry-run]

Creates the D1 database, the KV namespace and the R2 bucket of an environment, writes their ids into wrangler.toml, and sets JWT_SECRET.
Asks for the clients' origins, the domain and the providers of alarm messages, and prints what it will do before it does it.
It can be run again after any failure: what exists is used, and not created again. It needs a log-in to Cloudflare (npx wrangler login).

  --dry-run   print what would be done, ask nothing and change nothing
  --help      show this`

export const setupFrom = (args: readonly string[]): { readonly name: EnvironmentName; readonly dryRun: boolean } => {
  const options = { 'dry-run': { type: 'boolean' } } as const
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [name, ...rest] = positionals
    if (name === undefined || rest.length > 0) throw new CliError(`Name one environment.\n\n${SETUP_USAGE}`)
    return { name: requireEnvironment(name), dryRun: values['dry-run'] === true }
  } catch (error) {
    if (error instanceof CliError || !(error instanceof Error)) throw error
    throw new CliError(`${error.message.split(/\. |\n/)[0]}. \`npm run setup -- --help\` lists the options.`)
  }
}

export const DEPLOY_USAGE = `npm run deploy [-- [production|staging] [--dry-run] [--wait <seconds>] [<arguments of wrangler deploy>]]

Applies the migrations to the database, deploys the Worker, and tests the deployed address: /health, /ready, and one log-in of each contract.
Without a name it deploys production. It needs a log-in to Cloudflare (npx wrangler login).
Refuses placeholder ids, a missing JWT_SECRET and uncommitted changes. Asks first if alarm messages could not be sent.

  --dry-run          make these checks, print what would be done, and change nothing
  --wait <seconds>   how long the deployed address may take to respond for the first time (60)
  --help             show this`

interface DeployArguments {
  readonly name: EnvironmentName
  readonly dryRun: boolean
  readonly waitMs: number
  /** For wrangler. */
  readonly rest: readonly string[]
}

/** These would deploy to another place than the one that was checked and migrated. */
const OTHER_PLACE = /^(?:--env|-e|--name|--config|-c|--cwd)(?:=|$)/

export const deploymentFrom = (args: readonly string[]): DeployArguments => {
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
