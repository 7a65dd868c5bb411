import { RETENTION } from '../../model/retention.ts'
import { deleteOldOutboxMessages } from '../../store/alarms.ts'
import { deleteOldAuditEntries } from '../../store/audit.ts'
import { deleteExpiredLinks } from '../../store/one-time-links.ts'
import type { Store } from '../../store/store.ts'
import type { SystemContext } from '../access.ts'

/** One statement must not change too many rows: in production it would fail. */
const CHUNK_SIZE = 1000
/** The platform limits the number of statements in a run. What is left is deleted by the next run. */
const MAX_CHUNKS = 100

type DeleteChunk = (store: Store, before: number, limit: number) => Promise<number>

/** Deletes what is older than a retention time. Returns the number of rows. */
const sweepOlderThan = async (context: SystemContext, retentionMs: number, deleteChunk: DeleteChunk): Promise<number> => {
  const before = context.now() - retentionMs
  let deleted = 0
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const count = await deleteChunk(context.store, before, CHUNK_SIZE)
    deleted += count
    if (count < CHUNK_SIZE) break
  }
  return deleted
}

export const sweepAuditTrail = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, context.settings.retention.auditMs, deleteOldAuditEntries)

/** Messages in the outbox contain the addresses of people who have no account. */
export const sweepOutbox = (context: SystemContext): Promise<number> =>
  sweepOlderThan(context, context.settings.retention.outboxMs, deleteOldOutboxMessages)

export const sweepLinks = (context: SystemContext): Promise<number> => sweepOlderThan(context, RETENTION.linksMs, deleteExpiredLinks)
