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
import { type ChoiceField, choiceErrors, choiceErrorsIn } from './choices.ts'
import { errors as commonErrors } from './envelope.ts'
import { Message, pk } from './fields.ts'
import { FORBIDDEN } from './guards.ts'
import { type Range, range, values } from './preference-fields.ts'

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

/** One value of a list, which only the table can tell; a blank one is none. */
const single = (example: string) =>
  field<string | null>({ type: 'string', example }, (value, refuse) => readText(value, refuse, { blank: true }) || null)
    .nullable()
    .optional()

const Wished = z.object({
  Age: range('Age', [25, 32]),
  Height: range('Height', [150, 185]),
  Weight: range('Weight', [45, 85]),
  Income: range('Income', [300000, 2000000]),
  Profession: values('Profession', EXAMPLE.Profession),
  Education: values('Education', EXAMPLE.Education),
  Location: values('Location', EXAMPLE.Location),
  Language: values('Language', EXAMPLE.Language),
  Caste: values('Caste', EXAMPLE.Caste),
  Religion: values('Religion', EXAMPLE.Religion),
  Gender: single('Male'),
  Marital_status: single('Single'),
  user_id: pk({ example: 16, description: "The caller's, if it is given." }).optional(),
})

/** Both ends of a range, or of one that is taken away; nothing of one that is left as it is. */
const ends = <L extends string, H extends string>(low: L, high: H, given: Range | null | undefined) =>
  given === undefined ? {} : { [low]: given?.min ?? null, [high]: given?.max ?? null }

const wishedFrom = (given: z.output<typeof Wished>): PreferenceChanges => ({
  ...ends('ageMin', 'ageMax', given.Age),
  ...ends('heightMin', 'heightMax', given.Height),
  ...ends('weightMin', 'weightMax', given.Weight),
  ...ends('incomeMin', 'incomeMax', given.Income),
  profession: given.Profession,
  education: given.Education,
  location: given.Location,
  language: given.Language,
  caste: given.Caste,
  religion: given.Religion,
  gender: given.Gender,
  maritalStatus: given.Marital_status,
})

const isSingle = (name: ChoiceField) => name === 'Gender' || name === 'Marital_status'
const plural = (name: ChoiceField) => !isSingle(name)

const request = {
  body: body(Wished, { also: (context, given, errors) => choiceErrorsIn(context, given, errors, plural) }),
}

const whenAdded = errorTable({
  ...commonErrors.table,
  'preference-exists': () => errorResponse(409, { user_id: ['preference with this user id already exists.'] }),
  'unknown-values': ({ valid }) => errorResponse(400, choiceErrors(Object.keys(Wished.shape), valid, plural)),
})
const whenRead = errorTable({ 'no-preference': () => errorResponse(404, { message: 'preference not found' }) })
const whenChanged = errorTable({ ...whenAdded.table, 'no-preference': () => errorResponse(404, { message: 'Preference not found' }) })

const isOwnerOrStaff = (context: MemberContext, userId: number | undefined): void => {
  if (userId !== undefined && userId !== context.actor.account.id) throw new ResponseThrown(FORBIDDEN.answer)
}

/** Every /preference/* path of this contract. */
export const preference = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/preference/',
      summary: 'Write down what the caller looks for',
      ...signedIn,
      request,
      responses: {
        201: success(Message, 'Written down', { message: 'Preference added successfully' }),
        ...whenAdded.responses('unknown-values', 'preference-exists', FORBIDDEN),
      },
    }),
    async (c) => {
      const { context } = c.var
      const given = c.req.valid('json')
      isOwnerOrStaff(context, given.user_id)
      whenAdded.unwrap(await addPreference(context, wishedFrom(given)))
      return c.json({ message: 'Preference added successfully' }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/preference/preferencebyId/',
      summary: 'What the caller looks for',
      ...signedIn,
      responses: { 200: success(Wire, 'The preference', EXAMPLE), ...whenRead.responses('no-preference') },
    }),
    async (c) => c.json(toWire(whenRead.unwrap(await readPreference(c.var.context))), 200),
  )

  for (const method of ['put', 'patch'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/preference/preferencebyId/',
        summary: 'Change what the caller gives of what they look for',
        description: '`null` takes a wish away.',
        ...signedIn,
        request,
        responses: {
          200: success(Wire, 'The preference', EXAMPLE),
          ...whenChanged.responses('unknown-values', 'no-preference', FORBIDDEN),
        },
      }),
      async (c) => {
        const { context } = c.var
        const given = c.req.valid('json')
        isOwnerOrStaff(context, given.user_id)
        return c.json(toWire(whenChanged.unwrap(await changePreference(context, wishedFrom(given)))), 200)
      },
    )
  }
}
