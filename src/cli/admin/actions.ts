import { pipeline } from 'node:stream/promises'
import type { OperatorContext } from '../../domain/access.ts'
import { loadCommonPasswords } from '../../domain/accounts/common-passwords.ts'
import { closeAccount } from '../../domain/accounts/deactivate.ts'
import {
  endAllSessions,
  findAccount,
  listAccounts,
  reactivate,
  setFlags,
  setPassword,
  unlock,
} from '../../domain/accounts/operator-actions.ts'
import { createEnrolment, listPasskeysOf, removePasskeyOf } from '../../domain/accounts/passkeys.ts'
import { type AcceptedPassword, isAcceptable, passwordProblems } from '../../domain/accounts/password-rules.ts'
import { register } from '../../domain/accounts/register.ts'
import { listSessionsOf } from '../../domain/sessions/list-active.ts'
import { type Account, EMAIL_MAX, type Flags, isEmail, isSameUsername, isUsername, USERNAME_MAX } from '../../model/account.ts'
import { Failure } from '../../model/result.ts'
import { callWorker } from '../call-worker.ts'
import { CliError } from '../cli-error.ts'
import type { Operator } from '../platform.ts'
import { ask, askNewPassword, type Terminal } from '../prompt.ts'
import { writeNewFile } from '../write-new-file.ts'
import type { CommandName, Options } from './arguments.ts'
import { readAudit } from './audit.ts'
import { accountTable, describeAccount, describeEnrolment, describeErasure, describePasskeys, describeSessions } from './texts.ts'

interface Call {
  readonly context: OperatorContext
  /** The running Worker; undefined for commands that do not need it. */
  readonly operator: Operator | undefined
  readonly terminal: Terminal
  readonly username: string
  readonly options: Options
}

/** Runs a command and returns what it prints; null if it has printed everything. */
type Action = (call: Call) => Promise<string | null>

const requireAccount = (account: Account | null, username: string): Account => {
  if (!account) throw new CliError(`No account has the username ${username}.`)
  return account
}

const flagsFrom = ({ admin, staff, superuser }: Options, value: boolean): Flags => ({
  ...(admin && { isAdmin: value }),
  ...(staff && { isStaff: value }),
  ...(superuser && { isSuperuser: value }),
})

const changeFlags =
  (value: boolean): Action =>
  async ({ context, username, options }) => {
    const flags = flagsFrom(options, value)
    if (Object.keys(flags).length === 0) throw new CliError('Name at least one flag: --admin, --staff or --superuser.')
    return describeAccount(requireAccount(await setFlags(context, username, flags), username))
  }

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

const integerFrom = (text: string | undefined, name: string, defaultValue: number, [min, max]: readonly [number, number]): number => {
  if (text === undefined) return defaultValue
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) throw new CliError(`--${name} must be a number from ${min} to ${max}.`)
  return value
}

const list: Action = async ({ context, options }) => {
  const after = integerFrom(options.after, 'after', 0, [0, Number.MAX_SAFE_INTEGER])
  const limit = integerFrom(options.limit, 'limit', DEFAULT_LIMIT, [1, MAX_LIMIT])
  const { items, next } = await listAccounts(context, { after, limit })
  return accountTable(items, next, limit)
}

/** Asks for a password and checks it by the stricter rules, because the account may get flags. */
const acceptedPassword = async ({ context, terminal }: Pick<Call, 'context' | 'terminal'>, username: string): Promise<AcceptedPassword> => {
  const password = await askNewPassword(username, terminal)
  await loadCommonPasswords(context)
  if (!isAcceptable(password, 'strict'))
    throw new CliError(`The password is not acceptable: ${passwordProblems(password, 'strict').join(', ')}.`)
  return password
}

/** The same rules as in the contracts' registrations. */
const requireValid = (username: string, email: string): void => {
  if (!isUsername(username) || username.length > USERNAME_MAX)
    throw new CliError(`A username has at most ${USERNAME_MAX} characters: letters, digits and @ . + - _`)
  if (email !== '' && (!isEmail(email) || [...email].length > EMAIL_MAX)) throw new CliError(`${email} is not a valid e-mail address.`)
}

