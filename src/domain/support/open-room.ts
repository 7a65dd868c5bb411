import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { isOwnerOrStaff } from '../recovery/rules.ts'
import type { PersonRef } from './types.ts'

export interface OpenRoom {
  readonly person: PersonRef
  /** Whoever is staff is a person, too, in the room that is their own. */
  readonly asStaff: boolean
}

/** Whose room this is, where the caller may come in. */
export const openRoom = async (context: MemberContext, accountId: number): Promise<OpenRoom | Failure<'not-yours' | 'not-found'>> => {
  const { id, username } = context.actor.account
  if (!isOwnerOrStaff(context, accountId)) return fail('not-yours')
  if (accountId === id) return { person: { id, username }, asStaff: false }
  const found = await findRecoveryProfile(context.store, accountId)
  return found ? { person: { id: accountId, username: found.username }, asStaff: true } : fail('not-found')
}
