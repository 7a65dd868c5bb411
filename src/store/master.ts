import { count, eq, inArray, sql } from 'drizzle-orm'
import { idsOnShortPage, type PageStart } from './numbered-pages.ts'
import { rowsOf, type Store } from './store.ts'
import { masterTypes, masterValues } from './tables/master.ts'

export type MasterType = typeof masterTypes.$inferSelect
export type MasterTypeName = MasterType['type']
export type MasterValue = typeof masterValues.$inferSelect

/** These two lists are an administrator's own handiwork and stay short, so they are counted as they are. */
export const findMasterTypes = async (store: Store, from: PageStart, limit: number) => {
  const { orm } = store
  const [items, [total]] = await orm.batch([
    orm
      .select()
      .from(masterTypes)
      .where(inArray(masterTypes.id, idsOnShortPage(masterTypes, from, limit)))
      .orderBy(masterTypes.id),
    orm.select({ count: count() }).from(masterTypes),
  ])
  return { items, count: total?.count ?? 0 }
}

export const findMasterValues = async (store: Store, from: PageStart, limit: number) => {
  const { orm } = store
  const [items, [total]] = await orm.batch([
    orm
      .select()
      .from(masterValues)
      .where(inArray(masterValues.id, idsOnShortPage(masterValues, from, limit)))
      .orderBy(masterValues.id),
    orm.select({ count: count() }).from(masterValues),
  ])
  return { items, count: total?.count ?? 0 }
}

/** Null where the type is there already: the unique key decides between two at once. */
export const insertMasterType = async (store: Store, type: MasterTypeName, now: number): Promise<MasterType | null> => {
  const [made] = await store.orm.insert(masterTypes).values({ type, createdAt: now, updatedAt: now }).onConflictDoNothing().returning()
  return made ?? null
}

export interface NewMasterValue {
  readonly typeId: number
  readonly value: string
}

export interface MasterValueProblem {
  readonly noSuchType: boolean
  readonly taken: boolean
}

/** As JSON for one bound parameter: a statement takes a hundred at most, and a list has no such limit. */
const asJson = (values: readonly NewMasterValue[]): string => JSON.stringify(values.map(({ typeId, value }) => [typeId, value]))

const given = (values: readonly NewMasterValue[]) => sql`
  SELECT key AS at, value ->> 0 AS type_id, value ->> 1 AS value FROM json_each(${asJson(values)})`

const problems = (orm: Store['orm'], values: readonly NewMasterValue[]) =>
  rowsOf<{ at: number; no_type: number; taken: number }>(
    orm,
    sql`
    SELECT at, no_type, taken FROM (
      SELECT given.at,
        NOT EXISTS (SELECT 1 FROM master_types t WHERE t.id = given.type_id) AS no_type,
        EXISTS (SELECT 1 FROM master_values v WHERE v.value = given.value) AS taken
      FROM (${given(values)}) given)
    WHERE no_type OR taken`,
  )

const problemsFrom = (
  found: readonly { at: number; no_type: number; taken: number }[],
  values: readonly NewMasterValue[],
): (MasterValueProblem | null)[] => {
  const at = new Map(found.map((row) => [row.at, row]))
  const seen = new Set<string>()
  return values.map(({ value }, index) => {
    const row = at.get(index)
    const noSuchType = row?.no_type === 1
    const taken = row?.taken === 1 || seen.has(value)
    seen.add(value)
    return noSuchType || taken ? { noSuchType, taken } : null
  })
}

export const checkMasterValues = async (store: Store, values: readonly NewMasterValue[]): Promise<(MasterValueProblem | null)[]> =>
  problemsFrom(await problems(store.orm, values), values)

/** The prefix of a type's codes: its first two letters, but for one. */
const PREFIX = sql.raw(`CASE t.type WHEN 'marital_status' THEN 'MS' ELSE upper(substr(t.type, 1, 2)) END`)
const NEWEST_NUMBER = sql.raw(
  `COALESCE((SELECT CAST(substr(newest.code, 3) AS INTEGER) FROM master_values newest WHERE newest.type_id = t.id ORDER BY newest.id DESC LIMIT 1), 0)`,
)

/**
 * The statement that adds values where none is taken and every type is there, and gives each the next code of its type.
 * Codes are made while the statement runs, and D1 runs one at a time: of two additions at once the later one counts on
 * from the earlier one's, and finds its values taken if they are the same.
 */
