import * as z from 'zod/mini'
import type { MemberContext } from '../../domain/access.ts'
import { type CleanImage, cleanImage } from '../../domain/profiles/images/clean.ts'
import { changeProfile, createProfile, listProfiles, readProfile, removeProfile } from '../../domain/profiles/matrimony.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import { withFile } from '../../http/request/files.ts'
import { Upload } from '../../http/request/multipart.ts'
import { invalidPage, numberedPageOf, numberedPageToWire, pageNumberQuery } from '../../http/request/page-number.ts'
import { errorResponse, errorTable, HttpError } from '../../http/response/errors.ts'
import { type ErrorResponse, ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import { type AgeProblem, ageProblem } from '../../model/age.ts'
import type { ValidValues } from '../../model/master.ts'
import { PICTURE_MAX_BYTES } from '../../model/picture.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { choiceErrors, findChoiceErrors } from './choices.ts'
import { errors as commonErrors } from './errors.ts'
import { MessageResponse } from './fields.ts'
import { changesFrom, NewProfile, ProfileUpdate } from './profile-fields.ts'
import { Profile, toWire } from './profile-wire.ts'

const PAGE_SIZE = 10

const INVALID_IMAGE = ['Upload a valid image. The file you uploaded was either not an image or a corrupted image.']

const AGE_TEXTS: Readonly<Record<AgeProblem, string>> = {
  'too-young': 'Users must be at least 18 years old to create a profile.',
  'too-old': 'Users must be at most 55 years old to create a profile.',
}

/** In a profile, no field takes a list of values. */
const isList = () => false

/** The errors that the schema cannot find, for a form that is rejected anyway: the picture's bytes and the values of the lists. */
const findMoreErrors = async (
  context: MemberContext,
  input: Readonly<Record<string, unknown>>,
  errors: FieldErrors,
): Promise<FieldErrors> => {
  const image = input.Profile_img
  const isInvalidImage = !errors.Profile_img && image instanceof Upload && !cleanImage(image.bytes)
  return { ...(isInvalidImage && { Profile_img: INVALID_IMAGE }), ...(await findChoiceErrors(context, input, errors, isList)) }
}

/**
 * Reads the picture of a request, and checks the age. Throws the error response for an invalid picture, together with
 * those of unknown values; the age problem is reported only if nothing else is wrong.
 */
const readImage = async (
  context: MemberContext,
  input: z.output<typeof ProfileUpdate>,
  invalid: (errors: FieldErrors) => ErrorResponse,
): Promise<CleanImage | null> => {
  const image = input.Profile_img ? cleanImage(input.Profile_img.bytes) : null
  const isInvalidImage = input.Profile_img !== undefined && !image
  const problem = input.Date_of_Birth ? ageProblem(context.now(), input.Date_of_Birth) : null
  if (!isInvalidImage && !problem) return image
  const { Profile_img: _image, ...fields } = input
  const errors = { ...(isInvalidImage && { Profile_img: INVALID_IMAGE }), ...(await findChoiceErrors(context, fields, {}, isList)) }
  const isAgeOnly = problem && Object.keys(errors).length === 0
  throw new HttpError(invalid(isAgeOnly ? { non_field_errors: [AGE_TEXTS[problem]] } : errors))
}

const wrappedErrors = (errors: FieldErrors): ErrorResponse => errorResponse(400, { message: 'Validation failed', errors, ...errors })
const plainErrors = (errors: FieldErrors): ErrorResponse => errorResponse(400, errors)

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

const createOwn = route({
  method: 'POST',
  path: '/profile/',
  operationId: 'createProfile',
  summary: "Create the caller's profile",
  access: member,
  quota: QUOTAS.matrimonyProfiles,
  body: NewProfile,
  bodyOptions: {
    limit: withFile(PICTURE_MAX_BYTES),
    invalid: (errors) => wrappedErrors(withMissingFileText(errors)),
    additionalErrors: findMoreErrors,
  },
  responses: {
    201: ok(MessageResponse),
    ...createErrors.responses('unknown-values', 'profile-exists'),
  },
  handle: async ({ context, body }) => {
    const image = await readImage(context, body, wrappedErrors)
    if (!image) throw new HttpError(wrappedErrors({ Profile_img: INVALID_IMAGE }))
    createErrors.unwrap(await createProfile(context, { changes: changesFrom(body), image }))
    return { status: 201, body: { message: 'Profile created successfully' } }
  },
})

const listActive = route({
  method: 'GET',
  path: '/profile/',
  operationId: 'listProfiles',
  summary: 'List the active profiles, ten per page',
  access: member,
  query: pageNumberQuery,
  responses: {
    200: ok(numberedPageOf(Profile)),
    ...commonErrors.responses(invalidPage),
  },
  handle: async ({ context, query, request }) => {
    const profiles = await listProfiles(context, query.page, PAGE_SIZE)
    return { status: 200, body: numberedPageToWire(request.url, profiles, PAGE_SIZE, (item) => toWire(context, item, request.url)) }
  },
})

const readOwn = route({
  method: 'GET',
  path: '/profile/byid/',
  operationId: 'getProfile',
  summary: "Get the caller's profile",
  access: member,
  responses: { 200: ok(Profile), ...commonErrors.responses('no-profile') },
  handle: async ({ context, request }) => {
    const own = commonErrors.unwrap(await readProfile(context))
    return { status: 200, body: toWire(context, own, request.url) }
  },
})

const changeOwn = route({
  method: 'PUT',
  path: '/profile/byid/',
  operationId: 'changeProfile',
  summary: "Change the caller's profile",
  access: member,
  quota: QUOTAS.matrimonyProfiles,
  body: ProfileUpdate,
  bodyOptions: { limit: withFile(PICTURE_MAX_BYTES), invalid: plainErrors, additionalErrors: findMoreErrors },
  responses: { 200: ok(Profile), ...changeErrors.responses('unknown-values', 'no-profile') },
  handle: async ({ context, body, request }) => {
    const image = await readImage(context, body, plainErrors)
    const changed = changeErrors.unwrap(await changeProfile(context, { changes: changesFrom(body), image }))
    return { status: 200, body: toWire(context, changed, request.url) }
  },
})

const deleteOwn = route({
  method: 'DELETE',
  path: '/profile/byid/',
  operationId: 'deleteProfile',
  summary: "Delete the caller's profile and its picture",
  access: member,
  responses: {
    200: ok(z.object({ Message: z.string() })),
    ...deleteErrors.responses('no-profile'),
  },
  handle: async ({ context }) => {
    deleteErrors.unwrap(await removeProfile(context))
    return { status: 200, body: { Message: 'Profile deleted successfully' } }
  },
})

/** The routes under /profile/. */
export const profileRoutes = [
  createOwn,
  listActive,
  readOwn,
  changeOwn,
  alias(changeOwn, { method: 'PATCH', operationId: 'patchProfile' }),
  deleteOwn,
]
