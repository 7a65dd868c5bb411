import * as z from 'zod'
import { mediaUrl } from '../../http/response/media.ts'
import type { Account } from '../../model/account.ts'
import type { FacilityProfile } from '../../model/profile.ts'

const User = z
  .object({
    id: z.int(),
    username: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    display_name: z.string(),
    facility_id: z.string(),
    profile_picture: z.string(),
    consent: z.boolean(),
  })
  .meta({ id: 'User' })

/** The same object wherever this contract shows a user. */
export const toWire = (account: Account, profile: FacilityProfile | null, requestUrl: string): z.infer<typeof User> => ({
  id: account.id,
  username: account.username,
  firstName: account.firstName,
  lastName: account.lastName,
  display_name: profile?.displayName ?? '',
  facility_id: profile?.facilityId ?? '',
  profile_picture: mediaUrl(requestUrl, account.profilePicture) ?? '',
  consent: profile?.consent ?? false,
})

export const EXAMPLE_USER = {
  id: 1,
  username: 'JohnSmith',
  firstName: '',
  lastName: '',
  display_name: 'John',
  facility_id: '234',
  profile_picture: '',
  consent: false,
}

export const UserFound = z.object({ data: z.object({ user: User }) }).meta({ id: 'UserFound' })
export const UserDone = z.object({ detail: z.string(), data: z.object({ user: User }) }).meta({ id: 'UserDone' })
