import { deleteAccount, findErasureTarget } from '../../store/erasure.ts'
import type { Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { failureKey } from '../sessions/log-in.ts'
import { closeAccount } from './deactivate.ts'
import { usernameKey } from './names.ts'

export interface Erased {
  readonly accountId: number
  readonly username: string
  /** Rows of the database, by table: those that name the account. What it could log in with went before, when it was closed. */
  readonly rows: Readonly<Record<string, number>>
  /** Rows of the objects: alarms with all that belongs to them, the support conversation, what the desk was told. */
  readonly alarms: number
  readonly conversation: number
  readonly deskEvents: number
  readonly pictures: number
}

const MEDIA = '/media/'

/**
 * Removes a person from every table, object and bucket. The row of the account goes last, so that what breaks off half
 * way can be done again by the same name; and it is closed first, so that nothing new begins meanwhile.
 */
export const eraseAccount = async (context: Context, username: string): Promise<Erased | Failure<'not-found'>> => {
  const key = usernameKey(username)
  const target = await findErasureTarget(context.store, key)
  if (!target) return fail('not-found')
  const { id } = target
  await closeAccount(context, id)
  const [alarms, conversation, deskEvents] = await Promise.all([
    context.alarms.of(id).erase(),
    context.support.room(id).erase(),
    context.support.desk(id).forget(id),
  ])
  const pictures = target.picture?.startsWith(MEDIA) ? [target.picture.slice(MEDIA.length)] : []
  await context.media.remove(pictures)
  const rows = await deleteAccount(context.store, { id, who: await failureKey(key) })
  if (!rows) return fail('not-found')
  // A trigger that was let in before the account was closed may have arrived since, and told the desk.
  const late = await context.alarms.of(id).erase()
  const lateEvents = await context.support.desk(id).forget(id)
  return {
    accountId: id,
    username: target.username,
    rows,
    alarms: alarms + late,
    conversation,
    deskEvents: deskEvents + lateEvents,
    pictures: pictures.length,
  }
}
