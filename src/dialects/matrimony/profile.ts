import { createRoute, z } from '@hono/zod-openapi'
import type { Context, MemberContext } from '../../domain/context.ts'
import { type AgeProblem, ageProblem } from '../../domain/profiles/age.ts'
import { type CleanImage, cleanImage, IMAGE_LIMIT } from '../../domain/profiles/images/clean.ts'
import {
  changeProfile,
  createProfile,
  listProfiles,
  type ProfileChanges,
  readProfile,
  removeProfile,
  type ShownProfile,
  type ValidValues,
} from '../../domain/profiles/matrimony.ts'
import { type Answer, errorResponse, errorTable, ResponseThrown } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { field, integer, isCalendarDate, readText, text } from '../../http/fields.ts'
import { file, withFile } from '../../http/files.ts'
import { mediaUrl } from '../../http/media.ts'
import { noSuchPage, numbered, numberedPageOf, pageNumberQuery } from '../../http/numbered-pages.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { choiceErrors, choiceErrorsIn } from './choices.ts'
import { errors as commonErrors } from './envelope.ts'
import { cleared, Message } from './fields.ts'

const PAGE = 10

const Profile = z
  .object({
    id: z.int(),
    Profile_img_url: z.string(),
    Gender: z.string().nullable(),
    Date_of_Birth: z.string().nullable(),
    Age: z.int().nullable(),
    Height: z.int().nullable(),
    Weight: z.int().nullable(),
    Religion: z.string().nullable(),
    Caste: z.string().nullable(),
    Income: z.int().nullable(),
    Profession: z.string().nullable(),
    Education: z.string().nullable(),
    Bio: z.string(),
    Marital_status: z.string().nullable(),
    Location: z.string().nullable(),
    Language: z.string().nullable(),
    Profile_img: z.string(),
    created_on: z.string(),
    updated_on: z.string(),
    user_id: z.int(),
  })
  .openapi('Profile')

const toWire = (profile: ShownProfile, requestUrl: string): z.infer<typeof Profile> => ({
  id: profile.accountId,
  Profile_img_url: mediaUrl(requestUrl, profile.picturePath) ?? '',
  Gender: profile.gender || null,
  Date_of_Birth: profile.dateOfBirth,
  Age: profile.age,
  Height: profile.height,
  Weight: profile.weight,
  Religion: profile.religion,
  Caste: profile.caste,
  Income: profile.income,
  Profession: profile.profession,
  Education: profile.education,
  Bio: profile.bio,
  Marital_status: profile.maritalStatus,
  Location: profile.location,
  Language: profile.language,
  Profile_img: profile.picturePath,
  created_on: isoTime(profile.createdAt),
  updated_on: isoTime(profile.updatedAt),
  user_id: profile.accountId,
})

const EXAMPLE: z.infer<typeof Profile> = {
  id: 16,
  Profile_img_url: 'https://concord.example/media/profile_img/0f8b6f0d6c1e4a4c9b1f3a5d7e9c2b4a.jpg',
  Gender: 'Female',
  Date_of_Birth: '1998-04-12',
  Age: 26,
  Height: 165,
  Weight: 58,
  Religion: 'Hindu',
  Caste: 'Nair',
  Income: 600000,
  Profession: 'Teacher',
  Education: "Master's Degree",
  Bio: 'Books, rain and long walks.',
  Marital_status: 'Single',
  Location: 'Kochi',
  Language: 'Malayalam',
  Profile_img: '/media/profile_img/0f8b6f0d6c1e4a4c9b1f3a5d7e9c2b4a.jpg',
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
  user_id: 16,
}

const birthday = () =>
  field<string | null>({ type: 'string', format: 'date', example: '1998-04-12' }, (value, refuse) => {
    const given = typeof value === 'string' ? value.trim() : undefined
    if (given === '') return null
    return given !== undefined && isCalendarDate(given) ? given : refuse('Invalid date format. Use YYYY-MM-DD.')
  })

