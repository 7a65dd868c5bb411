import type { Account } from '../../model/account.ts'
import type { MeetupProfile, PublicPerson } from '../../model/profile.ts'
import { fail, type Result } from '../../model/result.ts'
import { findMeetupProfile, findPerson, saveMeetupProfile } from '../../store/profiles.ts'
import type { MemberContext } from '../access.ts'

interface MeetupPerson {
  readonly account: Account
  readonly profile: MeetupProfile
}

/** Returns the caller's account and meetup profile. */
export const readMeetupProfile = async (context: MemberContext): Promise<MeetupPerson> => {
  const profile = await findMeetupProfile(context.store, context.actor.account.id)
  return { account: await context.actor.load(), profile }
}

export interface MeetupChanges {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly dateOfBirth?: string | null | undefined
  readonly bio?: string | undefined
}

/** Changes the fields in the input; the others stay. */
export const changeMeetupProfile = async (
  { store, actor, now }: MemberContext,
  { firstName, lastName, dateOfBirth, bio }: MeetupChanges,
): Promise<MeetupPerson> => {
  const { account, profile } = await saveMeetupProfile(store, actor.account.id, { dateOfBirth, bio }, { firstName, lastName }, now())
  return { account: account ?? (await actor.load()), profile }
}

/** Returns the public profile of a person. */
export const readPerson = async (context: MemberContext, objectId: string): Promise<Result<PublicPerson, 'not-found'>> =>
  (await findPerson(context.store, objectId, context.actor.account.id)) ?? fail('not-found')
