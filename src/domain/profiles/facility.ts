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
  const { account } = context.actor
  return { account, profile: await findFacilityProfile(context.store, account.id) }
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
export const changeFacilityProfile = ({ store, actor, now }: MemberContext, changes: FacilityChanges): Promise<FacilityPerson> => {
  const { firstName, lastName, profilePicture, ...profile } = changes
  return saveFacilityProfile(store, actor.account, profile, { firstName, lastName, profilePicture }, now())
}
