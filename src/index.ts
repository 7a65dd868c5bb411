import { origin } from './app.ts'
import { createCtx } from './compose.ts'
import { sweep } from './domain/sweep.ts'
import type { Env } from './env.ts'

export { AlarmDispatcher } from './durable/alarm-dispatcher.ts'
export { SupportDesk } from './durable/support-desk.ts'
export { SupportRoom } from './durable/support-room.ts'

export default {
  fetch: (request, env, execution) => origin(request, createCtx(env, execution)),
  scheduled: async (_event, env, execution) => sweep(createCtx(env, execution)),
} satisfies ExportedHandler<Env>
