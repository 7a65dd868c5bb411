import { recordSocketUser, recordSocketUserAndFindPerson } from '../../store/socket-users.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { isOwnerOrStaff } from '../recovery/rules.ts'
import { openDesk } from './open-desk.ts'
import type { OpenRoom } from './open-room.ts'

/** Checks that the caller may connect to a room, and records the caller as a connected account. */
export const joinRoom = async (context: MemberContext, accountId: number): Promise<OpenRoom | Failure<'forbidden' | 'not-found'>> => {
  const { id, username } = context.actor.account
  if (!isOwnerOrStaff(context, accountId)) return fail('forbidden')
  if (accountId === id) {
    await recordSocketUser(context.store, id)
    return { person: { id, username }, asStaff: false }
  }
  const person = await recordSocketUserAndFindPerson(context.store, id, accountId)
  return person ? { person: { id: accountId, username: person.username }, asStaff: true } : fail('not-found')
}

/** Checks that the caller may connect to the desk, and records the caller as a connected account. */
export const joinDesk = async (context: MemberContext): Promise<null | Failure<'forbidden'>> => {
  const failure = openDesk(context)
  if (!failure) await recordSocketUser(context.store, context.actor.account.id)
  return failure
}
