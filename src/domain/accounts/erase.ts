import { deleteAccount, findDoomed } from '../../store/erasure.ts'
import type { Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
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
export const eraseAccount = async (ctx: Ctx, username: string): Promise<Erased | Refusal<'not-found'>> => {
  const key = usernameKey(username)
  const doomed = await findDoomed(ctx.store, key)
  if (!doomed) return refuse('not-found')
  const { id } = doomed
  await closeAccount(ctx, id)
  const [alarms, conversation, deskEvents] = await Promise.all([
    ctx.alarms.of(id).erase(),
    ctx.support.room(id).erase(),
    ctx.support.desk(id).forget(id),
  ])
  const pictures = doomed.picture?.startsWith(MEDIA) ? [doomed.picture.slice(MEDIA.length)] : []
  await ctx.media.remove(pictures)
  const rows = await deleteAccount(ctx.store, { id, who: await failureKey(key) })
  if (!rows) return refuse('not-found')
  // A trigger that was let in before the account was closed may have arrived since, and told the desk.
  const late = await ctx.alarms.of(id).erase()
  const lateEvents = await ctx.support.desk(id).forget(id)
  return {
    accountId: id,
    username: doomed.username,
    rows,
    alarms: alarms + late,
    conversation,
    deskEvents: deskEvents + lateEvents,
    pictures: pictures.length,
  }
}
