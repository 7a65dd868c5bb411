import { usernameKey } from '../../model/account.ts'
import { mediaKey } from '../../model/picture.ts'
import { fail, type Result } from '../../model/result.ts'
import { deleteAccount, findErasureTarget } from '../../store/erasure.ts'
import type { OperatorContext } from '../access.ts'
import { loginFailureKey } from '../sessions/login-guard.ts'
import { closeAccount } from './deactivate.ts'

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
}

/**
 * Deletes a person's data from every table, Durable Object and bucket. The account is closed first, so that nothing new is
 * created meanwhile. Its row is deleted last, so that an erasure that failed half-way can be repeated with the same username.
 */
export const eraseAccount = async (context: OperatorContext, username: string): Promise<Result<ErasureReport, 'not-found'>> => {
  const key = usernameKey(username)
  const target = await findErasureTarget(context.store, key)
  if (!target) return fail('not-found')
  const { id } = target
  await closeAccount(context, id)
  const [alarms, conversation, deskEvents] = await Promise.all([
    context.alarms.dispatcher(id).erase(),
    context.support.room(id).erase(),
    context.support.desk(id).forget(id),
  ])
  const pictureKey = target.picture === null ? null : mediaKey(target.picture)
  const pictures = pictureKey === null ? [] : [pictureKey]
  await context.media.remove(pictures)
  const rows = await deleteAccount(context.store, { id, who: await loginFailureKey(key) })
  if (!rows) return fail('not-found')
  // A trigger that was authorized before the account was closed may have arrived since, and notified the desk.
  const lateAlarms = await context.alarms.dispatcher(id).erase()
  const lateEvents = await context.support.desk(id).forget(id)
  return {
    accountId: id,
    username: target.username,
    rows,
    alarms: alarms + lateAlarms,
    conversation,
    deskEvents: deskEvents + lateEvents,
    pictures: pictures.length,
  }
}
