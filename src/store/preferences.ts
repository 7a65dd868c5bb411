import { and, eq, sql } from 'drizzle-orm'
import type { Choice, ValidValues } from '../model/master.ts'
import type { Preference, PreferenceChanges } from '../model/matching.ts'
import { hasUnknownChoice, toValidValues, unknownChoices } from './master.ts'
import { rowsOf, type Store } from './store.ts'
import { matchPreferences } from './tables/matrimony.ts'

interface PreferenceInput {
  readonly accountId: number
  readonly fields: PreferenceChanges
  readonly choices: readonly Choice[]
  readonly now: number
}

const asJson = (list: readonly string[] | null | undefined): string | null => (list ? JSON.stringify(list) : null)

/**
 * Creates a preference if the account has none and every value is in the table. Of two concurrent requests the primary key
 * accepts one. The INSERT itself looks up the values, so a value that was added a moment ago is valid.
 */
export const insertPreference = async (
  store: Store,
  { accountId, fields, choices, now }: PreferenceInput,
): Promise<'created' | 'exists' | { readonly unknown: ValidValues }> => {
  const { orm } = store
  const [existing, unknown, created] = await orm.batch([
    orm.select({ id: matchPreferences.accountId }).from(matchPreferences).where(eq(matchPreferences.accountId, accountId)),
    unknownChoices(orm, choices),
    rowsOf<{ account_id: number }>(
      orm,
      sql`INSERT INTO match_preferences
        (account_id, age_min, age_max, height_min, height_max, weight_min, weight_max, income_min, income_max,
         profession, education, location, language, caste, religion, gender, marital_status, created_at, updated_at)
      SELECT ${accountId}, ${fields.ageMin ?? null}, ${fields.ageMax ?? null}, ${fields.heightMin ?? null}, ${fields.heightMax ?? null},
        ${fields.weightMin ?? null}, ${fields.weightMax ?? null}, ${fields.incomeMin ?? null}, ${fields.incomeMax ?? null},
        ${asJson(fields.profession)}, ${asJson(fields.education)}, ${asJson(fields.location)}, ${asJson(fields.language)},
        ${asJson(fields.caste)}, ${asJson(fields.religion)}, ${fields.gender ?? null}, ${fields.maritalStatus ?? null}, ${now}, ${now}
      WHERE NOT ${hasUnknownChoice(choices)}
      ON CONFLICT DO NOTHING RETURNING account_id`,
    ),
  ])
  if (created.length > 0) return 'created'
  return existing.length > 0 ? 'exists' : { unknown: toValidValues(unknown) }
}

export const findPreference = async (store: Store, accountId: number): Promise<Preference | null> => {
  const [preference] = await store.orm.select().from(matchPreferences).where(eq(matchPreferences.accountId, accountId))
  return preference ?? null
}

export const updatePreference = async (
  store: Store,
  { accountId, fields, choices, now }: PreferenceInput,
): Promise<Preference | 'not-found' | { readonly unknown: ValidValues }> => {
  const { orm } = store
  const [existing, unknown, changed] = await orm.batch([
    orm.select({ id: matchPreferences.accountId }).from(matchPreferences).where(eq(matchPreferences.accountId, accountId)),
    unknownChoices(orm, choices),
    orm
      .update(matchPreferences)
      .set({ ...fields, updatedAt: now })
      .where(and(eq(matchPreferences.accountId, accountId), sql`NOT ${hasUnknownChoice(choices)}`))
      .returning(),
  ])
  return changed[0] ?? (existing.length === 0 ? 'not-found' : { unknown: toValidValues(unknown) })
}
