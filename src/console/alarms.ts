import { createRoute, z } from '@hono/zod-openapi'
import { alarmToWire } from '../dialects/recovery/frames.ts'
import { readAlarms } from '../domain/support/watch.ts'
import type { Api } from '../http/api.ts'
import { signedIn } from '../http/credentials.ts'
import { success } from '../http/responses.ts'
import { errors } from './envelope.ts'

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

/** Every /console/api/alarms/ path: who has rung, as the desk was told. */
export const alarms = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/console/api/alarms/',
      summary: 'The alarms of everybody, the newest first',
      description: 'The newest two hundred.',
      ...signedIn,
      responses: { 200: success(z.object({ alarms: z.array(Alarm) }), 'The alarms'), ...errors.responses('not-yours') },
    }),
    async (c) => c.json({ alarms: errors.unwrap(await readAlarms(c.var.context)).map(alarmToWire) }, 200),
  )
}
