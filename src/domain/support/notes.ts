import { fail, type Result } from '../../model/result.ts'
import type { StaffNote } from '../../model/support.ts'
import { findRecoveryProfileRecorded } from '../../store/recovery-profiles.ts'
import type { StaffContext } from '../access.ts'
import { auditEntry } from '../audit.ts'

const MAX_NOTES = 200

/** What staff wrote about a person for other staff, newest first. */
export const readNotes = async (context: StaffContext, userId: number): Promise<Result<readonly StaffNote[], 'not-found'>> => {
  const person = await findRecoveryProfileRecorded(context.store, userId, auditEntry(context, 'notes-read', userId))
  return person ? context.support.room(userId).notes(MAX_NOTES) : fail('not-found')
}

/** Stores a note, and returns all of them. */
export const addNote = async (
  context: StaffContext,
  userId: number,
  { text, clientId }: { readonly text: string; readonly clientId: string },
): Promise<Result<readonly StaffNote[], 'not-found'>> => {
  const person = await findRecoveryProfileRecorded(context.store, userId, auditEntry(context, 'note-added', userId))
  if (!person) return fail('not-found')
  const { id, username } = await context.actor.load()
  const room = context.support.room(userId)
  await room.addNote({ id: userId, username: person.username }, { author: { id, username }, text, clientId })
  return room.notes(MAX_NOTES)
}
