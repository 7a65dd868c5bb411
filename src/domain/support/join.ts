import { fail, type Result } from '../../model/result.ts'
import { recordDeskUser, recordSocketUser, recordSocketUserAndFindPerson } from '../../store/socket-users.ts'
import { isOwnerOrStaff, type MemberContext, type StaffContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import type { OpenRoom } from './open-room.ts'

/** Checks that the caller may connect to a room, and records the caller as a connected account. */
export const joinRoom = async (context: MemberContext, accountId: number): Promise<Result<OpenRoom, 'forbidden' | 'not-found'>> => {
  const { id } = context.actor.account
  if (!isOwnerOrStaff(context, accountId)) return fail('forbidden')
  if (accountId === id) {
    await recordSocketUser(context.store, id)
    const { username } = await context.actor.load()
    return { person: { id, username }, asStaff: false }
  }
  const audit = auditEntry(context, 'conversation-opened', accountId, 'socket')
  const person = await recordSocketUserAndFindPerson(context.store, id, accountId, audit)
  return person ? { person: { id: accountId, username: person.username }, asStaff: true } : fail('not-found')
}

/** Records a staff member, who connects to the desk, as a connected account. */
export const joinDesk = (context: StaffContext): Promise<void> =>
  recordDeskUser(context.store, context.actor.account.id, auditEntry(context, 'desk-opened', null))
