import { findMeetupProfile, findPerson, type MeetupProfile, type PublicPerson, saveMeetupProfile } from '../../store/profiles.ts'
import type { Account, Context, MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { MeetupProfile, PublicPerson }

interface MeetupPerson {
  readonly account: Account
  readonly profile: MeetupProfile
}

/** Returns the caller's account and meetup profile. */
export const readMeetupProfile = async (context: MemberContext): Promise<MeetupPerson> => {
  const { account } = context.actor
  return { account, profile: await findMeetupProfile(context.store, account.id) }
}

export interface MeetupChanges {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly dateOfBirth?: string | null | undefined
  readonly bio?: string | undefined
}

/** Changes the fields in the input; the others stay. */
export const changeMeetupProfile = (
  { store, actor, now }: MemberContext,
  { firstName, lastName, dateOfBirth, bio }: MeetupChanges,
): Promise<MeetupPerson> => saveMeetupProfile(store, actor.account, { dateOfBirth, bio }, { firstName, lastName }, now())

/** Returns the public profile of a person. */
export const readPerson = async (context: Context, objectId: string): Promise<PublicPerson | Failure<'not-found'>> =>
  (await findPerson(context.store, objectId)) ?? fail('not-found')
