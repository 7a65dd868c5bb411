import { recordSocketUser, recordSocketUserAndFindPerson } from '../../store/socket-users.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { isOwnerOrStaff } from '../recovery/rules.ts'
import { openDesk } from './open-desk.ts'
import type { OpenRoom } from './open-room.ts'

/** Whose room the caller sits down in. */
export const joinRoom = async (context: MemberContext, accountId: number): Promise<OpenRoom | Failure<'not-yours' | 'not-found'>> => {
  const { id, username } = context.actor.account
  if (!isOwnerOrStaff(context, accountId)) return fail('not-yours')
  if (accountId === id) {
    await recordSocketUser(context.store, id)
    return { person: { id, username }, asStaff: false }
  }
  const found = await recordSocketUserAndFindPerson(context.store, id, accountId)
  return found ? { person: { id: accountId, username: found.username }, asStaff: true } : fail('not-found')
}

/** Sits down at the desk. */
export const joinDesk = async (context: MemberContext): Promise<null | Failure<'not-yours'>> => {
  const refused = openDesk(context)
  if (!refused) await recordSocketUser(context.store, context.actor.account.id)
  return refused
}
