import * as z from 'zod/mini'
import { acknowledgeAlarm } from '../../domain/alarms/acknowledge.ts'
import { listAlarms } from '../../domain/alarms/list-alarms.ts'
import { triggerAlarm } from '../../domain/alarms/trigger.ts'
import { numberOf } from '../../domain/support/numbers.ts'
import { pathId, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { alias, route } from '../../http/routing/route.ts'
import type { AlarmView, DeliveryView, Triggered } from '../../model/alarm.ts'
import { isoTime } from '../../model/time.ts'
import { ownerOrStaff } from './access.ts'
import { triggerMessageToWire } from './alarm-messages.ts'
import { errors as commonErrors } from './errors.ts'

const Status = z.enum(['open', 'acknowledged', 'cancelled'])

const TriggeredAlarm = documented(
  z.object({
    scenario: z.string(),
    messages: z.array(z.union([z.object({ music_url: z.string() }), z.string()])),
    alarm_id: z.string(),
    status: Status,
  }),
  { id: 'AlarmTriggered' },
)

const triggeredToWire = ({ scenario, messages, alarmId, status }: Triggered): z.infer<typeof TriggeredAlarm> => ({
  scenario,
  messages: messages.map(triggerMessageToWire),
  alarm_id: alarmId,
  status,
})

const Delivery = documented(
  z.object({
    id: z.string(),
    step: z.int(),
    recipient: z.string(),
    channel: z.string(),
    state: z.enum(['pending', 'sent', 'uncertain', 'kept', 'failed', 'stopped', 'withheld']),
    attempts: z.int(),
    updated_at: z.string(),
  }),
  { id: 'AlarmDelivery' },
)

const deliveryToWire = ({ updatedAt, ...delivery }: DeliveryView): z.infer<typeof Delivery> => ({
  id: delivery.id,
  step: delivery.step,
  recipient: delivery.recipient,
  channel: delivery.channel,
  state: delivery.state,
  attempts: delivery.attempts,
  updated_at: isoTime(updatedAt),
})

const Alarm = documented(
  z.object({
    alarm_id: z.string(),
    scenario: z.string(),
    status: Status,
    triggered_at: z.string(),
    acknowledged_at: z.nullable(z.string()),
    acknowledged_by: z.nullable(z.string()),
    note: z.string(),
    deliveries: z.array(Delivery),
  }),
  { id: 'Alarm' },
)

const alarmToWire = (alarm: AlarmView): z.infer<typeof Alarm> => ({
  alarm_id: alarm.alarmId,
  scenario: alarm.scenario,
  status: alarm.status,
  triggered_at: isoTime(alarm.triggeredAt),
  acknowledged_at: alarm.acknowledgedAt === null ? null : isoTime(alarm.acknowledgedAt),
  acknowledged_by: alarm.acknowledgedBy,
  note: alarm.note,
  deliveries: alarm.deliveries.map(deliveryToWire),
})

const USER_NOT_FOUND = errorResponse(404, { error: 'User or UserInfo not found' })
const ALARM_NOT_FOUND = errorResponse(404, { error: 'Alarm not found.' })

const errors = errorTable({
  ...commonErrors.table,
  'not-found': () => USER_NOT_FOUND,
  'no-scenario': () => errorResponse(404, { error: 'No AlarmScenario associated with this user' }),
  'alarm-not-found': () => ALARM_NOT_FOUND,
})

const params = z.object({ id: pathId() })

const triggerAlarmRoute = route({
  method: 'GET',
  path: '/api/v1/event/trigger/{id}/',
  operationId: 'triggerAlarm',
  summary: 'Trigger an alarm',
  access: ownerOrStaff(USER_NOT_FOUND),
  changesState: true,
  params,
  responses: {
    200: ok(TriggeredAlarm),
    ...errors.responses('not-found', 'no-scenario', 'throttled'),
  },
  handle: async ({ context, params }) => ({
    status: 200,
    body: triggeredToWire(errors.unwrap(await triggerAlarm(context, numberOf(context, params.id)))),
  }),
})

const triggerAlarmByPost = alias(triggerAlarmRoute, {
  method: 'POST',
  operationId: 'triggerAlarmByPost',
  summary: 'Trigger an alarm, for clients that use POST for requests with side effects',
})

const listAlarmsRoute = route({
  method: 'GET',
  path: '/api/v1/event/alarms/{id}/',
  operationId: 'listAlarms',
  summary: "List a person's alarms with the state of every delivery, newest first",
  access: ownerOrStaff(USER_NOT_FOUND),
  params,
  responses: {
    200: ok(z.object({ alarms: z.array(Alarm) })),
    ...errors.responses('not-found'),
  },
  handle: async ({ context, params }) => {
    const alarms = errors.unwrap(await listAlarms(context, numberOf(context, params.id)))
    return { status: 200, body: { alarms: alarms.map(alarmToWire) } }
  },
})

const acknowledgeAlarmRoute = route({
  method: 'POST',
  path: '/api/v1/event/alarms/{id}/{alarm_id}/ack/',
  operationId: 'acknowledgeAlarm',
  summary: 'Acknowledge an alarm ("I am safe"): no more notifications are sent',
  access: ownerOrStaff(ALARM_NOT_FOUND),
  body: z.object({ note: z._default(z.nullable(text({ max: 1000, blank: true, long: true })), '') }),
  params: z.extend(params, { alarm_id: z.string() }),
  responses: {
    200: ok(z.object({ alarm_id: z.string(), status: Status })),
    ...errors.responses('alarm-not-found'),
  },
  handle: async ({ context, body, params }) => {
    const input = { accountId: numberOf(context, params.id), alarmId: params.alarm_id, note: body.note ?? '' }
    const { alarmId, status } = errors.unwrap(await acknowledgeAlarm(context, input))
    return { status: 200, body: { alarm_id: alarmId, status } }
  },
})

/** Every /api/v1/event/* path: trigger an alarm, list alarms, acknowledge one. */
export const eventRoutes = [triggerAlarmRoute, triggerAlarmByPost, listAlarmsRoute, acknowledgeAlarmRoute]
