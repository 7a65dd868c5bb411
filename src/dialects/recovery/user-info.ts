import * as z from 'zod/mini'
import type { Context } from '../../domain/context.ts'
import { changeUserInfo, readUserInfo } from '../../domain/recovery.ts'
import { numberOf } from '../../domain/support/numbers.ts'
import { pythonName } from '../../http/request/field-errors.ts'
import { boolean, field, integer, pathId, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { route } from '../../http/routing/route.ts'
import { PTSD_LEVEL, RECOVERY_AGE, type RecoveryProfile } from '../../model/recovery.ts'
import { ownerOrStaff } from './access.ts'
import { errors as commonErrors } from './errors.ts'

const UserInfo = documented(
  z.object({
    id: z.int(),
    user: z.int(),
    username: z.string(),
    age: z.nullable(z.int()),
    location: z.string(),
    military_status: z.boolean(),
    ptsd_level: z.nullable(z.int()),
    music: z.nullable(z.int()),
    therapist_contact: z.nullable(z.int()),
    scenario: z.nullable(z.int()),
  }),
  { id: 'UserInfo' },
)

const toWire = (context: Context, info: RecoveryProfile): z.infer<typeof UserInfo> => ({
  id: numberOf(context, info.accountId),
  user: numberOf(context, info.accountId),
  username: info.shownName,
  age: info.age,
  location: info.location,
  military_status: info.militaryStatus,
  ptsd_level: info.ptsdLevel,
  music: info.musicId,
  therapist_contact: info.therapistId,
  scenario: info.scenarioId,
})

const Updated = documented(
  z.object({
    message: z.string(),
    updated_data: z.pick(UserInfo, {
      age: true,
      location: true,
      military_status: true,
      ptsd_level: true,
      therapist_contact: true,
      scenario: true,
    }),
  }),
  { id: 'UserInfoUpdated' },
)

const updatedToWire = (context: Context, info: RecoveryProfile): z.infer<typeof Updated> => {
  const { age, location, military_status, ptsd_level, therapist_contact, scenario } = toWire(context, info)
  return {
    message: 'UserInfo updated successfully.',
    updated_data: { age, location, military_status, ptsd_level, therapist_contact, scenario },
  }
}

/** The id of another record, parsed as Django REST's related fields parse it. Whether the record exists is for the core to check. */
const relatedId = () =>
  field<number>({ type: 'integer' }, (value, reject) => {
    const id = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value
    if (typeof id === 'number' && Number.isSafeInteger(id)) return id
    return reject(`Incorrect type. Expected pk value, received ${pythonName(id)}.`)
  })

const Changes = z.partial(
  z.object({
    age: z.nullable(integer({ ...RECOVERY_AGE })),
    location: text({ max: 200, blank: true }),
    military_status: boolean(),
    ptsd_level: z.nullable(integer({ ...PTSD_LEVEL })),
    therapist_contact: z.nullable(relatedId()),
    scenario: z.nullable(relatedId()),
  }),
)

const USER_INFO_NOT_FOUND = errorResponse(404, { error: 'UserInfo not found for this user.' })

const errors = errorTable({
  ...commonErrors.table,
  'not-found': () => USER_INFO_NOT_FOUND,
  forbidden: () => errorResponse(403, { error: "You are not authorized to edit this user's information." }),
  'scenario-not-found': () => errorResponse(400, { error: 'AlarmScenario not found with this id.' }),
  'therapist-not-found': () => errorResponse(400, { error: 'Therapist not found with this id.' }),
})

const params = z.object({ id: pathId() })

const readUserInfoRoute = route({
  method: 'GET',
  path: '/api/v1/user/{id}/',
  operationId: 'getUserInfo',
  summary: "Get a person's user info",
  access: ownerOrStaff(USER_INFO_NOT_FOUND),
  params,
  responses: { 200: ok(UserInfo), ...errors.responses('not-found') },
  handle: async ({ context, params }) => ({
    status: 200,
    body: toWire(context, errors.unwrap(await readUserInfo(context, numberOf(context, params.id)))),
  }),
})

const changeUserInfoRoute = route({
  method: 'PATCH',
  path: '/api/v1/user/edit/{id}/',
  operationId: 'changeUserInfo',
  summary: "Change a person's user info",
  access: ownerOrStaff(USER_INFO_NOT_FOUND),
  body: Changes,
  params,
  responses: {
    200: ok(Updated),
    ...errors.responses('not-found', 'forbidden', 'scenario-not-found', 'therapist-not-found'),
  },
  handle: async ({ context, body, params }) => {
    const result = await changeUserInfo(context, {
      accountId: numberOf(context, params.id),
      age: body.age,
      location: body.location,
      militaryStatus: body.military_status,
      ptsdLevel: body.ptsd_level,
      therapistId: body.therapist_contact,
      scenarioId: body.scenario,
    })
    return { status: 200, body: updatedToWire(context, errors.unwrap(result)) }
  },
})

/** /api/v1/user/{id}/ and /api/v1/user/edit/{id}/: a person's user info. */
export const userInfoRoutes = [readUserInfoRoute, changeUserInfoRoute]