export const addMasterValues = (orm: Store['orm'], values: readonly NewMasterValue[], now: number, unless = sql`false`) =>
  rowsOf<{ id: number; type_id: number; value: string; code: string }>(
    orm,
    sql`
    INSERT INTO master_values (type_id, value, code, created_at, updated_at)
    SELECT t.id, given.value,
      ${PREFIX} || printf('%03d', ${NEWEST_NUMBER} + row_number() OVER (PARTITION BY t.id ORDER BY given.at)), ${now}, ${now}
    FROM (${given(values)}) given JOIN master_types t ON t.id = given.type_id
    WHERE NOT (${unless}) AND NOT EXISTS (
      SELECT 1 FROM (${given(values)}) other
      WHERE NOT EXISTS (SELECT 1 FROM master_types u WHERE u.id = other.type_id)
        OR EXISTS (SELECT 1 FROM master_values v WHERE v.value = other.value))
    ORDER BY given.at
    RETURNING id, type_id, value, code`,
  )

/** All of the values, or none and what is wrong with which. */
export const insertMasterValues = async (
  store: Store,
  values: readonly NewMasterValue[],
  now: number,
): Promise<{ made: MasterValue[] } | { problems: (MasterValueProblem | null)[] }> => {
  const isDoubled = new Set(values.map(({ value }) => value)).size < values.length
  if (isDoubled) return { problems: await checkMasterValues(store, values) }
  const { orm } = store
  const [found, made] = await orm.batch([problems(orm, values), addMasterValues(orm, values, now)])
  if (found.length > 0) return { problems: problemsFrom(found, values) }
  const rows = made.map((row) => ({ id: row.id, typeId: row.type_id, value: row.value, code: row.code, createdAt: now, updatedAt: now }))
  return { made: rows.sort((a, b) => a.id - b.id) }
}

/** A value that somebody gives for a type. */
export interface Chosen {
  readonly type: MasterTypeName
  readonly value: string
}

const chosenJson = (chosen: readonly Chosen[]): string => JSON.stringify(chosen.map(({ type, value }) => [type, value]))

/** Holds while some of the values are not in the table: for the statement that writes them. */
export const someUnknown = (chosen: readonly Chosen[]) => sql`EXISTS (
  SELECT 1 FROM json_each(${chosenJson(chosen)}) chosen
  WHERE NOT EXISTS (
    SELECT 1 FROM master_values v JOIN master_types t ON t.id = v.type_id
    WHERE v.value = chosen.value ->> 1 AND t.type = chosen.value ->> 0))`

/** For each type of which an unknown value was given: the values that it has, in their order, as JSON. */
export const unknownChoices = (orm: Store['orm'], chosen: readonly Chosen[]) =>
  rowsOf<{ type: MasterTypeName; list: string }>(
    orm,
    sql`
    SELECT t.type, (
      SELECT json_group_array(ordered.value) FROM (SELECT value FROM master_values WHERE type_id = t.id ORDER BY id) ordered) AS list
    FROM master_types t
    WHERE t.type IN (
      SELECT chosen.value ->> 0 FROM json_each(${chosenJson(chosen)}) chosen
      WHERE NOT EXISTS (
        SELECT 1 FROM master_values known JOIN master_types k ON k.id = known.type_id
        WHERE known.value = chosen.value ->> 1 AND k.type = chosen.value ->> 0))`,
  )

export type ValidValues = { readonly [T in MasterTypeName]?: readonly string[] }

export const validValuesFrom = (rows: readonly { type: MasterTypeName; list: string }[]): ValidValues => {
  const valid: { [T in MasterTypeName]?: readonly string[] } = {}
  for (const { type, list } of rows) {
    const values: unknown = JSON.parse(list)
    valid[type] = Array.isArray(values) ? values.map(String) : []
  }
  return valid
}

export const findUnknownChoices = async (store: Store, chosen: readonly Chosen[]): Promise<ValidValues> =>
  chosen.length === 0 ? {} : validValuesFrom(await unknownChoices(store.orm, chosen))

export const findMasterType = (orm: Store['orm'], id: number) => orm.select().from(masterTypes).where(eq(masterTypes.id, id))
