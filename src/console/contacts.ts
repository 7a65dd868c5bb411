import * as z from 'zod/mini'
import { listContacts } from '../domain/contacts/contacts.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { member } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import type { EmergencyContact } from '../model/recovery.ts'

const Contact = documented(
  z.object({
    id: z.int(),
    name: z.string(),
    relationship: z.string(),
    answer: documented(z.enum(['not-asked', 'asked', 'agreed', 'declined']), {
      description: 'A contact who has declined is not notified of alarms. All others are.',
    }),
  }),
  { id: 'ContactAnswer' },
)

const toWire = ({ id, name, relationship, answer }: EmergencyContact): z.infer<typeof Contact> => ({
  id,
  name,
  relationship,
  answer: answer ?? 'not-asked',
})

const listContactAnswers = route({
  method: 'GET',
  path: '/support/help/contacts/',
  access: member,
  responses: { 200: ok(z.object({ contacts: z.array(Contact) })) },
  handle: async ({ context }) => {
    return { status: 200, body: { contacts: (await listContacts(context)).map(toWire) } }
  },
})

export const contactRoutes = [listContactAnswers]
