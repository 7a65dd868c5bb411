import { recordCronRun } from '../../store/cron-runs.ts'
import type { SystemContext } from '../access.ts'
import { sweepClosedAccounts } from '../accounts/erase.ts'
import { sendExpiryReminders } from '../notifications.ts'
import {
  sweepAlarmMessages,
  sweepAuditTrail,
  sweepCancelledPlans,
  sweepCredentials,
  sweepDeskAlarms,
  sweepLinks,
  sweepLoginFailures,
  sweepLoginNetworks,
  sweepOutbox,
  sweepRevokedConnections,
} from './retention.ts'
import { sweepChatFiles, sweepPictures } from './sweep-media.ts'

const JOBS: Readonly<Record<string, (context: SystemContext) => Promise<unknown>>> = {
  credentials: sweepCredentials,
  loginFailures: sweepLoginFailures,
  loginNetworks: sweepLoginNetworks,
  cancelledPlans: sweepCancelledPlans,
  pictures: sweepPictures,
  chatFiles: sweepChatFiles,
  revokedConnections: sweepRevokedConnections,
  auditTrail: sweepAuditTrail,
  outbox: sweepOutbox,
  alarmMessages: sweepAlarmMessages,
  deskAlarms: sweepDeskAlarms,
  closedAccounts: sweepClosedAccounts,
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
  await recordCronRun(context.store, 'sweep', context.now())
  if (errors.length > 0) throw errors[0]
}
