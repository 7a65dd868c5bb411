import { deleteOldAuditEntries } from '../../store/audit.ts'
import type { SystemContext } from '../access.ts'

/** One statement must not change too many rows: in production it would fail. */
const CHUNK_SIZE = 1000
/** The platform limits the number of statements in a run. What is left is deleted by the next run. */
const MAX_CHUNKS = 100

/** Deletes what is older than the retention time. Returns the number of entries. */
export const sweepAuditTrail = async (context: SystemContext): Promise<number> => {
  const before = context.now() - context.settings.retention.auditMs
  let deleted = 0
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const count = await deleteOldAuditEntries(context.store, before, CHUNK_SIZE)
    deleted += count
    if (count < CHUNK_SIZE) break
  }
  return deleted
}
