import { z } from '@hono/zod-openapi'
import type { Account } from '../../domain/context.ts'
import type { FacilityProfile } from '../../domain/profiles/facility.ts'
import { mediaUrl } from '../../http/media.ts'

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
  .openapi('User')

/** The user object, in the same form in every response of this contract. */
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

export const UserResponse = z.object({ data: z.object({ user: User }) }).openapi('UserResponse')
export const UserWithDetailResponse = z.object({ detail: z.string(), data: z.object({ user: User }) }).openapi('UserWithDetailResponse')
