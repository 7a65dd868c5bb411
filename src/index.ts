import { origin } from './app.ts'
import { createContext } from './compose.ts'
import { rearmAlarms } from './domain/alarms/rearm.ts'
import { sweep } from './domain/sweep.ts'
import type { Env } from './env.ts'

export { AlarmDispatcher } from './durable/alarm-dispatcher.ts'
export { Operator } from './durable/operator.ts'
export { SupportDesk } from './durable/support-desk.ts'
export { SupportRoom } from './durable/support-room.ts'

/** The cron that looks after alarms; the other one sweeps. Both stand in wrangler.toml. */
const EVERY_FIVE_MINUTES = '*/5 * * * *'

export default {
  fetch: (request, env, execution) => origin(request, createContext(env, execution)),
  scheduled: (event, env, execution) => (event.cron === EVERY_FIVE_MINUTES ? rearmAlarms : sweep)(createContext(env, execution)),
} satisfies ExportedHandler<Env>