/** One value of a list, which only the table can tell; a blank one is none. */
const listed = (example: string) =>
  field<string | null>({ type: 'string', example }, (value, refuse) => readText(value, refuse, { blank: true }) || null)

const optional = <T extends z.ZodType>(one: T) => one.nullable().optional()

const Said = z.object({
  Gender: optional(listed('Female')),
  Date_of_Birth: optional(birthday()),
  Height: optional(cleared(integer({ min: 50, max: 280, example: 165, description: 'cm' }))),
  Weight: optional(cleared(integer({ min: 20, max: 400, example: 58, description: 'kg' }))),
  Religion: optional(listed('Hindu')),
  Caste: optional(listed('Nair')),
  Income: optional(cleared(integer({ min: 0, example: 600000 }))),
  Profession: optional(listed('Teacher')),
  Education: optional(listed("Master's Degree")),
  Bio: optional(text({ max: 500, blank: true, long: true, example: 'Books, rain and long walks.' })),
  Marital_status: optional(listed('Single')),
  Location: optional(listed('Kochi')),
  Language: optional(listed('Malayalam')),
})

const picture = () => file(IMAGE_LIMIT, { description: 'JPEG, PNG, WebP or GIF, at most 5 MiB.' })

const NewProfile = z.object({ Profile_img: picture(), ...Said.shape })
const Changes = z.object({ Profile_img: picture().optional(), ...Said.shape })

const saidFrom = (given: z.output<typeof Said>): ProfileChanges => ({
  gender: given.Gender === null ? '' : given.Gender,
  dateOfBirth: given.Date_of_Birth,
  height: given.Height,
  weight: given.Weight,
  religion: given.Religion,
  caste: given.Caste,
  income: given.Income,
  profession: given.Profession,
  education: given.Education,
  bio: given.Bio === null ? '' : given.Bio,
  maritalStatus: given.Marital_status,
  location: given.Location,
  language: given.Language,
})

const NO_IMAGE = ['Upload a valid image. The file you uploaded was either not an image or a corrupted image.']

const bytesOf = async (given: File): Promise<CleanImage | null> => cleanImage(new Uint8Array(await given.arrayBuffer()))

const AGE_TEXTS: Readonly<Record<AgeProblem, string>> = {
  'too-young': 'Users must be at least 18 years old to create a profile.',
  'too-old': 'Users must be at most 55 years old to create a profile.',
}

const one = () => false

/** What of a form that is refused anyway the schema can't see: the picture's bytes, and the lists. */
const alsoWrong = async (context: Context, given: Readonly<Record<string, unknown>>, errors: FieldErrors): Promise<FieldErrors> => {
  const image = given.Profile_img
  const noImage = !errors.Profile_img && image instanceof File && !(await bytesOf(image))
  return { ...(noImage && { Profile_img: NO_IMAGE }), ...(await choiceErrorsIn(context, given, errors, one)) }
}

/** The picture of a request, and a word on its birth date; thrown together with all else that is wrong. */
const readImage = async (
  context: MemberContext,
  given: z.output<typeof Changes>,
  invalid: (errors: FieldErrors) => Answer,
): Promise<CleanImage | null> => {
  const image = given.Profile_img ? await bytesOf(given.Profile_img) : null
  const noImage = given.Profile_img !== undefined && !image
  const problem = given.Date_of_Birth ? ageProblem(context.now(), given.Date_of_Birth) : null
  if (!noImage && !problem) return image
  const { Profile_img: _image, ...said } = given
  const errors = { ...(noImage && { Profile_img: NO_IMAGE }), ...(await choiceErrorsIn(context, said, {}, one)) }
  const isAgeAlone = problem && Object.keys(errors).length === 0
  throw new ResponseThrown(invalid(isAgeAlone ? { non_field_errors: [AGE_TEXTS[problem]] } : errors))
}

const wrapped = (errors: FieldErrors): Answer => errorResponse(400, { message: 'Validation failed', errors, ...errors })
const bare = (errors: FieldErrors): Answer => errorResponse(400, errors)

