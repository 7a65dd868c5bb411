import { createRoute, z } from '@hono/zod-openapi'
import type { Context, MemberContext } from '../../domain/context.ts'
import { type AgeProblem, ageProblem } from '../../domain/profiles/age.ts'
import { type CleanImage, cleanImage, IMAGE_LIMIT } from '../../domain/profiles/images/clean.ts'
import {
  changeProfile,
  createProfile,
  listProfiles,
  type ProfileChanges,
  type ProfileView,
  readProfile,
  removeProfile,
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
import { choiceErrors, findChoiceErrors } from './choices.ts'
import { errors as commonErrors } from './errors.ts'
import { blankAsNull, MessageResponse } from './fields.ts'

const PAGE_SIZE = 10

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

const toWire = (profile: ProfileView, requestUrl: string): z.infer<typeof Profile> => ({
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

const birthDate = () =>
  field<string | null>({ type: 'string', format: 'date', example: '1998-04-12' }, (value, refuse) => {
    const text = typeof value === 'string' ? value.trim() : undefined
    if (text === '') return null
    return text !== undefined && isCalendarDate(text) ? text : refuse('Invalid date format. Use YYYY-MM-DD.')
  })

/** One value of a master data list; blank means null. The database checks that the value is in the list. */
const choiceValue = (example: string) =>
  field<string | null>({ type: 'string', example }, (value, refuse) => readText(value, refuse, { blank: true }) || null)

const optional = <T extends z.ZodType>(field: T) => field.nullable().optional()

const ProfileFields = z.object({
  Gender: optional(choiceValue('Female')),
  Date_of_Birth: optional(birthDate()),
  Height: optional(blankAsNull(integer({ min: 50, max: 280, example: 165, description: 'cm' }))),
  Weight: optional(blankAsNull(integer({ min: 20, max: 400, example: 58, description: 'kg' }))),
  Religion: optional(choiceValue('Hindu')),
  Caste: optional(choiceValue('Nair')),
  Income: optional(blankAsNull(integer({ min: 0, example: 600000 }))),
  Profession: optional(choiceValue('Teacher')),
  Education: optional(choiceValue("Master's Degree")),
  Bio: optional(text({ max: 500, blank: true, long: true, example: 'Books, rain and long walks.' })),
  Marital_status: optional(choiceValue('Single')),
  Location: optional(choiceValue('Kochi')),
  Language: optional(choiceValue('Malayalam')),
})

const picture = () => file(IMAGE_LIMIT, { description: 'JPEG, PNG, WebP or GIF, at most 5 MiB.' })

const NewProfile = z.object({ Profile_img: picture(), ...ProfileFields.shape })
const ProfileUpdate = z.object({ Profile_img: picture().optional(), ...ProfileFields.shape })

const changesFrom = (input: z.output<typeof ProfileFields>): ProfileChanges => ({
  gender: input.Gender === null ? '' : input.Gender,
  dateOfBirth: input.Date_of_Birth,
  height: input.Height,
  weight: input.Weight,
  religion: input.Religion,
  caste: input.Caste,
  income: input.Income,
  profession: input.Profession,
  education: input.Education,
  bio: input.Bio === null ? '' : input.Bio,
  maritalStatus: input.Marital_status,
  location: input.Location,
  language: input.Language,
})

const INVALID_IMAGE = ['Upload a valid image. The file you uploaded was either not an image or a corrupted image.']

const readCleanImage = async (file: File): Promise<CleanImage | null> => cleanImage(new Uint8Array(await file.arrayBuffer()))

const AGE_TEXTS: Readonly<Record<AgeProblem, string>> = {
  'too-young': 'Users must be at least 18 years old to create a profile.',
  'too-old': 'Users must be at most 55 years old to create a profile.',
}

/** In a profile, no field takes a list of values. */
const isList = () => false

/** The errors that the schema cannot find, for a form that is rejected anyway: the picture's bytes and the values of the lists. */
const findMoreErrors = async (context: Context, input: Readonly<Record<string, unknown>>, errors: FieldErrors): Promise<FieldErrors> => {
  const image = input.Profile_img
  const isInvalidImage = !errors.Profile_img && image instanceof File && !(await readCleanImage(image))
  return { ...(isInvalidImage && { Profile_img: INVALID_IMAGE }), ...(await findChoiceErrors(context, input, errors, isList)) }
}

/**
 * Reads the picture of a request, and checks the age. Throws the error response for an invalid picture, together with
 * those of unknown values; the age problem is reported only if nothing else is wrong.
 */
const readImage = async (
  context: MemberContext,
  input: z.output<typeof ProfileUpdate>,
  invalid: (errors: FieldErrors) => Answer,
): Promise<CleanImage | null> => {
  const image = input.Profile_img ? await readCleanImage(input.Profile_img) : null
  const isInvalidImage = input.Profile_img !== undefined && !image
  const problem = input.Date_of_Birth ? ageProblem(context.now(), input.Date_of_Birth) : null
  if (!isInvalidImage && !problem) return image
  const { Profile_img: _image, ...fields } = input
  const errors = { ...(isInvalidImage && { Profile_img: INVALID_IMAGE }), ...(await findChoiceErrors(context, fields, {}, isList)) }
  const isAgeOnly = problem && Object.keys(errors).length === 0
  throw new ResponseThrown(invalid(isAgeOnly ? { non_field_errors: [AGE_TEXTS[problem]] } : errors))
}

const wrappedErrors = (errors: FieldErrors): Answer => errorResponse(400, { message: 'Validation failed', errors, ...errors })
const plainErrors = (errors: FieldErrors): Answer => errorResponse(400, errors)

const REQUIRED = 'This field is required.'

/** A missing file has another text than a missing field. */
const withMissingFileText = (errors: FieldErrors): FieldErrors => {
  const texts = errors.Profile_img
  return Array.isArray(texts) && texts.includes(REQUIRED) ? { ...errors, Profile_img: ['No file was submitted.'] } : errors
}

const unknownValueErrors = (valid: ValidValues): FieldErrors => choiceErrors(Object.keys(NewProfile.shape), valid, isList)

const createErrors = errorTable({ ...commonErrors.table, 'unknown-values': ({ valid }) => wrappedErrors(unknownValueErrors(valid)) })
const changeErrors = errorTable({ ...commonErrors.table, 'unknown-values': ({ valid }) => plainErrors(unknownValueErrors(valid)) })
const deleteErrors = errorTable({ 'no-profile': () => errorResponse(400, { message: 'profile not found' }) })

/** The routes under /profile/. */
export const profile = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/profile/',
      summary: "Create the caller's profile",
      description: '`Age` and `user_id` in the body are ignored: the age is computed from the birth date, and the user is the caller.',
      ...signedIn,
      request: {
        body: body(NewProfile, {
          limit: withFile(IMAGE_LIMIT),
          invalid: (errors) => wrappedErrors(withMissingFileText(errors)),
          also: findMoreErrors,
        }),
      },
      responses: {
        201: success(MessageResponse, 'Created', { message: 'Profile created successfully' }),
        ...createErrors.responses('unknown-values', 'profile-exists'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const input = c.req.valid('json')
      const image = await readImage(context, input, wrappedErrors)
      if (!image) throw new ResponseThrown(wrappedErrors({ Profile_img: INVALID_IMAGE }))
      createErrors.unwrap(await createProfile(context, { changes: changesFrom(input), image }))
      return c.json({ message: 'Profile created successfully' }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/profile/',
      summary: 'List the active profiles, ten per page',
      description: '`Income` and `Date_of_Birth` are `null` unless the caller is the owner or staff.',
      ...signedIn,
      request: { query: pageNumberQuery },
      responses: {
        200: success(numberedPageOf(Profile), 'A page', { count: 1, next: null, previous: null, results: [EXAMPLE] }),
        ...commonErrors.responses(noSuchPage),
      },
    }),
    async (c) => {
      const profiles = await listProfiles(c.var.context, c.req.valid('query').page, PAGE_SIZE)
      return c.json(
        numbered(c, profiles, PAGE_SIZE, (item) => toWire(item, c.req.url)),
        200,
      )
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/profile/byid/',
      summary: "Get the caller's profile",
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
        summary: "Change the caller's profile",
        description: 'Fields that are not sent stay unchanged. `null` or a blank text clears a field. A replaced picture is deleted.',
        ...signedIn,
        request: { body: body(ProfileUpdate, { limit: withFile(IMAGE_LIMIT), invalid: plainErrors, also: findMoreErrors }) },
        responses: { 200: success(Profile, 'The profile', EXAMPLE), ...changeErrors.responses('unknown-values', 'no-profile') },
      }),
      async (c) => {
        const { context } = c.var
        const input = c.req.valid('json')
        const image = await readImage(context, input, plainErrors)
        const changed = changeErrors.unwrap(await changeProfile(context, { changes: changesFrom(input), image }))
        return c.json(toWire(changed, c.req.url), 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/profile/byid/',
      summary: "Delete the caller's profile and its picture",
      ...signedIn,
      responses: {
        200: success(z.object({ Message: z.string() }), 'Deleted', { Message: 'Profile deleted successfully' }),
        ...deleteErrors.responses('no-profile'),
      },
    }),
    async (c) => {
      deleteErrors.unwrap(await removeProfile(c.var.context))
      return c.json({ Message: 'Profile deleted successfully' }, 200)
    },
  )
}
