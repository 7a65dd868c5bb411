import { findMeetupProfile, findPerson, type MeetupProfile, type PublicPerson, saveMeetupProfile } from '../../store/profiles.ts'
import type { Account, Ctx, MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { MeetupProfile, PublicPerson }

interface MeetupPerson {
  readonly account: Account
  readonly profile: MeetupProfile
}

/** The caller, as a planner of meetups knows them. */
export const readMeetupProfile = async (ctx: MemberCtx): Promise<MeetupPerson> => {
  const { account } = ctx.actor
  return { account, profile: await findMeetupProfile(ctx.store, account.id) }
}

export interface MeetupChanges {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly dateOfBirth?: string | null | undefined
  readonly bio?: string | undefined
}

/** Changes what the caller gives; the rest stays. */
export const changeMeetupProfile = (
  { store, actor, now }: MemberCtx,
  { firstName, lastName, dateOfBirth, bio }: MeetupChanges,
): Promise<MeetupPerson> => saveMeetupProfile(store, actor.account, { dateOfBirth, bio }, { firstName, lastName }, now())

/** What anybody may know of somebody. */
export const readPerson = async (ctx: Ctx, objectId: string): Promise<PublicPerson | Refusal<'not-found'>> =>
  (await findPerson(ctx.store, objectId)) ?? refuse('not-found')
