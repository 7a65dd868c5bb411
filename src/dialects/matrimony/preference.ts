import * as z from 'zod/mini'
import type { MemberContext } from '../../domain/access.ts'
import type { Context } from '../../domain/context.ts'
import { addPreference, changePreference, readPreference } from '../../domain/matching/preferences.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import { field, readText } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable, HttpError } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import type { Preference, PreferenceChanges } from '../../model/matching.ts'
import { QUOTAS } from '../../model/quotas.ts'
import type { Range } from '../../model/range.ts'
import { isoTime } from '../../model/time.ts'
import { FORBIDDEN } from './access.ts'
import { type ChoiceField, choiceErrors, findChoiceErrors } from './choices.ts'
import { errors as commonErrors } from './errors.ts'
import { MessageResponse, pk } from './fields.ts'
import { numberOf } from './numbers.ts'
import { listValues, range } from './preference-fields.ts'

const Bounds = z.nullable(z.array(z.int()))

const Wire = documented(
  z.object({
    id: z.int(),
    Age: Bounds,
    Height: Bounds,
    Weight: Bounds,
    Income: Bounds,
    Profession: z.array(z.string()),
    Education: z.array(z.string()),
    Location: z.array(z.string()),
    Language: z.array(z.string()),
    Caste: z.array(z.string()),
    Religion: z.array(z.string()),
    Gender: z.nullable(z.string()),
    Marital_status: z.nullable(z.string()),
    created_on: z.string(),
    updated_on: z.string(),
    user_id: z.int(),
  }),
  { id: 'Preference' },
)

const bounds = (min: number | null, max: number | null): number[] | null => (min === null || max === null ? null : [min, max])

const toWire = (context: Context, preference: Preference): z.infer<typeof Wire> => ({
  id: numberOf(context, preference.accountId),
  Age: bounds(preference.ageMin, preference.ageMax),
  Height: bounds(preference.heightMin, preference.heightMax),
  Weight: bounds(preference.weightMin, preference.weightMax),
  Income: bounds(preference.incomeMin, preference.incomeMax),
  Profession: [...(preference.profession ?? [])],
  Education: [...(preference.education ?? [])],
  Location: [...(preference.location ?? [])],
  Language: [...(preference.language ?? [])],
  Caste: [...(preference.caste ?? [])],
  Religion: [...(preference.religion ?? [])],
  Gender: preference.gender,
  Marital_status: preference.maritalStatus,
  created_on: isoTime(preference.createdAt),
  updated_on: isoTime(preference.updatedAt),
  user_id: numberOf(context, preference.accountId),
})

/** One value of a master data list; blank means null. The database checks that the value is in the list. */
const singleChoice = () =>
  z.optional(z.nullable(field<string | null>({ type: 'string' }, (value, reject) => readText(value, reject, { blank: true }) || null)))

const PreferenceFields = z.object({
  Age: range('Age'),
  Height: range('Height'),
  Weight: range('Weight'),
  Income: range('Income'),
  Profession: listValues('Profession'),
  Education: listValues('Education'),
  Location: listValues('Location'),
  Language: listValues('Language'),
  Caste: listValues('Caste'),
  Religion: listValues('Religion'),
  Gender: singleChoice(),
  Marital_status: singleChoice(),
  user_id: z.optional(pk()),
})

/** The two columns of a range: both null if it is cleared, neither if it is left unchanged. */
const rangeColumns = <L extends string, H extends string>(low: L, high: H, range: Range | null | undefined) =>
  range === undefined ? {} : { [low]: range?.min ?? null, [high]: range?.max ?? null }

const changesFrom = (input: z.output<typeof PreferenceFields>): PreferenceChanges => ({
  ...rangeColumns('ageMin', 'ageMax', input.Age),
  ...rangeColumns('heightMin', 'heightMax', input.Height),
  ...rangeColumns('weightMin', 'weightMax', input.Weight),
  ...rangeColumns('incomeMin', 'incomeMax', input.Income),
  profession: input.Profession,
  education: input.Education,
  location: input.Location,
  language: input.Language,
  caste: input.Caste,
  religion: input.Religion,
  gender: input.Gender,
  maritalStatus: input.Marital_status,
})

const isSingle = (name: ChoiceField) => name === 'Gender' || name === 'Marital_status'
const isList = (name: ChoiceField) => !isSingle(name)

const findUnknownValues = (context: MemberContext, valid: Readonly<Record<string, unknown>>, errors: FieldErrors): Promise<FieldErrors> =>
  findChoiceErrors(context, valid, errors, isList)

const createErrors = errorTable({
  ...commonErrors.table,
  'preference-exists': () => errorResponse(409, { user_id: ['preference with this user id already exists.'] }),
  'unknown-values': ({ valid }) => errorResponse(400, choiceErrors(Object.keys(PreferenceFields.shape), valid, isList)),
})
const readErrors = errorTable({ 'no-preference': () => errorResponse(404, { message: 'preference not found' }) })
const changeErrors = errorTable({ ...createErrors.table, 'no-preference': () => errorResponse(404, { message: 'Preference not found' }) })

const rejectOtherUserId = (context: MemberContext, userId: number | undefined): void => {
  if (userId !== undefined && numberOf(context, userId) !== context.actor.account.id) throw new HttpError(FORBIDDEN.response)
}

const addOwn = route({
  method: 'POST',
  path: '/preference/',
  operationId: 'createPreference',
  summary: "Create the caller's preference",
  access: member,
  quota: QUOTAS.preferences,
  body: PreferenceFields,
  bodyOptions: { additionalErrors: findUnknownValues },
  responses: {
    201: ok(MessageResponse),
    ...createErrors.responses('unknown-values', 'preference-exists', FORBIDDEN),
  },
  handle: async ({ context, body }) => {
    rejectOtherUserId(context, body.user_id)
    createErrors.unwrap(await addPreference(context, changesFrom(body)))
    return { status: 201, body: { message: 'Preference added successfully' } }
  },
})

const readOwn = route({
  method: 'GET',
  path: '/preference/preferencebyId/',
  operationId: 'getPreference',
  summary: "Get the caller's preference",
  access: member,
  responses: { 200: ok(Wire), ...readErrors.responses('no-preference') },
  handle: async ({ context }) => ({ status: 200, body: toWire(context, readErrors.unwrap(await readPreference(context))) }),
})

const changeOwn = route({
  method: 'PUT',
  path: '/preference/preferencebyId/',
  operationId: 'changePreference',
  summary: "Change the caller's preference",
  access: member,
  quota: QUOTAS.preferences,
  body: PreferenceFields,
  bodyOptions: { additionalErrors: findUnknownValues },
  responses: {
    200: ok(Wire),
    ...changeErrors.responses('unknown-values', 'no-preference', FORBIDDEN),
  },
  handle: async ({ context, body }) => {
    rejectOtherUserId(context, body.user_id)
    const changed = changeErrors.unwrap(await changePreference(context, changesFrom(body)))
    return { status: 200, body: toWire(context, changed) }
  },
})

/** The routes under /preference/. */
export const preferenceRoutes = [addOwn, readOwn, changeOwn, alias(changeOwn, { method: 'PATCH', operationId: 'patchPreference' })]
