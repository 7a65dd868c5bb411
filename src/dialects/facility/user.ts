import * as z from 'zod/mini'
import type { Context } from '../../domain/context.ts'
import { documented } from '../../http/response/documented.ts'
import { mediaUrl } from '../../http/response/media.ts'
import { type Account, usernameIn } from '../../model/account.ts'
import { FACILITY_TEXT_SIZES, FACILITY_THEMES, type FacilityProfile } from '../../model/facility.ts'
import { isUploadedPicture } from '../../model/picture.ts'
import { numberOf } from './numbers.ts'

const User = documented(
  z.object({
    id: z.union([z.int(), documented(z.string(), { format: 'uuid' })]),
    username: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    display_name: z.string(),
    facility_id: z.string(),
    profile_picture: z.string(),
    consent: z.boolean(),
    preferences: z.object({ theme: z.enum(FACILITY_THEMES), text_size: z.enum(FACILITY_TEXT_SIZES) }),
  }),
  { id: 'User' },
)

/** A picture that was uploaded through another contract gets an absolute URL; any other value is shown as it was given. */
const pictureToWire = (picture: string | null, requestUrl: string): string =>
  (picture !== null && isUploadedPicture(picture) ? mediaUrl(requestUrl, picture) : picture) ?? ''

/** The same object wherever this contract shows a user. */
export const toWire = (context: Context, account: Account, profile: FacilityProfile, requestUrl: string): z.infer<typeof User> => ({
  id: profile.formerUuid ?? numberOf(context, account.id),
  username: usernameIn('facility', account),
  firstName: account.firstName,
  lastName: account.lastName,
  display_name: profile.displayName,
  facility_id: profile.facilityId,
  profile_picture: pictureToWire(account.profilePicture, requestUrl),
  consent: profile.consent,
  preferences: { theme: profile.theme, text_size: profile.textSize },
})

export const UserFound = documented(z.object({ data: z.object({ user: User }) }), { id: 'UserFound' })
export const UserDone = documented(z.object({ detail: z.string(), data: z.object({ user: User }) }), { id: 'UserDone' })
