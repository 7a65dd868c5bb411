import { parseArgs } from 'node:util'
import { CONTRACTS, type ContractName } from '../../model/contract.ts'
import { CliError } from '../cli-error.ts'
import { type EnvironmentName, requireEnvironment } from '../environments.ts'

/** The command line of `npm run move`. */

const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  media: { type: 'string' },
  contract: { type: 'string' },
  out: { type: 'string' },
  'secret-key': { type: 'string', multiple: true },
  remote: { type: 'boolean' },
  env: { type: 'string' },
  'persist-to': { type: 'string' },
  answers: { type: 'string' },
  url: { type: 'string' },
} as const

/** For how many people the Worker is asked: a sample, which is always the same, if there are more. */
export const DEFAULT_ANSWERS = { local: 10_000, address: 1000 } as const

const HELP = `npm run move -- inspect <file or folder> [options]
      Prints what a database of one of the five originals contains, and what would not be imported. It writes nothing.
      An SQLite file, a plain pg_dump, dumpdata (JSON or jsonl), or for meetups the files of mongoexport or mongodump;
      each may be compressed with gzip. The form is recognised by the content.
npm run move -- plan <file or folder> [options]
      Compares it with Concord's database, and writes a plan: names, passwords, log-ins. You may read and change it.
npm run move -- import <plan> [options]
      Imports what the plan contains. It can be stopped at any time and run again.
npm run move -- verify <plan> [options]
      Compares every record of the source with what has become of it, and with what the Worker answers to its owner.
npm run move -- undo <plan or run> [options]
      Takes back what one import has brought, and nothing that people have done since.

  --media <folder>        inspect, plan: the uploads, if they are not beside the database
  --contract <name>       inspect, plan: the original, if the source does not show it: ${CONTRACTS.join(', ')}
  --json                  inspect: print the findings as JSON
  --out <file>            plan: the file to be written; otherwise it is move-<contract>.plan.json
  --secret-key <key>      plan, import, verify: the former server's SECRET_KEY, without which no session goes on; again for each fallback
  --answers <number>      verify: for how many people the Worker is asked, or all; otherwise it is ${DEFAULT_ANSWERS.local.toLocaleString('en')}, and ${DEFAULT_ANSWERS.address.toLocaleString('en')} with --url
  --url <address>         verify: the Worker that is asked. Without it, one is started on the local database
  --remote                all but inspect: the production database instead of the local one
  --env staging           with --remote: the staging database
  --persist-to <folder>   the local database in this folder
  --help                  show this`

/** Whose database is meant, and what the sessions of the former server were signed with. */
export interface TargetOptions {
  /** Null: the local one. */
  readonly environment: EnvironmentName | null
  readonly persistTo: string | undefined
  readonly secretKeys: readonly string[]
}

export type VerifyInvocation = {
  readonly command: 'verify'
  readonly path: string
  /** For how many people the Worker is asked; null: as many as usual. */
  readonly answers: number | null
  /** The origin of the Worker; null: one is started. */
  readonly url: string | null
} & TargetOptions

export type Invocation =
  | { readonly help: string }
  | {
      readonly command: 'inspect'
      readonly path: string
      readonly media: string | undefined
      readonly contract: ContractName | null
      readonly json: boolean
    }
  | ({
      readonly command: 'plan'
      readonly path: string
      readonly media: string | undefined
      readonly contract: ContractName | null
      readonly out: string | undefined
    } & TargetOptions)
  | VerifyInvocation
  | ({ readonly command: 'import' | 'undo'; readonly path: string } & TargetOptions)

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
  }
}

const contractFrom = (name: string | undefined): ContractName | null => {
  if (name === undefined) return null
  const contract = CONTRACTS.find((other) => other === name)
  if (!contract) throw new CliError(`There is no contract ${name}: it is one of ${CONTRACTS.join(', ')}.`)
  return contract
}

const environmentFrom = (remote: boolean, name: string | undefined): EnvironmentName | null => {
  if (name !== undefined && !remote) throw new CliError('--env is only for --remote: without it, a command uses the local database.')
  return remote ? requireEnvironment(name ?? 'production') : null
}

const answersFrom = (text: string | undefined): number | null => {
  if (text === undefined) return null
  if (text === 'all') return Number.MAX_SAFE_INTEGER
  if (!/^\d{1,9}$/.test(text)) throw new CliError(`--answers must be a number of people, or all, and not "${text}".`)
  return Number(text)
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Log-ins of people are sent to it, so it is encrypted, unless it is on this machine. */
const originFrom = (text: string | undefined): string | null => {
  if (text === undefined) return null
  const url = URL.parse(text)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOCAL_HOSTS.has(url.hostname))
  if (!url || !isSafe) throw new CliError(`--url must be an address with https, or with http on this machine, and not "${text}".`)
  return url.origin
}

export const invocationFrom = (args: readonly string[]): Invocation => {
  const { values, positionals } = parsed(args)
  const [command, path, ...rest] = positionals
  if (values.help || command === undefined) return { help: HELP }
  const target = {
    environment: environmentFrom(values.remote === true, values.env),
    persistTo: values['persist-to'],
    secretKeys: values['secret-key'] ?? [],
  }
  const { media } = values
  const contract = contractFrom(values.contract)
  if (!['inspect', 'plan', 'import', 'verify', 'undo'].includes(command)) throw new CliError(`There is no command ${command}.\n\n${HELP}`)
  if (path === undefined || rest.length > 0) {
    const what = command === 'inspect' || command === 'plan' ? 'file or folder' : command === 'undo' ? 'plan or run' : 'plan'
    throw new CliError(`Name one ${what}.\n\n${HELP}`)
  }
  switch (command) {
    case 'inspect':
      return { command, path, media, contract, json: values.json === true }
    case 'plan':
      return { command, path, media, contract, out: values.out, ...target }
    case 'verify':
      return { command, path, answers: answersFrom(values.answers), url: originFrom(values.url), ...target }
    case 'import':
    case 'undo':
      return { command, path, ...target }
    default:
      throw new CliError(HELP)
  }
}
