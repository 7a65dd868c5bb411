import * as z from 'zod/mini'
import { loadPhoneNumbers } from '../../domain/accounts/phone-numbers.ts'
import { addContact, listContacts, removeContact } from '../../domain/contacts/contacts.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import { email, pathId, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { type ErrorResponse, noContent, ok } from '../../http/response/specs.ts'
import { route } from '../../http/routing/route.ts'
import { QUOTAS } from '../../model/quotas.ts'
import type { EmergencyContact } from '../../model/recovery.ts'
import { ownerOnly } from './access.ts'
import { errors as commonErrors } from './errors.ts'
import { contactPhone } from './phone.ts'

const Contact = documented(z.object({ id: z.int(), name: z.string(), phone: z.string(), email: z.string(), relationship: z.string() }), {
  id: 'EmergencyContact',
})

const toWire = ({ id, name, phone, email, relationship }: EmergencyContact): z.infer<typeof Contact> => ({
  id,
  name,
  phone,
  email,
  relationship,
})

const NewContact = z.object({
  name: text({ max: 150 }),
  phone: contactPhone(),
  email: z._default(z.nullable(email({ blank: true })), ''),
  relationship: text({ max: 100 }),
})

const MISSING_TEXTS = new Set(['This field is required.', 'This field may not be blank.', 'This field may not be null.'])

const isMissing = (errors: FieldErrors, name: string): boolean => {
  const texts = errors[name]
  return Array.isArray(texts) && texts.some((text) => MISSING_TEXTS.has(text))
}

/** One common error where any of the three required fields is missing or blank. Otherwise one error per field. */
const invalid = (errors: FieldErrors): ErrorResponse =>
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

const addContactRoute = route({
  method: 'PATCH',
  path: '/api/v1/user/edit/contact/{id}/',
  operationId: 'addContact',
  summary: 'Add an emergency contact',
  access: ownerOnly(FORBIDDEN),
  quota: QUOTAS.contacts,
  body: NewContact,
  bodyOptions: { invalid, prepare: loadPhoneNumbers },
  params,
  responses: {
    201: ok(z.object({ message: z.string(), data: Contact })),
    ...errors.responses('forbidden', 'contacts-full'),
  },
  handle: async ({ context, body }) => {
    const contact = errors.unwrap(await addContact(context, { ...body, email: body.email ?? '' }))
    return { status: 201, body: { message: 'A new emergency contact has been created.', data: toWire(contact) } }
  },
})

const listContactsRoute = route({
  method: 'GET',
  path: '/api/v1/user/contacts/{id}/',
  operationId: 'listContacts',
  summary: "List the caller's emergency contacts, oldest first",
  access: ownerOnly(FORBIDDEN),
  params,
  responses: { 200: ok(z.array(Contact)), ...errors.responses('forbidden') },
  handle: async ({ context }) => ({ status: 200, body: (await listContacts(context)).map(toWire) }),
})

const deleteContact = route({
  method: 'DELETE',
  path: '/api/v1/user/contacts/{id}/{contact_id}/',
  operationId: 'deleteContact',
  summary: 'Delete an emergency contact',
  access: ownerOnly(FORBIDDEN),
  params: z.extend(params, { contact_id: pathId() }),
  responses: { 204: noContent, ...errors.responses('forbidden', 'not-found') },
  handle: async ({ context, params }) => {
    errors.unwrap(await removeContact(context, params.contact_id))
    return { status: 204, body: null }
  },
})

/** /api/v1/user/edit/contact/{id}/ and /api/v1/user/contacts/…: the emergency contacts that an alarm notifies. */
export const contactRoutes = [addContactRoute, listContactsRoute, deleteContact]