const create: Action = async ({ context, terminal, username, options }) => {
  const email = options.email?.trim() ?? ''
  requireValid(username, email)
  const registered = await register(context, { username, password: await acceptedPassword({ context, terminal }, username), email })
  if (registered instanceof Failure) {
    throw new CliError(
      registered.code === 'taken'
        ? `Already taken: ${registered.detail && 'fields' in registered.detail ? registered.detail.fields.join(', ') : username}.`
        : 'Registration failed. Try again in a moment.',
    )
  }
  return describeAccount(requireAccount(await setFlags(context, username, flagsFrom(options, true)), username))
}

const changePassword: Action = async ({ context, terminal, username }) => {
  const account = requireAccount(await findAccount(context, username), username)
  const ended = await setPassword(context, account, await acceptedPassword({ context, terminal }, account.username))
  if (ended instanceof Failure) throw new CliError(`${account.username} was not changed: the account was erased in the meantime.`)
  return `${account.username} has a new password. Sessions ended: ${ended}.`
}

const deactivate: Action = async ({ context, username }) => {
  const account = requireAccount(await findAccount(context, username), username)
  return (await closeAccount(context, account.id))
    ? `${account.username} is deactivated, and all its credentials are revoked.`
    : `${account.username} was inactive already.`
}

const sessions: Action = async ({ context, username, options }) => {
  const account = requireAccount(await findAccount(context, username), username)
  if (options.end) return `Sessions ended: ${await endAllSessions(context, account)}.`
  return describeSessions(account, await listSessionsOf(context, account.id))
}

const passkeys: Action = async ({ context, username, options: { enrol, remove } }) => {
  const account = requireAccount(await findAccount(context, username), username)
  if (enrol && remove !== undefined) throw new CliError('Use --enrol or --remove, one at a time.')
  if (remove !== undefined) {
    if (!(await removePasskeyOf(context, account.id, remove))) throw new CliError(`${account.username} has no passkey ${remove}.`)
    return `The passkey is removed. ${account.username} is notified by e-mail.`
  }
  const list = await listPasskeysOf(context, account.id)
  if (!enrol) return describePasskeys(account, list)
  if (list.length > 0)
    throw new CliError(`${account.username} has a passkey, and can add others with it. Remove those of lost devices first.`)
  return describeEnrolment(account, await createEnrolment(context, account.id))
}

const removeLock: Action = async ({ context, username }) => {
  const account = requireAccount(await findAccount(context, username), username)
  return (await unlock(context, account)) ? `${account.username} is unlocked.` : `${account.username} was not locked.`
}

const requireOperator = (operator: Operator | undefined): Operator => {
  if (!operator) throw new Error('the platform was opened without the Operator binding')
  return operator
}

const exportPerson: Action = async ({ operator, terminal, username, options }) => {
  const worker = requireOperator(operator)
  const data = await callWorker(async () => worker.export(username))
  if (!data) throw new CliError(`No account has the username ${username}.`)
  if (options.out === undefined) {
    await pipeline(data, terminal.output, { end: false })
    return null
  }
  await writeNewFile(options.out, data)
  return `The data of ${username} is in ${options.out}.`
}

const erase: Action = async ({ context, operator, terminal, username, options }) => {
  const worker = requireOperator(operator)
  const account = requireAccount(await findAccount(context, username), username)
  if (!options.yes) {
    const database = options.remote ? 'the production database' : 'the local database'
    const answer = await ask(
      `This deletes ${account.username} (${account.id}) and all its data from ${database}. Type the username to confirm`,
      terminal,
    )
    if (answer === null || !isSameUsername(answer, account.username))
      throw new CliError('Nothing was erased, because the username was not repeated. Scripts pass --yes.')
  }
  const erased = await callWorker(async () => worker.erase(account.username))
  if (!erased) throw new CliError(`No account has the username ${username}.`)
  return describeErasure(erased)
}

export const ACTIONS: Readonly<Record<CommandName, Action>> = {
  list,
  create,
  'set-password': changePassword,
  grant: changeFlags(true),
  revoke: changeFlags(false),
  deactivate,
  reactivate: async ({ context, username }) => describeAccount(requireAccount(await reactivate(context, username), username)),
  sessions,
  passkeys,
  unlock: removeLock,
  audit: ({ context, options }) => readAudit(context, options),
  export: exportPerson,
  erase,
}
