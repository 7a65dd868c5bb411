import { createRoute, z } from '@hono/zod-openapi'
import { alarmToWire } from '../dialects/recovery/frames.ts'
import { readAlarms } from '../domain/support/watch.ts'
import type { Api } from '../http/api.ts'
import { signedIn } from '../http/credentials.ts'
import { success } from '../http/responses.ts'
import { errors } from './errors.ts'

const Alarm = z
  .object({
    user_id: z.int(),
    username: z.string(),
    alarm_id: z.string(),
    scenario: z.string(),
    status: z.string(),
    triggered_at: z.string(),
    acknowledged_at: z.string().nullable(),
    acknowledged_by: z.string().nullable(),
  })
  .openapi('DeskAlarm')

/** Every /console/api/alarms/ path: the alarms that the desk was notified of. */
export const alarms = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/console/api/alarms/',
      summary: 'List the alarms of all accounts, newest first',
      description: 'At most 200.',
      ...signedIn,
      responses: { 200: success(z.object({ alarms: z.array(Alarm) }), 'The alarms'), ...errors.responses('forbidden') },
    }),
    async (c) => c.json({ alarms: errors.unwrap(await readAlarms(c.var.context)).map(alarmToWire) }, 200),
  )
}
