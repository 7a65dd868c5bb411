import type { Store } from './store.ts'
import { formerNumbers } from './tables/former-numbers.ts'

/** The first number that each former server has not assigned; null if the database does not respond. */
export const findFormerNumbers = async ({ orm }: Store): Promise<readonly (typeof formerNumbers.$inferSelect)[] | null> => {
  try {
    return await orm.select().from(formerNumbers)
  } catch {
    return null
  }
}
