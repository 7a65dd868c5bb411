import { type ErasureTarget, type StoredPictures, usernameKey } from '../../model/account.ts'
import { chatFilePrefix } from '../../model/chat-file.ts'
import { mediaKey, PICTURE_PREFIX } from '../../model/picture.ts'
import { Failure, fail, type Result } from '../../model/result.ts'
import { deleteAccount, findAccountForeignKeys, findErasureTarget, findStoredPictures } from '../../store/erasure.ts'
import { claimClosedAccounts } from '../../store/retention.ts'
import type { MemberContext, OperatorContext, SystemContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { loginFailureKey } from '../sessions/login-guard.ts'
import { confirmPassword } from './change-password.ts'
import { closeAccount, closeVerified } from './deactivate.ts'

export interface ErasureReport {
  readonly accountId: number
  readonly username: string
  /** Deleted database rows that refer to the account, by table. Its credentials are not counted: closing the account deleted them. */
  readonly rows: Readonly<Record<string, number>>
  /** Deleted rows of the Durable Objects: alarms with their steps and deliveries, the support conversation, the desk's events. */
  readonly alarms: number
  readonly conversation: number
  readonly deskEvents: number
  readonly pictures: number
  /** Deleted files of the support conversation. */
  readonly files: number
}

/** The operator erases an account. */
export const eraseAccount = async (context: OperatorContext, username: string): Promise<Result<ErasureReport, 'not-found'>> => {
  const target = await findErasureTarget(context.store, usernameKey(username))
  if (!target) return fail('not-found')
  await closeAccount(context, target.id)
  return erase(context, target)
}

/**
 * A person erases their own account. A wrong password counts as a failed log-in. If the erasure fails half-way, the account
 * is closed, and the operator can repeat the erasure.
 */
export const eraseOwnAccount = async (
  context: MemberContext,
  password: string,
): Promise<Result<ErasureReport, 'wrong-password' | 'throttled'>> => {
  const confirmed = await confirmPassword(context, password)
  if (confirmed instanceof Failure) return confirmed
  // Another request may have changed the password or closed the account in the meantime.
  if (!(await closeVerified(context, confirmed.stored))) return fail('wrong-password')
  const erased = await erase(context, await context.actor.load())
  return erased instanceof Failure ? fail('wrong-password') : erased
}

/** An erasure takes some ten queries, and the platform limits the queries of one run. */
const ERASED_AT_ONCE = 20

/**
 * Erases accounts that were closed long ago, if the operator has set a time for that. Returns how many; the rest is left to
 * the next run, and so is an erasure that fails; the others are done nevertheless.
 */
export const sweepClosedAccounts = async (context: SystemContext): Promise<number> => {
  const { closedAccountsMs } = context.settings.retention
  if (closedAccountsMs === 0) return 0
  const targets = await claimClosedAccounts(context.store, context.now() - closedAccountsMs, ERASED_AT_ONCE)
  if (targets.length === 0) return 0
  const keys = await findAccountForeignKeys(context.store)
  const errors: unknown[] = []
  for (const target of targets) await erase(context, target, keys).catch((error: unknown) => errors.push(error))
  if (errors.length > 0) throw errors[0]
  return targets.length
}

/**
 * Deletes a person's data from every table, Durable Object and bucket. The account has been closed, so that nothing new is
 * created meanwhile. Its row is deleted last, so that an erasure that failed half-way can be repeated with the same username.
 */
const erase = async (
  context: Context,
  { id, username }: ErasureTarget,
  knownKeys: Awaited<ReturnType<typeof findAccountForeignKeys>> | null = null,
): Promise<Result<ErasureReport, 'not-found'>> => {
  const [alarms, conversation, deskEvents] = await Promise.all([
    context.alarms.dispatcher(id).erase(),
    context.support.room(id).erase(),
    context.support.desk(id).forget(id),
    // The account is closed already. Without a bookmark, the gate sends its readers to the primary, which rejects them.
    context.gates.clear(id),
  ])
  const files = await context.media.removeAll(chatFilePrefix(id))
  const pictures = pictureKeys(await findStoredPictures(context.store, id))
  await context.media.remove(pictures)
  const who = await loginFailureKey(usernameKey(username))
  const keys = knownKeys ?? (await findAccountForeignKeys(context.store))
  const rows = await deleteAccount(context.store, { id, who, audit: auditEntry(context, 'account-erased', id), keys })
  if (!rows) return fail('not-found')
  // A trigger that was authorized before the account was closed may have arrived since, and notified the desk.
  const lateAlarms = await context.alarms.dispatcher(id).erase()
  const lateEvents = await context.support.desk(id).forget(id)
  // The same holds for an upload.
  await context.support.room(id).erase()
  const lateFiles = await context.media.removeAll(chatFilePrefix(id))
  return {
    accountId: id,
    username,
    rows,
    alarms: alarms + lateAlarms,
    conversation,
    deskEvents: deskEvents + lateEvents,
    pictures: pictures.length,
    files: files + lateFiles,
  }
}

/** The keys in the bucket. */
const pictureKeys = ({ picture, image }: StoredPictures): string[] => {
  const keys = [picture === null ? null : mediaKey(picture), image === null ? null : PICTURE_PREFIX + image]
  return [...new Set(keys.filter((key) => key !== null))]
}
