import * as z from 'zod/mini'
import { readOwnAlarms } from '../domain/alarms/read-own-alarms.ts'
import { callForHelp } from '../domain/alarms/trigger.ts'
import { text } from '../http/request/fields.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { member } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import type { AlarmView, Triggered } from '../model/alarm.ts'
import { isoTime } from '../model/time.ts'
import { errors } from './errors.ts'

const HelpCall = documented(
  z.object({
    alarm_id: z.string(),
    music_url: z.nullable(z.string()),
    unreachable: documented(z.array(z.string()), { description: 'Contacts without an address that a message can be sent to.' }),
  }),
  { id: 'HelpCall' },
)

const toWire = ({ alarmId, messages }: Triggered): z.infer<typeof HelpCall> => ({
  alarm_id: alarmId,
  music_url: messages.find((message) => message.type === 'music')?.url ?? null,
  unreachable: messages.filter((message) => message.type === 'contact-unreachable').map(({ name }) => name),
})

const OwnAlarm = documented(
  z.object({
    alarm_id: z.string(),
    status: z.enum(['open', 'acknowledged', 'cancelled']),
    triggered_at: z.string(),
    acknowledged_by: z.nullable(z.string()),
    acknowledged_via: documented(z.optional(z.string()), { description: 'The channel of the link with which it was acknowledged.' }),
    is_safe: documented(z.boolean(), { description: 'Whether the person has reported that they are safe.' }),
    deliveries: z.array(z.object({ recipient: z.string(), channel: z.string(), state: z.string(), purpose: z.string() })),
  }),
  { id: 'OwnAlarm' },
)

const ownAlarmToWire = (alarm: AlarmView): z.infer<typeof OwnAlarm> => ({
  alarm_id: alarm.alarmId,
  status: alarm.status,
  triggered_at: isoTime(alarm.triggeredAt),
  acknowledged_by: alarm.acknowledgedBy,
  ...(alarm.acknowledgedVia && { acknowledged_via: alarm.acknowledgedVia }),
  is_safe: alarm.safeAt !== null,
  deliveries: alarm.deliveries
    .filter(({ channel }) => channel !== 'webhook')
    .map(({ recipient, channel, state, purpose }) => ({ recipient, channel, state, purpose })),
})

const readHelp = route({
  method: 'GET',
  path: '/support/help/',
  access: member,
  responses: { 200: ok(z.object({ alarms: z.array(OwnAlarm) })) },
  handle: async ({ context }) => ({ status: 200, body: { alarms: (await readOwnAlarms(context)).map(ownAlarmToWire) } }),
})

/** Starts an alarm for the caller, or joins the open one. A caller who has not chosen a scenario can call for help, too: the trigger of the contract responds with 404 to them. A request that is repeated with the same `call_id` starts nothing: the response has the alarm of the first one. */
const callForHelpRoute = route({
  method: 'POST',
  path: '/support/help/',
  access: member,
  body: z.object({ call_id: z._default(z.nullable(text({ max: 64 })), null) }),
  responses: { 200: ok(HelpCall), ...errors.responses('throttled') },
  handle: async ({ context, body }) => ({ status: 200, body: toWire(errors.unwrap(await callForHelp(context, body.call_id))) }),
})

/** Every /support/help/ path: what the support page needs besides the contract. */
export const helpRoutes = [callForHelpRoute, readHelp]
