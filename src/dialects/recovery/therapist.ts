import { createRoute, z } from '@hono/zod-openapi'
import { changeTherapist, createTherapist, type Therapist } from '../../domain/recovery/therapist.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { email, pathId, text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { errors as commonErrors } from './errors.ts'
import { ownerOnly } from './guards.ts'

const TherapistContact = z.object({ id: z.int(), name: z.string(), phone: z.string(), email: z.string() }).openapi('TherapistContact')

const toWire = ({ id, name, phone, email }: Therapist): z.infer<typeof TherapistContact> => ({ id, name, phone, email })

const EXAMPLE = { id: 1, name: 'Dr. Hall', phone: '+380507654321', email: 'hall@example.com' }

const TherapistFields = z.object({
  name: text({ max: 150, example: EXAMPLE.name }),
  phone: text({ max: 32, example: EXAMPLE.phone }),
  email: email({ example: EXAMPLE.email }),
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

/** /api/v1/user/create/therapist/{id}/ and /api/v1/user/edit/therapist/{id}/. */
export const therapist = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'put',
      path: '/api/v1/user/create/therapist/{id}/',
      summary: 'Add a therapist, who becomes the one that alarms notify',
      ...ownerOnly(FORBIDDEN),
      request: { params, body: body(TherapistFields) },
      responses: {
        201: success(TherapistResponse, 'The therapist', { message: CREATED, data: EXAMPLE }),
        ...errors.responses('forbidden'),
      },
    }),
    async (c) => c.json({ message: CREATED, data: toWire(await createTherapist(c.var.context, c.req.valid('json'))) }, 201),
  )

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/api/v1/user/edit/therapist/{id}/',
      summary: 'Change the current therapist',
      ...ownerOnly(FORBIDDEN),
      request: { params, body: body(TherapistFields.partial()) },
      responses: {
        200: success(TherapistResponse, 'The therapist', { message: UPDATED, data: EXAMPLE }),
        ...errors.responses('forbidden', 'therapist-not-found'),
      },
    }),
    async (c) => {
      const therapist = errors.unwrap(await changeTherapist(c.var.context, c.req.valid('json')))
      return c.json({ message: UPDATED, data: toWire(therapist) }, 200)
    },
  )
}
