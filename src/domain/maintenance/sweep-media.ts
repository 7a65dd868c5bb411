import { CHAT_FILE_PREFIX, chatFileOwner } from '../../model/chat-file.ts'
import { PICTURE_PREFIX } from '../../model/picture.ts'
import { RETENTION } from '../../model/retention.ts'
import { findMissingAccounts } from '../../store/erasure.ts'
import { findJobCursor, findOrphanedPictures, saveJobCursor } from '../../store/matrimony-profiles.ts'
import type { SystemContext } from '../access.ts'

const BATCH_SIZE = 1000
/** Batches per run. The platform limits the number of calls in a run, so the next run continues from the stored cursor. */
const MAX_BATCHES = 20

interface MediaJob {
  readonly name: string
  readonly prefix: string
  /** Those of the given names that nothing refers to. */
  findOrphans(context: SystemContext, names: readonly string[]): Promise<readonly string[]>
}

/** Deletes orphaned files. A request leaves one if it stops between two of its writes. */
const sweepMedia = async (context: SystemContext, { name, prefix, findOrphans }: MediaJob): Promise<number> => {
  let after = await findJobCursor(context.store, name)
  let deleted = 0
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const listed = await context.media.list(prefix, after, BATCH_SIZE)
    const before = context.now() - RETENTION.orphanedPicturesMs
    const old = listed.filter(({ storedAt }) => storedAt < before).map((stored) => stored.name)
    const orphans = old.length > 0 ? await findOrphans(context, old) : []
    await context.media.remove(orphans)
    deleted += orphans.length
    after = listed.length < BATCH_SIZE ? '' : (listed.at(-1)?.name ?? '')
    if (after === '') break
  }
  await saveJobCursor(context.store, name, after)
  return deleted
}

/** Profile pictures that no profile refers to. */
export const sweepPictures = (context: SystemContext): Promise<number> =>
  sweepMedia(context, {
    name: 'sweep-pictures',
    prefix: PICTURE_PREFIX,
    findOrphans: async ({ store }, keys) => {
      const names = keys.map((key) => key.slice(PICTURE_PREFIX.length))
      return (await findOrphanedPictures(store, names)).map((name) => PICTURE_PREFIX + name)
    },
  })

/** Files of conversations whose person has been erased. The files of the others are deleted by their rooms. */
export const sweepChatFiles = (context: SystemContext): Promise<number> =>
  sweepMedia(context, {
    name: 'sweep-chat-files',
    prefix: CHAT_FILE_PREFIX,
    findOrphans: async ({ store }, keys) => {
      const missing = new Set(await findMissingAccounts(store, [...new Set(keys.map(chatFileOwner))]))
      return keys.filter((key) => missing.has(chatFileOwner(key)))
    },
  })
