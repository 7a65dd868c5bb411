import worker from '../../src/index.ts'
import { asInvocation } from './limited-database.ts'

/** The Worker, in which each request and each run of a cron is an invocation with D1's limits for it. */

export { AccountGate, AlarmDispatcher, Operator, SupportDesk, SupportRoom } from '../../src/index.ts'

export default {
  fetch: (...args: Parameters<typeof worker.fetch>) => asInvocation(() => worker.fetch(...args)),
  scheduled: (...args: Parameters<typeof worker.scheduled>) => asInvocation(() => worker.scheduled(...args)),
}
