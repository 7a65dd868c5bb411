import { createRoute, z } from '@hono/zod-openapi'
import { addContact, type EmergencyContact, listContacts, removeContact } from '../../domain/recovery/contacts.ts'
import { type Answer, errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { email, pathId, text } from '../../http/fields.ts'
import { empty, success } from '../../http/responses.ts'
import { errors as commonErrors } from './errors.ts'
import { ownerOnly } from './guards.ts'

const Contact = z
  .object({ id: z.int(), name: z.string(), phone: z.string(), email: z.string(), relationship: z.string() })
  .openapi('EmergencyContact')

const toWire = ({ id, name, phone, email, relationship }: EmergencyContact): z.infer<typeof Contact> => ({
  id,
  name,
  phone,
  email,
  relationship,
})

const EXAMPLE = { id: 1, name: 'Ann', phone: '+380501234567', email: 'ann@example.com', relationship: 'sister' }

const NewContact = z.object({
  name: text({ max: 150, example: EXAMPLE.name }),
  phone: text({ max: 32, example: EXAMPLE.phone }),
  email: email({ blank: true, example: EXAMPLE.email }).nullable().default(''),
  relationship: text({ max: 100, example: EXAMPLE.relationship }),
})

const MISSING_TEXTS = new Set(['This field is required.', 'This field may not be blank.', 'This field may not be null.'])

const isMissing = (errors: FieldErrors, name: string): boolean => {
  const texts = errors[name]
  return Array.isArray(texts) && texts.some((text) => MISSING_TEXTS.has(text))
}

/** One common error where any of the three required fields is missing or blank. Otherwise one error per field. */
const invalid = (errors: FieldErrors): Answer =>
  ['name', 'phone', 'relationship'].some((name) => isMissing(errors, name))
    ? errorResponse(400, { error: "The 'name', 'phone', and 'relationship' fields are required." })
    : errorResponse(400, errors)

const FORBIDDEN = errorResponse(403, { error: "You are not authorized to edit another user's emergency contact." })

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => FORBIDDEN,
  'not-found': () => errorResponse(404, { error: 'Emergency contact not found.' }),
  'contacts-full': ({ max }) => errorResponse(400, { error: `A person can have at most ${max} emergency contacts.` }),
})

const params = z.object({ id: pathId() })

/** /api/v1/user/edit/contact/{id}/ and /api/v1/user/contacts/…: the emergency contacts that an alarm notifies. */
export const contacts = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'patch',
      path: '/api/v1/user/edit/contact/{id}/',
      summary: 'Add an emergency contact',
      ...ownerOnly(FORBIDDEN),
      request: { params, body: body(NewContact, { invalid }) },
      responses: {
        201: success(z.object({ message: z.string(), data: Contact }), 'The contact', {
          message: 'A new emergency contact has been created.',
          data: EXAMPLE,
        }),
        ...errors.responses('forbidden', 'contacts-full'),
      },
    }),
    async (c) => {
      const { email, ...fields } = c.req.valid('json')
      const contact = errors.unwrap(await addContact(c.var.context, { ...fields, email: email ?? '' }))
      return c.json({ message: 'A new emergency contact has been created.', data: toWire(contact) }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/user/contacts/{id}/',
      summary: "List the caller's emergency contacts, oldest first",
      ...ownerOnly(FORBIDDEN),
      request: { params },
      responses: { 200: success(z.array(Contact), 'The contacts', [EXAMPLE]), ...errors.responses('forbidden') },
    }),
    async (c) => c.json((await listContacts(c.var.context)).map(toWire), 200),
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/v1/user/contacts/{id}/{contact_id}/',
      summary: 'Delete an emergency contact',
      ...ownerOnly(FORBIDDEN),
      request: { params: params.extend({ contact_id: pathId() }) },
      responses: { 204: empty('Deleted'), ...errors.responses('forbidden', 'not-found') },
    }),
    async (c) => {
      errors.unwrap(await removeContact(c.var.context, c.req.valid('param').contact_id))
      return c.body(null, 204)
    },
  )
}
