import { handleRequest } from './app.ts'
import { createContext } from './compose.ts'
import { systemContext } from './domain/access.ts'
import { runOften } from './domain/maintenance/run-often.ts'
import { sweep } from './domain/maintenance/sweep.ts'
import type { Env } from './env.ts'
import { createSockets } from './rpc/sockets.ts'

export { AccountGate } from './durable/account-gate.ts'
export { AlarmDispatcher } from './durable/alarm-dispatcher.ts'
export { Operator } from './durable/operator.ts'
export { SupportDesk } from './durable/support-desk.ts'
export { SupportRoom } from './durable/support-room.ts'

/** The cron schedule that re-arms alarms and sends notices. The other schedule runs the cleanup. Both are set in wrangler.toml. */
const ALARM_CRON = '*/5 * * * *'

export default {
  fetch: (request, env, execution) => {
    const context = createContext(env, execution)
    return handleRequest(request, { context, sockets: createSockets(env, context.settings.jurisdiction) })
  },
  scheduled: (event, env, execution) => (event.cron === ALARM_CRON ? runOften : sweep)(systemContext(createContext(env, execution))),
} satisfies ExportedHandler<Env>