const REQUIRED = 'This field is required.'

/** A file that isn't there is missed in other words than a field is. */
const sayingNoFile = (errors: FieldErrors): FieldErrors => {
  const said = errors.Profile_img
  return Array.isArray(said) && said.includes(REQUIRED) ? { ...errors, Profile_img: ['No file was submitted.'] } : errors
}

const unknownIn = (valid: ValidValues): FieldErrors => choiceErrors(Object.keys(NewProfile.shape), valid, one)

const whenCreated = errorTable({ ...commonErrors.table, 'unknown-values': ({ valid }) => wrapped(unknownIn(valid)) })
const whenChanged = errorTable({ ...commonErrors.table, 'unknown-values': ({ valid }) => bare(unknownIn(valid)) })
const whenRemoved = errorTable({ 'no-profile': () => errorResponse(400, { message: 'profile not found' }) })

/** Every /profile/* path of this contract. */
export const profile = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/profile/',
      summary: "Make the caller's profile",
      description: '`Age` and `user_id` are not read: the one is counted from the birth date, the other is the caller.',
      ...signedIn,
      request: {
        body: body(NewProfile, {
          limit: withFile(IMAGE_LIMIT),
          invalid: (errors) => wrapped(sayingNoFile(errors)),
          also: alsoWrong,
        }),
      },
      responses: {
        201: success(Message, 'Made', { message: 'Profile created successfully' }),
        ...whenCreated.responses('unknown-values', 'profile-exists'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const given = c.req.valid('json')
      const image = await readImage(context, given, wrapped)
      if (!image) throw new ResponseThrown(wrapped({ Profile_img: NO_IMAGE }))
      whenCreated.unwrap(await createProfile(context, { said: saidFrom(given), image }))
      return c.json({ message: 'Profile created successfully' }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/profile/',
      summary: 'Active profiles, ten a page',
      description: 'What others earn and the day they were born are `null`, but for staff.',
      ...signedIn,
      request: { query: pageNumberQuery },
      responses: {
        200: success(numberedPageOf(Profile), 'A page', { count: 1, next: null, previous: null, results: [EXAMPLE] }),
        ...commonErrors.responses(noSuchPage),
      },
    }),
    async (c) => {
      const found = await listProfiles(c.var.context, c.req.valid('query').page, PAGE)
      return c.json(
        numbered(c, found, PAGE, (item) => toWire(item, c.req.url)),
        200,
      )
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/profile/byid/',
      summary: "The caller's profile",
      ...signedIn,
      responses: { 200: success(Profile, 'The profile', EXAMPLE), ...commonErrors.responses('no-profile') },
    }),
    async (c) => c.json(toWire(commonErrors.unwrap(await readProfile(c.var.context)), c.req.url), 200),
  )

  for (const method of ['put', 'patch'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/profile/byid/',
        summary: 'Change what the caller gives of their profile',
        description: 'A picture that is replaced is gone. `null`, or nothing, takes a value away.',
        ...signedIn,
        request: { body: body(Changes, { limit: withFile(IMAGE_LIMIT), invalid: bare, also: alsoWrong }) },
        responses: { 200: success(Profile, 'The profile', EXAMPLE), ...whenChanged.responses('unknown-values', 'no-profile') },
      }),
      async (c) => {
        const { context } = c.var
        const given = c.req.valid('json')
        const image = await readImage(context, given, bare)
        const changed = whenChanged.unwrap(await changeProfile(context, { said: saidFrom(given), image }))
        return c.json(toWire(changed, c.req.url), 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/profile/byid/',
      summary: "Take the caller's profile away, with its picture",
      ...signedIn,
      responses: {
        200: success(z.object({ Message: z.string() }), 'Taken away', { Message: 'Profile deleted successfully' }),
        ...whenRemoved.responses('no-profile'),
      },
    }),
    async (c) => {
      whenRemoved.unwrap(await removeProfile(c.var.context))
      return c.json({ Message: 'Profile deleted successfully' }, 200)
    },
  )
}
