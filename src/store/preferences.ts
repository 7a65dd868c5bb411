import { and, eq, sql } from 'drizzle-orm'
import { type Chosen, someUnknown, unknownChoices, type ValidValues, validValuesFrom } from './master.ts'
import { rowsOf, type Store } from './store.ts'
import { matchPreferences } from './tables/matrimony.ts'

export type Preference = typeof matchPreferences.$inferSelect

type Wished = Omit<Preference, 'accountId' | 'createdAt' | 'updatedAt'>

/** What somebody looks for; what is left out, or undefined, stays as it is, and null is "no matter". */
export type PreferenceChanges = { readonly [K in keyof Wished]?: Wished[K] | undefined }

interface Wish {
  readonly accountId: number
  readonly wished: PreferenceChanges
  readonly chosen: readonly Chosen[]
  readonly now: number
}

const asJson = (list: readonly string[] | null | undefined): string | null => (list ? JSON.stringify(list) : null)

/**
 * Makes a preference where the account has none and every value is in the table. Of two at once the primary key lets one
 * through; a value is looked up by the statement that writes it, so one that was added a moment ago is good.
 */
export const insertPreference = async (
  store: Store,
  { accountId, wished, chosen, now }: Wish,
): Promise<'made' | 'exists' | { readonly unknown: ValidValues }> => {
  const { orm } = store
  const [existing, unknown, made] = await orm.batch([
    orm.select({ id: matchPreferences.accountId }).from(matchPreferences).where(eq(matchPreferences.accountId, accountId)),
    unknownChoices(orm, chosen),
    rowsOf<{ account_id: number }>(
      orm,
      sql`INSERT INTO match_preferences
        (account_id, age_min, age_max, height_min, height_max, weight_min, weight_max, income_min, income_max,
         profession, education, location, language, caste, religion, gender, marital_status, created_at, updated_at)
      SELECT ${accountId}, ${wished.ageMin ?? null}, ${wished.ageMax ?? null}, ${wished.heightMin ?? null}, ${wished.heightMax ?? null},
        ${wished.weightMin ?? null}, ${wished.weightMax ?? null}, ${wished.incomeMin ?? null}, ${wished.incomeMax ?? null},
        ${asJson(wished.profession)}, ${asJson(wished.education)}, ${asJson(wished.location)}, ${asJson(wished.language)},
        ${asJson(wished.caste)}, ${asJson(wished.religion)}, ${wished.gender ?? null}, ${wished.maritalStatus ?? null}, ${now}, ${now}
      WHERE NOT ${someUnknown(chosen)}
      ON CONFLICT DO NOTHING RETURNING account_id`,
    ),
  ])
  if (made.length > 0) return 'made'
  return existing.length > 0 ? 'exists' : { unknown: validValuesFrom(unknown) }
}

export const findPreference = async (store: Store, accountId: number): Promise<Preference | null> => {
  const [preference] = await store.orm.select().from(matchPreferences).where(eq(matchPreferences.accountId, accountId))
  return preference ?? null
}

export const updatePreference = async (
  store: Store,
  { accountId, wished, chosen, now }: Wish,
): Promise<Preference | 'not-found' | { readonly unknown: ValidValues }> => {
  const { orm } = store
  const [existing, unknown, changed] = await orm.batch([
    orm.select({ id: matchPreferences.accountId }).from(matchPreferences).where(eq(matchPreferences.accountId, accountId)),
    unknownChoices(orm, chosen),
    orm
      .update(matchPreferences)
      .set({ ...wished, updatedAt: now })
      .where(and(eq(matchPreferences.accountId, accountId), sql`NOT ${someUnknown(chosen)}`))
      .returning(),
  ])
  return changed[0] ?? (existing.length === 0 ? 'not-found' : { unknown: validValuesFrom(unknown) })
}
