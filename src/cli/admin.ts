import { parseArgs } from 'node:util'
import { loadCommonPasswords } from '../domain/accounts/common-passwords.ts'
import { closeAccount } from '../domain/accounts/deactivate.ts'
import { isUsername, USERNAME_MAX } from '../domain/accounts/names.ts'
import { endAllSessions, type Flags, findAccount, reactivate, setFlags, unlock } from '../domain/accounts/operate.ts'
import { isAcceptable, passwordProblems } from '../domain/accounts/password-rules.ts'
import { register } from '../domain/accounts/register.ts'
import type { Account, Context } from '../domain/context.ts'
import { Failure } from '../domain/failures.ts'
import { liveSessionsOf } from '../domain/sessions/list-live.ts'
import { type Operator, openPlatform, type Platform } from './platform.ts'
import { askPassword } from './prompt.ts'
import { stateFrom } from './state.ts'

const USAGE = `npm run admin -- <command> <username> [options]

  grant <username> [--admin] [--staff] [--superuser]     give flags
  revoke <username> [--admin] [--staff] [--superuser]    take flags
  create <username> [--email <address>] [flags]          make an account; asks for its password
  deactivate <username>                                  close an account: every credential is dead at once
  reactivate <username>                                  open it again
  sessions <username> [--end]                            where it is logged in; --end ends them all
  unlock <username>                                      lift the lock that failed log-ins put on it
  erase <username>                                       remove a person and everything of theirs; needs the running Worker

  --remote                production's database instead of the local one
  --persist-to <folder>   another local database than the usual one`

/** Told to the operator as it is, without a stack. */
class Said extends Error {}

const options = {
  admin: { type: 'boolean' },
  staff: { type: 'boolean' },
  superuser: { type: 'boolean' },
  end: { type: 'boolean' },
  remote: { type: 'boolean' },
  help: { type: 'boolean' },
  email: { type: 'string' },
  'persist-to': { type: 'string' },
} as const

const parse = () => {
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    throw new Said(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}

type Given = ReturnType<typeof parse>['values']

const flagsFrom = (given: Given, value: boolean): Flags => ({
  ...(given.admin && { isAdmin: value }),
  ...(given.staff && { isStaff: value }),
  ...(given.superuser && { isSuperuser: value }),
})

const requireFlags = (given: Given, value: boolean): Flags => {
  const flags = flagsFrom(given, value)
  if (Object.keys(flags).length === 0) throw new Said('Which one? --admin, --staff or --superuser.')
  return flags
}

const known = (account: Account | null, username: string): Account => {
  if (!account) throw new Said(`There is no account called ${username}.`)
  return account
}

const describe = (account: Account): string => {
  const flags = [account.isAdmin && 'admin', account.isStaff && 'staff', account.isSuperuser && 'superuser'].filter(Boolean)
  return `${account.username} (${account.id}): ${account.isActive ? 'active' : 'closed'}, ${flags.join(', ') || 'no flags'}`
}

const create = async (context: Context, username: string, given: Given): Promise<string> => {
  if (!isUsername(username) || username.length > USERNAME_MAX) throw new Said('A username is letters, digits and @ . + - _, 150 at most.')
  const password = await askPassword(`Password for ${username}`)
  await loadCommonPasswords(context)
  if (!isAcceptable(password, 'strict')) throw new Said(`That password won't do: ${passwordProblems(password, 'strict').join(', ')}.`)
  const made = await register(context, { username, password, email: given.email })
  if (made instanceof Failure) {
    throw new Said(
      made.code === 'taken'
        ? `Somebody has that already: ${made.detail && 'fields' in made.detail ? made.detail.fields.join(', ') : username}.`
        : 'Try again in a moment.',
    )
  }
  return describe(known(await setFlags(context, username, flagsFrom(given, true)), username))
}

const sessions = async (context: Context, username: string, given: Given): Promise<string> => {
  const account = known(await findAccount(context, username), username)
  if (given.end) return `${await endAllSessions(context, account)} ended.`
  const live = await liveSessionsOf(context, account.id)
  const lines = live.map(({ id, kind, createdAt, lastSeenDay, userAgent }) =>
    [id, kind.padEnd(7), new Date(createdAt).toISOString(), `seen ${lastSeenDay}`, userAgent].join('  '),
  )
  return [`${describe(account)}; ${live.length} live`, ...lines].join('\n')
}

const answered = async <T>(asked: () => Promise<T>): Promise<T> => {
  try {
    return await asked()
  } catch (error) {
    throw new Said(`The Worker does not answer: is \`npm run dev\` running? (${error instanceof Error ? error.message : error})`)
  }
}

const erase = async (operator: Operator | undefined, username: string): Promise<string> => {
  if (!operator) throw new Error('the platform was opened without the Worker')
  const erased = await answered(async () => operator.erase(username))
  if (!erased) throw new Said(`There is no account called ${username}.`)
  const { rows, alarms, conversation, deskEvents, pictures } = erased
  const tables = Object.entries(rows).map(([table, count]) => `  ${table.padEnd(26)} ${count}`)
  const objects = Object.entries({
    'rows of alarms': alarms,
    'rows of the conversation': conversation,
    'events at the desk': deskEvents,
    pictures,
  })
  return [
    `${erased.username} (${erased.accountId}) is erased:`,
    ...tables,
    ...objects.map(([what, count]) => `  ${what.padEnd(26)} ${count}`),
  ].join('\n')
}

const run = async (
  { context, env: { OPERATOR: operator } }: Platform,
  command: string,
  username: string,
  given: Given,
): Promise<string> => {
  switch (command) {
    case 'grant':
      return describe(known(await setFlags(context, username, requireFlags(given, true)), username))
    case 'revoke':
      return describe(known(await setFlags(context, username, requireFlags(given, false)), username))
    case 'create':
      return create(context, username, given)
    case 'deactivate': {
      const account = known(await findAccount(context, username), username)
      return (await closeAccount(context, account.id))
        ? `${username} is closed, and every credential dead.`
        : `${username} was closed already.`
    }
    case 'reactivate':
      return describe(known(await reactivate(context, username), username))
    case 'sessions':
      return sessions(context, username, given)
    case 'erase':
      return erase(operator, username)
    case 'unlock':
      await unlock(context, username)
      return `${username} is not locked.`
    default:
      throw new Said(USAGE)
  }
}

const main = async (): Promise<void> => {
  const { values: given, positionals } = parse()
  const [command, username, ...more] = positionals
  if (given.help || !command || !username || more.length > 0) throw new Said(USAGE)
  const state = stateFrom(given['persist-to']).folder
  const platform = await openPlatform({ remote: given.remote === true, state, operator: command === 'erase' })
  try {
    console.log(await run(platform, command, username, given))
  } finally {
    await platform.close()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Said ? error.message : error)
  process.exitCode = 1
})
