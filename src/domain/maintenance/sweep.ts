import { RETENTION } from '../../model/retention.ts'
import { sweepCancelledPlans } from '../../store/calendars.ts'
import { sweepCredentials } from '../../store/credentials.ts'
import { sweepRevokedConnections } from '../../store/socket-users.ts'
import type { SystemContext } from '../access.ts'
import { sendExpiryReminders } from '../notifications.ts'
import { sweepPictures } from '../profiles/sweep-pictures.ts'
import { sweepAuditTrail, sweepLinks, sweepOutbox } from './retention.ts'

const JOBS: Readonly<Record<string, (context: SystemContext) => Promise<unknown>>> = {
  credentials: (context) => {
    const now = context.now()
    return sweepCredentials(context.store, {
      now,
      failuresBefore: now - RETENTION.loginFailuresMs,
      networksBefore: now - RETENTION.loginNetworksMs,
    })
  },
  cancelledPlans: (context) => sweepCancelledPlans(context.store, context.now() - RETENTION.cancelledPlansMs),
  pictures: sweepPictures,
  revokedConnections: (context) => sweepRevokedConnections(context.store, context.now() - RETENTION.revokedConnectionsMs),
  auditTrail: sweepAuditTrail,
  outbox: sweepOutbox,
  links: sweepLinks,
  reminders: sendExpiryReminders,
}

/**
 * The daily cron: deletes data that has expired, so that old data stays small, and reminds members whose subscription
 * ends. If one job fails, the others still run; the first error is thrown at the end.
 */
export const sweep = async (context: SystemContext): Promise<void> => {
  const results: Record<string, unknown> = {}
  const errors: unknown[] = []
  for (const [name, job] of Object.entries(JOBS)) {
    try {
      results[name] = await job(context)
    } catch (error) {
      results[name] = 'failed'
      errors.push(error)
    }
  }
  console.log(JSON.stringify({ cron: 'sweep', ...results }))
  if (errors.length > 0) throw errors[0]
}
