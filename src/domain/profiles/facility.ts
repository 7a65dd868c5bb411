import type { Account } from '../../model/account.ts'
import type { FacilityProfile } from '../../model/facility.ts'
import { findFacilityProfile, saveFacilityProfile } from '../../store/profiles.ts'
import type { MemberContext } from '../access.ts'

interface FacilityPerson {
  readonly account: Account
  readonly profile: FacilityProfile
}

/** Returns the caller's account and facility profile. */
export const readFacilityProfile = async (context: MemberContext): Promise<FacilityPerson> => {
  const profile = await findFacilityProfile(context.store, context.actor.account.id)
  return { account: await context.actor.load(), profile }
}

export interface FacilityChanges {
  readonly displayName?: string | undefined
  readonly facilityId?: string | undefined
  readonly consent?: boolean | undefined
  readonly theme?: FacilityProfile['theme'] | undefined
  readonly textSize?: FacilityProfile['textSize'] | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly profilePicture?: string | null | undefined
}

/** Changes the fields in the input; the others stay. */
export const changeFacilityProfile = async ({ store, actor, now }: MemberContext, changes: FacilityChanges): Promise<FacilityPerson> => {
  const { firstName, lastName, profilePicture, ...fields } = changes
  const { account, profile } = await saveFacilityProfile(store, actor.account.id, fields, { firstName, lastName, profilePicture }, now())
  return { account: account ?? (await actor.load()), profile }
}
