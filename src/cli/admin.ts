import { parseArgs } from 'node:util'
import type { OperatorContext } from '../domain/access.ts'
import { loadCommonPasswords } from '../domain/accounts/common-passwords.ts'
import { closeAccount } from '../domain/accounts/deactivate.ts'
import { endAllSessions, findAccount, reactivate, setFlags, unlock } from '../domain/accounts/operator-actions.ts'
import { isAcceptable, passwordProblems } from '../domain/accounts/password-rules.ts'
import { register } from '../domain/accounts/register.ts'
import { recordCommand } from '../domain/audit/read.ts'
import { listSessionsOf } from '../domain/sessions/list-active.ts'
import { type Account, type Flags, isUsername, USERNAME_MAX } from '../model/account.ts'
import { Failure } from '../model/result.ts'
import { audit } from './audit-command.ts'
import { CliError } from './cli-error.ts'
import { type Operator, openPlatform, type Platform } from './platform.ts'
import { askPassword } from './prompt.ts'
import { stateFrom } from './state.ts'

const USAGE = `npm run admin -- <command> <username> [options]

  grant <username> [--admin] [--staff] [--superuser]     give flags to an account
  revoke <username> [--admin] [--staff] [--superuser]    remove flags from an account
  create <username> [--email <address>] [flags]          create an account; asks for its password
  deactivate <username>                                  deactivate an account and revoke all its credentials
  reactivate <username>                                  reactivate an account
  sessions <username> [--end]                            list the sessions; --end ends all of them
  unlock <username>                                      remove the lock that failed log-ins caused
  audit [--of <username>] [--by <username>] [--since <date>] [--before <number>]    print the audit trail
  erase <username>                                       delete an account and all its data; the Worker must be running

  --remote                use the production database instead of the local one
  --persist-to <folder>   use the local database in this folder`

const options = {
  admin: { type: 'boolean' },
  staff: { type: 'boolean' },
  superuser: { type: 'boolean' },
  end: { type: 'boolean' },
  remote: { type: 'boolean' },
  help: { type: 'boolean' },
  email: { type: 'string' },
  of: { type: 'string' },
  by: { type: 'string' },
  since: { type: 'string' },
  before: { type: 'string' },
  'persist-to': { type: 'string' },
} as const

const parse = () => {
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}

type Options = ReturnType<typeof parse>['values']

const flagsFrom = (values: Options, value: boolean): Flags => ({
  ...(values.admin && { isAdmin: value }),
  ...(values.staff && { isStaff: value }),
  ...(values.superuser && { isSuperuser: value }),
})

const requireFlags = (values: Options, value: boolean): Flags => {
  const flags = flagsFrom(values, value)
  if (Object.keys(flags).length === 0) throw new CliError('Name at least one flag: --admin, --staff or --superuser.')
  return flags
}

const requireAccount = (account: Account | null, username: string): Account => {
  if (!account) throw new CliError(`No account has the username ${username}.`)
  return account
}

const describe = (account: Account): string => {
  const flags = [account.isAdmin && 'admin', account.isStaff && 'staff', account.isSuperuser && 'superuser'].filter(Boolean)
  return `${account.username} (${account.id}): ${account.isActive ? 'active' : 'inactive'}, ${flags.join(', ') || 'no flags'}`
}

const create = async (context: OperatorContext, username: string, values: Options): Promise<string> => {
  if (!isUsername(username) || username.length > USERNAME_MAX)
    throw new CliError('A username has at most 150 characters: letters, digits and @ . + - _')
  const password = await askPassword(`Password for ${username}`)
  await loadCommonPasswords(context)
  if (!isAcceptable(password, 'strict'))
    throw new CliError(`The password is not acceptable: ${passwordProblems(password, 'strict').join(', ')}.`)
  const registered = await register(context, { username, password, email: values.email })
  if (registered instanceof Failure) {
    throw new CliError(
      registered.code === 'taken'
        ? `Already taken: ${registered.detail && 'fields' in registered.detail ? registered.detail.fields.join(', ') : username}.`
        : 'Registration failed. Try again in a moment.',
    )
  }
  return describe(requireAccount(await setFlags(context, username, flagsFrom(values, true)), username))
}

const sessions = async (context: OperatorContext, username: string, values: Options): Promise<string> => {
  const account = requireAccount(await findAccount(context, username), username)
  if (values.end) return `Sessions ended: ${await endAllSessions(context, account)}.`
  const active = await listSessionsOf(context, account.id)
  const lines = active.map(({ id, kind, createdAt, lastSeenDay, userAgent }) =>
    [id, kind.padEnd(7), new Date(createdAt).toISOString(), `last seen ${lastSeenDay}`, userAgent].join('  '),
  )
  return [`${describe(account)}; active sessions: ${active.length}`, ...lines].join('\n')
}

/** Runs a call to the Worker. If the Worker is not reachable, the error tells the operator what to start. */
const callWorker = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw new CliError(`The Worker does not respond. Is \`npm run dev\` running? (${error instanceof Error ? error.message : error})`)
  }
}

const erase = async (operator: Operator | undefined, username: string): Promise<string> => {
  if (!operator) throw new Error('the platform was opened without the Operator binding')
  const erased = await callWorker(async () => operator.erase(username))
  if (!erased) throw new CliError(`No account has the username ${username}.`)
  const { rows, alarms, conversation, deskEvents, pictures } = erased
  const tables = Object.entries(rows).map(([table, count]) => `  ${table.padEnd(26)} ${count}`)
  const objects = Object.entries({
    'alarm rows': alarms,
    'conversation rows': conversation,
    'desk events': deskEvents,
    pictures,
  })
  return [
    `${erased.username} (${erased.accountId}) was erased:`,
    ...tables,
    ...objects.map(([name, count]) => `  ${name.padEnd(26)} ${count}`),
  ].join('\n')
}

const run = async (
  { context, env: { OPERATOR: operator } }: Platform,
  command: string,
  username: string,
  values: Options,
): Promise<string> => {
  await recordCommand(context, username || (values.of ?? ''), process.argv.slice(2).join(' '))
  switch (command) {
    case 'grant':
      return describe(requireAccount(await setFlags(context, username, requireFlags(values, true)), username))
    case 'revoke':
      return describe(requireAccount(await setFlags(context, username, requireFlags(values, false)), username))
    case 'create':
      return create(context, username, values)
    case 'deactivate': {
      const account = requireAccount(await findAccount(context, username), username)
      return (await closeAccount(context, account.id))
        ? `${username} is deactivated, and all its credentials are revoked.`
        : `${username} was inactive already.`
    }
    case 'reactivate':
      return describe(requireAccount(await reactivate(context, username), username))
    case 'sessions':
      return sessions(context, username, values)
    case 'audit':
      return audit(context, values)
    case 'erase':
      return erase(operator, username)
    case 'unlock':
      await unlock(context, username)
      return `${username} is unlocked.`
    default:
      throw new CliError(USAGE)
  }
}

const main = async (): Promise<void> => {
  const { values, positionals } = parse()
  const [command, username = '', ...rest] = positionals
  if (values.help || !command || (username === '') !== (command === 'audit') || rest.length > 0) throw new CliError(USAGE)
  const state = stateFrom(values['persist-to']).folder
  const platform = await openPlatform({ remote: values.remote === true, state, operator: command === 'erase' })
  try {
    console.log(await run(platform, command, username, values))
  } finally {
    await platform.close()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof CliError ? error.message : error)
  process.exitCode = 1
})
