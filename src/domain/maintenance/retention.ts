import { CHUNK_SIZE, MAX_CHUNKS } from '../../model/chunks.ts'
import { RETENTION } from '../../model/retention.ts'
import { deleteExpiredLinks } from '../../store/one-time-links.ts'
import {
  deleteExpiredCredentials,
  deleteOldAuditEntries,
  deleteOldCancelledPlans,
  deleteOldLoginFailures,
  deleteOldLoginNetworks,
  deleteOldOutboxMessages,
  deleteOldRevokedConnections,
  findOldAlarmHistories,
  updateAlarmHistories,
} from '../../store/retention.ts'
import type { Store } from '../../store/store.ts'
import type { SystemContext } from '../access.ts'

/** The platform also limits the number of calls of Durable Objects. */
const MAX_OBJECTS = 200

type DeleteOldest = (store: Store, before: number, limit: number) => Promise<number>

/** Deletes what is older than a retention time. Returns the number of rows. What is left is deleted by the next run. */
const sweepOlderThan = async (context: SystemContext, retentionMs: number, deleteOldest: DeleteOldest): Promise<number> => {
  const before = context.now() - retentionMs
  let deleted = 0
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const count = await deleteOldest(context.store, before, CHUNK_SIZE)
    deleted += count
    if (count < CHUNK_SIZE) break
  }
  return deleted
}

export const sweepCredentials = (context: SystemContext): Promise<number> => sweepOlderThan(context, 0, deleteExpiredCredentials)

export const sweepLoginFailures = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, RETENTION.loginFailuresMs, deleteOldLoginFailures)

export const sweepLoginNetworks = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, RETENTION.loginNetworksMs, deleteOldLoginNetworks)

export const sweepRevokedConnections = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, RETENTION.revokedConnectionsMs, deleteOldRevokedConnections)

export const sweepCancelledPlans = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, RETENTION.cancelledPlansMs, deleteOldCancelledPlans)

export const sweepAuditTrail = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, context.settings.retention.auditMs, deleteOldAuditEntries)

/** Messages in the outbox contain the addresses of people who have no account. */
export const sweepOutbox = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, context.settings.retention.outboxMs, deleteOldOutboxMessages)

/**
 * The same for the messages that people's alarm objects have stored. Those that have waited longest come first. An object that
 * fails is called again by the next run. Returns the number of objects.
 */
export const sweepAlarmMessages = async (context: SystemContext): Promise<number> => {
  const before = context.now() - context.settings.retention.alarmMessagesMs
  const accountIds = await findOldAlarmHistories(context.store, before, MAX_OBJECTS)
  const results = await Promise.allSettled(
    accountIds.map(async (accountId) => ({
      accountId,
      oldestAt: await context.alarms.dispatcher(accountId).deleteOldMessages(before, CHUNK_SIZE),
    })),
  )
  const swept = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  if (swept.length > 0) await updateAlarmHistories(context.store, swept)
  if (swept.length < results.length) throw new Error(`${results.length - swept.length} alarm objects could not be swept`)
  return swept.length
}

/** The list of alarms at the desk. Open alarms stay. */
export const sweepDeskAlarms = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, context.settings.retention.deskAlarmsMs, (_store, before, limit) =>
    context.support.deleteOldDeskAlarms(before, limit),
  )

export const sweepLinks = (context: SystemContext): Promise<number> => sweepOlderThan(context, RETENTION.linksMs, deleteExpiredLinks)
