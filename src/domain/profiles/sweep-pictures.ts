import { PICTURE_PREFIX } from '../../model/picture.ts'
import { RETENTION } from '../../model/retention.ts'
import { findJobCursor, findOrphanedPictures, saveJobCursor } from '../../store/matrimony-profiles.ts'
import type { SystemContext } from '../access.ts'

const JOB = 'sweep-pictures'
const BATCH_SIZE = 1000
/** Batches per run. The platform limits the number of calls in a run, so the next run continues from the stored cursor. */
const MAX_BATCHES = 20

/** Deletes orphaned pictures. A request leaves one if it stops between the write to the bucket and the write to the database. */
export const sweepPictures = async (context: SystemContext): Promise<number> => {
  let after = await findJobCursor(context.store, JOB)
  let deleted = 0
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const listed = await context.media.list(PICTURE_PREFIX, after, BATCH_SIZE)
    const before = context.now() - RETENTION.orphanedPicturesMs
    const old = listed.filter(({ storedAt }) => storedAt < before).map(({ name }) => name.slice(PICTURE_PREFIX.length))
    const orphans = old.length > 0 ? await findOrphanedPictures(context.store, old) : []
    await context.media.remove(orphans.map((name) => PICTURE_PREFIX + name))
    deleted += orphans.length
    after = listed.length < BATCH_SIZE ? '' : (listed.at(-1)?.name ?? '')
    if (after === '') break
  }
  await saveJobCursor(context.store, JOB, after)
  return deleted
}
