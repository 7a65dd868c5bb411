import * as z from 'zod/mini'
import { readHistory } from '../domain/support/read-history.ts'
import { readPerson } from '../domain/support/read-person.ts'
import { integer, pathId } from '../http/request/fields.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { route } from '../http/routing/route.ts'
import type { PersonDetails, Therapist } from '../model/recovery.ts'
import type { StoredMessage } from '../model/support.ts'
import { isoTime } from '../model/time.ts'
import { FORBIDDEN, staffOnly } from './access.ts'
import { errors } from './errors.ts'

const Reachable = z.object({ id: z.int(), name: z.string(), phone: z.string(), email: z.string() })

const Person = documented(
  z.object({
    username: z.string(),
    name: z.string(),
    phone: z.nullable(z.string()),
    location: z.string(),
    scenario: z.nullable(z.string()),
    therapist: z.nullable(Reachable),
    contacts: z.array(z.extend(Reachable, { relationship: z.string() })),
  }),
  { id: 'Person' },
)

const reachable = ({ id, name, phone, email }: Therapist) => ({ id, name, phone, email })

const personToWire = (person: PersonDetails): z.infer<typeof Person> => ({
  username: person.username,
  name: `${person.firstName} ${person.lastName}`.trim(),
  phone: person.phone,
  location: person.location,
  scenario: person.scenario,
  therapist: person.therapist && reachable(person.therapist),
  contacts: person.contacts.map((contact) => ({ ...reachable(contact), relationship: contact.relationship })),
})

const Message = documented(
  z.object({
    id: z.int(),
    message: z.string(),
    from_admin: z.boolean(),
    sender: z.object({ id: z.int(), username: z.string() }),
    sent_at: z.string(),
  }),
  { id: 'RoomMessage' },
)

const messageToWire = ({ id, message, fromAdmin, senderId, senderName, sentAt }: StoredMessage): z.infer<typeof Message> => ({
  id,
  message,
  from_admin: fromAdmin,
  sender: { id: senderId, username: senderName },
  sent_at: isoTime(sentAt),
})

const params = z.object({ user_id: pathId() })

const showPerson = route({
  method: 'GET',
  path: '/console/api/rooms/{user_id}/person/',
  summary: 'Get how to reach a person, and whom an alarm of this person notifies',
  access: staffOnly,
  params,
  responses: { 200: ok(Person, 'The person'), ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context, params }) => ({ status: 200, body: personToWire(errors.unwrap(await readPerson(context, params.user_id))) }),
})

const listMessages = route({
  method: 'GET',
  path: '/console/api/rooms/{user_id}/messages/',
  summary: 'List the messages of a conversation with the name of each sender, newest page first; oldest message first within a page',
  access: staffOnly,
  query: z.object({ before: z.optional(integer({ min: 1 })), limit: z._default(integer({ min: 1, max: 200 }), 50) }),
  params,
  responses: { 200: ok(z.object({ messages: z.array(Message) }), 'The messages'), ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context, query, params }) => {
    const { before = null, limit } = query
    const { messages } = errors.unwrap(await readHistory(context, params.user_id, { before, limit }))
    return { status: 200, body: { messages: messages.map(messageToWire) } }
  },
})

/** What the console shows of one person besides the contract: details for staff, and who of the staff wrote what. */
export const personRoutes = [showPerson, listMessages]
