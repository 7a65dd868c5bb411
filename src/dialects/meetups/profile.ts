import { createRoute, z } from '@hono/zod-openapi'
import type { Account } from '../../domain/context.ts'
import { changeMeetupProfile, type MeetupProfile, readMeetupProfile } from '../../domain/profiles/meetups.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { date, text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'

/** The profile fields of registration and of profile updates. At registration a name may be omitted or blank; an update cannot set a blank name. */
export const profileFields = {
  first_name: ({ blank = false } = {}) => text({ max: 150, blank, example: 'Johnny' }),
  last_name: ({ blank = false } = {}) => text({ max: 150, blank, example: 'Smith' }),
  date_of_birth: () => date({ example: '1990-01-01' }),
  bio: () => text({ max: 500, blank: true, long: true, example: 'Updated bio information' }),
}

const Profile = z
  .object({
    id: z.string(),
    username: z.string(),
    email: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    date_of_birth: z.string().nullable(),
    bio: z.string(),
    date_joined: z.string(),
  })
  .openapi('Profile')

const toWire = (account: Account, { dateOfBirth, bio }: MeetupProfile): z.infer<typeof Profile> => ({
  id: account.objectId,
  username: account.username,
  email: account.email,
  first_name: account.firstName,
  last_name: account.lastName,
  date_of_birth: dateOfBirth,
  bio,
  date_joined: isoTime(account.createdAt),
})

const EXAMPLE = {
  id: '68cd793ca4a36f574952921b',
  username: 'johndoe',
  email: 'john@example.com',
  first_name: 'John',
  last_name: 'Doe',
  date_of_birth: '1990-01-01',
  bio: 'Software developer',
  date_joined: '2024-01-15T10:30:00Z',
}

const Changes = z
  .object({
    first_name: profileFields.first_name(),
    last_name: profileFields.last_name(),
    date_of_birth: profileFields.date_of_birth().nullable(),
    bio: profileFields.bio(),
  })
  .partial()

const Updated = z.object({ message: z.string(), user: Profile }).openapi('ProfileUpdated')

/** Every /api/profile/* path of this contract. */
export const profile = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/profile/',
      summary: "Get the caller's profile",
      ...signedIn,
      responses: { 200: success(Profile, 'The profile', EXAMPLE) },
    }),
    async (c) => {
      const { account, profile } = await readMeetupProfile(c.var.context)
      return c.json(toWire(account, profile), 200)
    },
  )

  for (const method of ['put', 'patch'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/api/profile/update/',
        summary: "Change the caller's profile",
        ...signedIn,
        request: { body: body(Changes) },
        responses: {
          200: success(Updated, 'The changed profile', {
            message: 'Profile updated successfully',
            user: { ...EXAMPLE, first_name: 'Johnny', last_name: 'Smith', bio: 'Updated bio information' },
          }),
        },
      }),
      async (c) => {
        const { first_name: firstName, last_name: lastName, date_of_birth: dateOfBirth, bio } = c.req.valid('json')
        const { account, profile } = await changeMeetupProfile(c.var.context, { firstName, lastName, dateOfBirth, bio })
        return c.json({ message: 'Profile updated successfully', user: toWire(account, profile) }, 200)
      },
    )
  }
}
