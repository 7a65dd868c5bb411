import * as z from 'zod/mini'
import { loadPhoneNumbers } from '../../domain/accounts/phone-numbers.ts'
import { changeTherapist, createTherapist } from '../../domain/recovery.ts'
import { email, pathId, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { route } from '../../http/routing/route.ts'
import { QUOTAS } from '../../model/quotas.ts'
import type { Therapist } from '../../model/recovery.ts'
import { ownerOnly } from './access.ts'
import { errors as commonErrors } from './errors.ts'
import { contactPhone } from './phone.ts'

const TherapistContact = documented(z.object({ id: z.int(), name: z.string(), phone: z.string(), email: z.string() }), {
  id: 'TherapistContact',
})

const toWire = ({ id, name, phone, email }: Therapist): z.infer<typeof TherapistContact> => ({ id, name, phone, email })

const TherapistFields = z.object({
  name: text({ max: 150 }),
  phone: contactPhone(),
  email: email(),
})

const TherapistResponse = z.object({ message: z.string(), data: TherapistContact })

const FORBIDDEN = errorResponse(403, { error: "You are not authorized to edit another user's therapist contact." })

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => FORBIDDEN,
  'therapist-not-found': () => errorResponse(404, { error: 'Therapist contact not found for this user.' }),
})

const CREATED = 'A new therapist contact has been created.'
const UPDATED = 'Therapist contact has been updated.'

const params = z.object({ id: pathId() })

const addTherapist = route({
  method: 'PUT',
  path: '/api/v1/user/create/therapist/{id}/',
  operationId: 'addTherapist',
  summary: 'Add a therapist, who becomes the one that alarms notify',
  access: ownerOnly(FORBIDDEN),
  quota: QUOTAS.therapists,
  body: TherapistFields,
  bodyOptions: { prepare: loadPhoneNumbers },
  params,
  responses: {
    201: ok(TherapistResponse),
    ...errors.responses('forbidden'),
  },
  handle: async ({ context, body }) => ({
    status: 201,
    body: { message: CREATED, data: toWire(await createTherapist(context, body)) },
  }),
})

const changeTherapistRoute = route({
  method: 'PATCH',
  path: '/api/v1/user/edit/therapist/{id}/',
  operationId: 'changeTherapist',
  summary: 'Change the current therapist',
  access: ownerOnly(FORBIDDEN),
  body: z.partial(TherapistFields),
  bodyOptions: { prepare: loadPhoneNumbers },
  params,
  responses: {
    200: ok(TherapistResponse),
    ...errors.responses('forbidden', 'therapist-not-found'),
  },
  handle: async ({ context, body }) => {
    const therapist = errors.unwrap(await changeTherapist(context, body))
    return { status: 200, body: { message: UPDATED, data: toWire(therapist) } }
  },
})

/** /api/v1/user/create/therapist/{id}/ and /api/v1/user/edit/therapist/{id}/. */
export const therapistRoutes = [addTherapist, changeTherapistRoute]
