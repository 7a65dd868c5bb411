import { parseArgs } from 'node:util'
import { CliError } from '../cli-error.ts'
import { type EnvironmentName, requireEnvironment } from '../environments.ts'

/** The commands of `npm run admin`, their options, and how a command line is read. */

const OPTIONS = {
  admin: { type: 'boolean' },
  staff: { type: 'boolean' },
  superuser: { type: 'boolean' },
  end: { type: 'boolean' },
  enrol: { type: 'boolean' },
  yes: { type: 'boolean' },
  remote: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  email: { type: 'string' },
  after: { type: 'string' },
  limit: { type: 'string' },
  of: { type: 'string' },
  by: { type: 'string' },
  since: { type: 'string' },
  before: { type: 'string' },
  out: { type: 'string' },
  remove: { type: 'string' },
  env: { type: 'string' },
  'persist-to': { type: 'string' },
} as const

type OptionName = keyof typeof OPTIONS

/** Options of every command. */
const COMMON: readonly OptionName[] = ['remote', 'env', 'persist-to', 'help']

interface Command {
  /** What follows the command's name. */
  readonly usage: string
  readonly summary: string
  readonly options: readonly OptionName[]
  /** Further sentences for the command's own help. */
  readonly details?: string
}

const FLAGS: readonly OptionName[] = ['admin', 'staff', 'superuser']
const FLAG_USAGE = '[--admin] [--staff] [--superuser]'
const PASSWORD_INPUT = 'The password is asked for without being shown; from a pipe, the first line is read.'

const COMMANDS = {
  list: {
    usage: '[--after <id>] [--limit <n>]',
    summary: 'list the accounts: id, username, e-mail address, flags, active or not',
    options: ['after', 'limit'],
    details: 'Shows 100 accounts, or --limit, in the order of their ids. --after starts behind an id: the last line names the next one.',
  },
  create: {
    usage: `<username> [--email <address>] ${FLAG_USAGE}`,
    summary: 'create an account; asks for its password',
    options: ['email', ...FLAGS],
    details: PASSWORD_INPUT,
  },
  'set-password': {
    usage: '<username>',
    summary: 'set a new password and end all sessions; asks for the password',
    options: [],
    details: PASSWORD_INPUT,
  },
  grant: { usage: `<username> ${FLAG_USAGE}`, summary: 'give flags to an account', options: FLAGS },
  revoke: { usage: `<username> ${FLAG_USAGE}`, summary: 'remove flags from an account', options: FLAGS },
  deactivate: { usage: '<username>', summary: 'deactivate an account and revoke all its credentials', options: [] },
  reactivate: { usage: '<username>', summary: 'reactivate an account', options: [] },
  sessions: { usage: '<username> [--end]', summary: 'list the sessions; --end ends all of them', options: ['end'] },
  passkeys: {
    usage: '<username> [--enrol] [--remove <id>]',
    summary: 'list the passkeys of a staff account; --remove removes one, --enrol prints a code for the first one',
    options: ['enrol', 'remove'],
    details: `--remove is for a device that was lost: the log-ins that this passkey has confirmed lose the rights of staff at once.
--enrol prints a code for an account without passkeys, where REQUIRE_STAFF_PASSKEY is set. It works once, and for a day. Give it to the
person yourself, and not by e-mail: anyone who has it and the password can register a passkey.`,
  },
  unlock: { usage: '<username>', summary: 'remove the lock that failed log-ins caused', options: [] },
  audit: {
    usage: '[--of <username>] [--by <username>] [--since <date>] [--before <number>]',
    summary: 'print the audit trail: who looked at or changed what concerns an account',
    options: ['of', 'by', 'since', 'before'],
    details: `Shows 200 entries, newest first: --of whose data, --by who acted. #7 is the account with the id 7, also if it has been erased.
--before shows the entries before this one: the last line names the number.`,
  },
  export: {
    usage: '<username> [--out <file>]',
    summary: "write a copy of all of a person's data, as JSON; the Worker must be running",
    options: ['out'],
    details: 'Writes to standard output, or to a new file that only you can read. An existing file is not replaced.',
  },
  erase: {
    usage: '<username> [--yes]',
    summary: 'delete an account and all its data; the Worker must be running',
    options: ['yes'],
    details: 'Asks for the username once more, also on standard input. --yes answers that, for scripts. It cannot be undone.',
  },
} as const satisfies Readonly<Record<string, Command>>

export type CommandName = keyof typeof COMMANDS

const COMMON_HELP = `  --remote                use the production database instead of the local one
  --env staging           with --remote: use the staging database
  --persist-to <folder>   use the local database in this folder
  --help                  show this`

const generalHelp = (): string => {
  const lines = Object.entries(COMMANDS).map(([name, { usage, summary }]) => `  ${name} ${usage}\n      ${summary}`)
  return `npm run admin -- <command> [<username>] [options]\n\n${lines.join('\n')}\n\n${COMMON_HELP}`
}

const helpFor = (name: CommandName): string => {
  const { usage, summary, details }: Command = COMMANDS[name]
  const sentences = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${details ? `\n${details}` : ''}`
  return `npm run admin -- ${name} ${usage}\n\n${sentences}\n\n${COMMON_HELP}`
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    // The first sentence is the error. A second one, if any, explains how to pass a value that starts with a dash.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/)
    throw new CliError(`${sentence.replace(/\.$/, '')}. \`npm run admin -- --help\` lists the options.`)
  }
}

export type Options = ReturnType<typeof parse>['values']

/** Whose database a command changes: null is the local one. */
export const environmentOf = ({ remote, env }: Options): EnvironmentName | null => {
  if (env !== undefined && !remote) throw new CliError('--env is only for --remote: without it, a command uses the local database.')
  return remote ? requireEnvironment(env ?? 'production') : null
}

export type Invocation = { readonly help: string } | { readonly command: CommandName; readonly username: string; readonly options: Options }

/** What the audit trail records of a command: its name and the names of its options, and none of their values. */
export const withoutValues = (command: CommandName, options: Options): string =>
  [command, ...Object.keys(options).map((name) => `--${name}`)].join(' ')

/** Reads a command line. Some commands take no username, which is then empty. */
export const invocationFrom = (args: readonly string[]): Invocation => {
  const { values, positionals } = parse(args)
  const [name, ...rest] = positionals
  if (name === undefined) {
    if (values.help) return { help: generalHelp() }
    throw new CliError(`Name a command.\n\n${generalHelp()}`)
  }
  if (!isCommand(name)) throw new CliError(`There is no command "${name}". \`npm run admin -- --help\` lists the commands.`)
  if (values.help) return { help: helpFor(name) }
  const { options, usage }: Command = COMMANDS[name]
  const unknown = Object.keys(values).find((option) => ![...COMMON, ...options].some((known) => known === option))
  if (unknown !== undefined) throw new CliError(`"${name}" has no option --${unknown}: npm run admin -- ${name} ${usage}`)
  const takesUsername = usage.startsWith('<username>')
  if (rest.length !== (takesUsername ? 1 : 0)) {
    throw new CliError(`"${name}" takes ${takesUsername ? 'one username' : 'no username'}: npm run admin -- ${name} ${usage}`)
  }
  return { command: name, username: rest[0] ?? '', options: values }
}
