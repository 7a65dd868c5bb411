import { createRoute, z } from '@hono/zod-openapi'
import type { MemberContext } from '../../domain/context.ts'
import {
  addPreference,
  changePreference,
  type Preference,
  type PreferenceChanges,
  readPreference,
} from '../../domain/matching/preferences.ts'
import { errorResponse, errorTable, ResponseThrown } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { field, readText } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { type ChoiceField, choiceErrors, findChoiceErrors } from './choices.ts'
import { errors as commonErrors } from './errors.ts'
import { MessageResponse, pk } from './fields.ts'
import { FORBIDDEN } from './guards.ts'
import { listValues, type Range, range } from './preference-fields.ts'

const Bounds = z.array(z.int()).nullable()

const Wire = z
  .object({
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
    Gender: z.string().nullable(),
    Marital_status: z.string().nullable(),
    created_on: z.string(),
    updated_on: z.string(),
    user_id: z.int(),
  })
  .openapi('Preference')

const bounds = (min: number | null, max: number | null): number[] | null => (min === null || max === null ? null : [min, max])

const toWire = (preference: Preference): z.infer<typeof Wire> => ({
  id: preference.accountId,
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
  user_id: preference.accountId,
})

const EXAMPLE: z.infer<typeof Wire> = {
  id: 16,
  Age: [25, 32],
  Height: [150, 185],
  Weight: [45, 85],
  Income: [300000, 2000000],
  Profession: ['Teacher', 'Doctor'],
  Education: ["Master's Degree"],
  Location: ['Kochi', 'Thrissur'],
  Language: ['Malayalam'],
  Caste: ['Nair'],
  Religion: ['Hindu'],
  Gender: 'Male',
  Marital_status: 'Single',
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
  user_id: 16,
}

/** One value of a master data list; blank means null. The database checks that the value is in the list. */
const singleChoice = (example: string) =>
  field<string | null>({ type: 'string', example }, (value, refuse) => readText(value, refuse, { blank: true }) || null)
    .nullable()
    .optional()

const PreferenceFields = z.object({
  Age: range('Age', [25, 32]),
  Height: range('Height', [150, 185]),
  Weight: range('Weight', [45, 85]),
  Income: range('Income', [300000, 2000000]),
  Profession: listValues('Profession', EXAMPLE.Profession),
  Education: listValues('Education', EXAMPLE.Education),
  Location: listValues('Location', EXAMPLE.Location),
  Language: listValues('Language', EXAMPLE.Language),
  Caste: listValues('Caste', EXAMPLE.Caste),
  Religion: listValues('Religion', EXAMPLE.Religion),
  Gender: singleChoice('Male'),
  Marital_status: singleChoice('Single'),
  user_id: pk({ example: 16, description: "Optional; must be the caller's id." }).optional(),
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

const request = {
  body: body(PreferenceFields, { also: (context, input, errors) => findChoiceErrors(context, input, errors, isList) }),
}

const createErrors = errorTable({
  ...commonErrors.table,
  'preference-exists': () => errorResponse(409, { user_id: ['preference with this user id already exists.'] }),
  'unknown-values': ({ valid }) => errorResponse(400, choiceErrors(Object.keys(PreferenceFields.shape), valid, isList)),
})
const readErrors = errorTable({ 'no-preference': () => errorResponse(404, { message: 'preference not found' }) })
const changeErrors = errorTable({ ...createErrors.table, 'no-preference': () => errorResponse(404, { message: 'Preference not found' }) })

const rejectOtherUserId = (context: MemberContext, userId: number | undefined): void => {
  if (userId !== undefined && userId !== context.actor.account.id) throw new ResponseThrown(FORBIDDEN.answer)
}

/** The routes under /preference/. */
export const preference = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/preference/',
      summary: "Create the caller's preference",
      ...signedIn,
      request,
      responses: {
        201: success(MessageResponse, 'Created', { message: 'Preference added successfully' }),
        ...createErrors.responses('unknown-values', 'preference-exists', FORBIDDEN),
      },
    }),
    async (c) => {
      const { context } = c.var
      const input = c.req.valid('json')
      rejectOtherUserId(context, input.user_id)
      createErrors.unwrap(await addPreference(context, changesFrom(input)))
      return c.json({ message: 'Preference added successfully' }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/preference/preferencebyId/',
      summary: "Get the caller's preference",
      ...signedIn,
      responses: { 200: success(Wire, 'The preference', EXAMPLE), ...readErrors.responses('no-preference') },
    }),
    async (c) => c.json(toWire(readErrors.unwrap(await readPreference(c.var.context))), 200),
  )

  for (const method of ['put', 'patch'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/preference/preferencebyId/',
        summary: "Change the caller's preference",
        description: 'Fields that are not sent stay unchanged. `null` clears a field.',
        ...signedIn,
        request,
        responses: {
          200: success(Wire, 'The preference', EXAMPLE),
          ...changeErrors.responses('unknown-values', 'no-preference', FORBIDDEN),
        },
      }),
      async (c) => {
        const { context } = c.var
        const input = c.req.valid('json')
        rejectOtherUserId(context, input.user_id)
        return c.json(toWire(changeErrors.unwrap(await changePreference(context, changesFrom(input)))), 200)
      },
    )
  }
}
