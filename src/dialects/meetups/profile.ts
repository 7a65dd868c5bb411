import * as z from 'zod/mini'
import { changeMeetupProfile, readMeetupProfile } from '../../domain/profiles/meetups.ts'
import { date, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import { type Account, usernameIn } from '../../model/account.ts'
import type { MeetupProfile } from '../../model/profile.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { isoTime } from '../../model/time.ts'

/** The profile fields of registration and of profile updates. At registration a name may be omitted or blank; an update cannot set a blank name. */
export const profileFields = {
  first_name: ({ blank = false } = {}) => text({ max: 150, blank }),
  last_name: ({ blank = false } = {}) => text({ max: 150, blank }),
  date_of_birth: () => date(),
  bio: () => text({ max: 500, blank: true, long: true }),
}

const Profile = documented(
  z.object({
    id: z.string(),
    username: z.string(),
    email: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    date_of_birth: z.nullable(z.string()),
    bio: z.string(),
    date_joined: z.string(),
  }),
  { id: 'Profile' },
)

const toWire = (account: Account, { dateOfBirth, bio }: MeetupProfile): z.infer<typeof Profile> => ({
  id: account.objectId,
  username: usernameIn('meetups', account),
  email: account.email,
  first_name: account.firstName,
  last_name: account.lastName,
  date_of_birth: dateOfBirth,
  bio,
  date_joined: isoTime(account.createdAt),
})

const Changes = z.partial(
  z.object({
    first_name: profileFields.first_name(),
    last_name: profileFields.last_name(),
    date_of_birth: z.nullable(profileFields.date_of_birth()),
    bio: profileFields.bio(),
  }),
)

const Updated = documented(z.object({ message: z.string(), user: Profile }), { id: 'ProfileUpdated' })

const readProfile = route({
  method: 'GET',
  path: '/api/profile/',
  operationId: 'getProfile',
  summary: "Get the caller's profile",
  access: member,
  responses: { 200: ok(Profile) },
  handle: async ({ context }) => {
    const { account, profile } = await readMeetupProfile(context)
    return { status: 200, body: toWire(account, profile) }
  },
})

const changeProfile = route({
  method: 'PUT',
  path: '/api/profile/update/',
  operationId: 'changeProfile',
  summary: "Change the caller's profile",
  access: member,
  quota: QUOTAS.accountChanges,
  body: Changes,
  responses: {
    200: ok(Updated),
  },
  handle: async ({ context, body }) => {
    const { first_name: firstName, last_name: lastName, date_of_birth: dateOfBirth, bio } = body
    const { account, profile } = await changeMeetupProfile(context, { firstName, lastName, dateOfBirth, bio })
    return { status: 200, body: { message: 'Profile updated successfully', user: toWire(account, profile) } }
  },
})

/** Every /api/profile/* route of this contract. */
export const profileRoutes = [readProfile, changeProfile, alias(changeProfile, { method: 'PATCH', operationId: 'patchProfile' })]
