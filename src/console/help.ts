import * as z from 'zod'
import { callForHelp } from '../domain/alarms/trigger.ts'
import { ok } from '../http/response/specs.ts'
import { member } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import type { Triggered } from '../model/alarm.ts'
import { errors } from './errors.ts'

const HelpCall = z
  .object({
    alarm_id: z.string(),
    music_url: z.string().nullable(),
    unreachable: z.array(z.string()).meta({ description: 'Contacts without an address that a message can be sent to.' }),
  })
  .meta({ id: 'HelpCall' })

const toWire = ({ alarmId, messages }: Triggered): z.infer<typeof HelpCall> => ({
  alarm_id: alarmId,
  music_url: messages.find((message) => message.type === 'music')?.url ?? null,
  unreachable: messages.filter((message) => message.type === 'contact-unreachable').map(({ name }) => name),
})

const callForHelpRoute = route({
  method: 'POST',
  path: '/support/help/',
  summary: 'Call for help',
  description:
    'Starts an alarm for the caller, or joins the open one. A caller who has not chosen a scenario can call for help, too: the trigger of the contract responds with 404 to them.',
  access: member,
  responses: { 200: ok(HelpCall, 'The alarm'), ...errors.responses('throttled') },
  handle: async ({ context }) => ({ status: 200, body: toWire(errors.unwrap(await callForHelp(context))) }),
})

/** Every /support/help/ path: what the support page needs besides the contract. */
export const helpRoutes = [callForHelpRoute]
