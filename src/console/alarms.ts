import * as z from 'zod/mini'
import { alarmToWire } from '../dialects/recovery/frames.ts'
import { numberOf } from '../domain/support/numbers.ts'
import { readAlarms } from '../domain/support/watch.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { route } from '../http/routing/route.ts'
import { FORBIDDEN, staffOnly } from './access.ts'
import { errors } from './errors.ts'

const Alarm = documented(
  z.object({
    user_id: z.int(),
    username: z.string(),
    alarm_id: z.string(),
    scenario: z.string(),
    status: z.string(),
    triggered_at: z.string(),
    acknowledged_at: z.nullable(z.string()),
    acknowledged_by: z.nullable(z.string()),
    acknowledged_via: documented(z.optional(z.string()), { description: 'The channel of the link with which it was acknowledged.' }),
  }),
  { id: 'DeskAlarm' },
)

/** At most 200. */
const listAlarms = route({
  method: 'GET',
  path: '/console/api/alarms/',
  access: staffOnly,
  responses: { 200: ok(z.object({ alarms: z.array(Alarm) })), ...errors.responses(FORBIDDEN) },
  handle: async ({ context }) => ({
    status: 200,
    body: { alarms: (await readAlarms(context)).map((alarm) => alarmToWire({ ...alarm, userId: numberOf(context, alarm.userId) })) },
  }),
})

/** Every /console/api/alarms/ path: the alarms that the desk was notified of. */
export const alarmRoutes = [listAlarms]
