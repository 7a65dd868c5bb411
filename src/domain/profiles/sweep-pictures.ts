import { findChore, findOrphans, saveChore } from '../../store/matrimony-profiles.ts'
import type { Context } from '../context.ts'
import { PICTURES } from './pictures.ts'

const CHORE = 'sweep-pictures'
const AT_ONCE = 1000
/** A run looks at this many thousand pictures, and the next one goes on from there: the platform counts what a run asks for. */
const ROUNDS = 20
/** Younger ones may belong to a request that is still on its way. */
const LEFT_ALONE_MS = 60 * 60 * 1000

/** Takes away the pictures that no profile has: what is left when a request dies between the bucket and the database. */
export const sweepPictures = async (context: Context): Promise<number> => {
  let after = await findChore(context.store, CHORE)
  let swept = 0
  for (let round = 0; round < ROUNDS; round++) {
    const listed = await context.media.list(PICTURES, after, AT_ONCE)
    const old = listed.filter(({ storedAt }) => storedAt < context.now() - LEFT_ALONE_MS).map(({ name }) => name.slice(PICTURES.length))
    const orphans = old.length > 0 ? await findOrphans(context.store, old) : []
    await context.media.remove(orphans.map((name) => PICTURES + name))
    swept += orphans.length
    after = listed.length < AT_ONCE ? '' : (listed.at(-1)?.name ?? '')
    if (after === '') break
  }
  await saveChore(context.store, CHORE, after)
  return swept
}
