import * as z from 'zod/mini'
import { numberOf } from '../domain/support/numbers.ts'
import { readPerson } from '../domain/support/read-person.ts'
import { pathId } from '../http/request/fields.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { route } from '../http/routing/route.ts'
import type { PersonDetails, Therapist } from '../model/recovery.ts'
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

const params = z.object({ user_id: pathId() })

const showPerson = route({
  method: 'GET',
  path: '/console/api/rooms/{user_id}/person/',
  access: staffOnly,
  params,
  responses: { 200: ok(Person), ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context, params }) => ({
    status: 200,
    body: personToWire(errors.unwrap(await readPerson(context, numberOf(context, params.user_id)))),
  }),
})

/** What the console shows of one person besides the contract. */
export const personRoutes = [showPerson]
