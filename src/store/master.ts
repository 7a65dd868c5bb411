import { count, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type {
  Choice,
  CodeRule,
  MasterType,
  MasterTypeName,
  MasterValue,
  MasterValueProblem,
  NewMasterValue,
  ValidValues,
} from '../model/master.ts'
import type { PageStart } from '../model/page.ts'
import { idsOnShortPage } from './numbered-pages.ts'
import { rowsOf, type Store } from './store.ts'
import { masterTypes, masterValues } from './tables/master.ts'

/** Both lists are maintained by administrators and stay short, so a plain count(*) is cheap enough. */
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

/** Null if the type exists already. Of two concurrent requests the unique key rejects the second one. */
export const insertMasterType = async (store: Store, type: MasterTypeName, now: number): Promise<MasterType | null> => {
  const [created] = await store.orm.insert(masterTypes).values({ type, createdAt: now, updatedAt: now }).onConflictDoNothing().returning()
  return created ?? null
}
/** As JSON in one bound parameter: D1 allows 100 parameters per statement, and the list may be longer. */
const asJson = (values: readonly NewMasterValue[]): string => JSON.stringify(values.map(({ typeId, value }) => [typeId, value]))

const inputRows = (values: readonly NewMasterValue[]) => sql`
  SELECT key AS at, value ->> 0 AS type_id, value ->> 1 AS value FROM json_each(${asJson(values)})`

const selectProblems = (orm: Store['orm'], values: readonly NewMasterValue[]) =>
  rowsOf<{ at: number; no_type: number; taken: number }>(
    orm,
    sql`
    SELECT at, no_type, taken FROM (
      SELECT given.at,
        NOT EXISTS (SELECT 1 FROM master_types t WHERE t.id = given.type_id) AS no_type,
        EXISTS (SELECT 1 FROM master_values v WHERE v.value = given.value) AS taken
      FROM (${inputRows(values)}) given)
    WHERE no_type OR taken`,
  )

const toProblems = (
  rows: readonly { at: number; no_type: number; taken: number }[],
  values: readonly NewMasterValue[],
): (MasterValueProblem | null)[] => {
  const rowByIndex = new Map(rows.map((row) => [row.at, row]))
  const seen = new Set<string>()
  return values.map(({ value }, index) => {
    const row = rowByIndex.get(index)
    const noSuchType = row?.no_type === 1
    const taken = row?.taken === 1 || seen.has(value)
    seen.add(value)
    return noSuchType || taken ? { noSuchType, taken } : null
  })
}

export const checkMasterValues = async (store: Store, values: readonly NewMasterValue[]): Promise<(MasterValueProblem | null)[]> =>
  toProblems(await selectProblems(store.orm, values), values)

/** The next codes of a type `t`, in the order of `given.at`. */
const nextCode = ({ prefixLength, otherPrefixes, digits }: CodeRule): SQL => {
  const cases = Object.entries(otherPrefixes).map(([type, prefix]) => `WHEN '${type}' THEN '${prefix}'`)
  const prefix = `CASE t.type ${cases.join(' ')} ELSE upper(substr(t.type, 1, ${prefixLength})) END`
  const newestNumber = `COALESCE((SELECT CAST(substr(newest.code, ${prefixLength + 1}) AS INTEGER) FROM master_values newest WHERE newest.type_id = t.id ORDER BY newest.id DESC LIMIT 1), 0)`
  return sql.raw(`${prefix} || printf('%0${digits}d', ${newestNumber} + row_number() OVER (PARTITION BY t.id ORDER BY given.at))`)
}

/**
 * The statement that adds the values if none of them exists yet and every type exists. Each value gets the next code of
 * its type. The statement itself computes the codes, and D1 runs one statement at a time: of two concurrent additions the
 * later one continues after the codes of the earlier one, and adds nothing if the values are the same.
 */
export const addMasterValues = (orm: Store['orm'], values: readonly NewMasterValue[], codes: CodeRule, now: number, unless = sql`false`) =>
  rowsOf<{ id: number; type_id: number; value: string; code: string }>(
    orm,
    sql`
    INSERT INTO master_values (type_id, value, code, created_at, updated_at)
    SELECT t.id, given.value, ${nextCode(codes)}, ${now}, ${now}
    FROM (${inputRows(values)}) given JOIN master_types t ON t.id = given.type_id
    WHERE NOT (${unless}) AND NOT EXISTS (
      SELECT 1 FROM (${inputRows(values)}) other
      WHERE NOT EXISTS (SELECT 1 FROM master_types u WHERE u.id = other.type_id)
        OR EXISTS (SELECT 1 FROM master_values v WHERE v.value = other.value))
    ORDER BY given.at
    RETURNING id, type_id, value, code`,
  )

/** Adds all of the values; or none, and returns the problems by index. */
export const insertMasterValues = async (
  store: Store,
  values: readonly NewMasterValue[],
  codes: CodeRule,
  now: number,
): Promise<{ created: MasterValue[] } | { problems: (MasterValueProblem | null)[] }> => {
  const hasDuplicates = new Set(values.map(({ value }) => value)).size < values.length
  if (hasDuplicates) return { problems: await checkMasterValues(store, values) }
  const { orm } = store
  const [problems, created] = await orm.batch([selectProblems(orm, values), addMasterValues(orm, values, codes, now)])
  if (problems.length > 0) return { problems: toProblems(problems, values) }
  const rows = created.map((row) => ({ id: row.id, typeId: row.type_id, value: row.value, code: row.code, createdAt: now, updatedAt: now }))
  return { created: rows.sort((a, b) => a.id - b.id) }
}
const choicesJson = (choices: readonly Choice[]): string => JSON.stringify(choices.map(({ type, value }) => [type, value]))

/** SQL condition: some of the values are not in the table. The statement that writes the values uses it. */
export const hasUnknownChoice = (choices: readonly Choice[]) => sql`EXISTS (
  SELECT 1 FROM json_each(${choicesJson(choices)}) chosen
  WHERE NOT EXISTS (
    SELECT 1 FROM master_values v JOIN master_types t ON t.id = v.type_id
    WHERE v.value = chosen.value ->> 1 AND t.type = chosen.value ->> 0))`

/** For each type with an unknown value: the values that the type has, in their order, as JSON. */
export const unknownChoices = (orm: Store['orm'], choices: readonly Choice[]) =>
  rowsOf<{ type: MasterTypeName; list: string }>(
    orm,
    sql`
    SELECT t.type, (
      SELECT json_group_array(ordered.value) FROM (SELECT value FROM master_values WHERE type_id = t.id ORDER BY id) ordered) AS list
    FROM master_types t
    WHERE t.type IN (
      SELECT chosen.value ->> 0 FROM json_each(${choicesJson(choices)}) chosen
      WHERE NOT EXISTS (
        SELECT 1 FROM master_values known JOIN master_types k ON k.id = known.type_id
        WHERE known.value = chosen.value ->> 1 AND k.type = chosen.value ->> 0))`,
  )
export const toValidValues = (rows: readonly { type: MasterTypeName; list: string }[]): ValidValues => {
  const valid: { [T in MasterTypeName]?: readonly string[] } = {}
  for (const { type, list } of rows) {
    const values: unknown = JSON.parse(list)
    valid[type] = Array.isArray(values) ? values.map(String) : []
  }
  return valid
}

export const findUnknownChoices = async (store: Store, choices: readonly Choice[]): Promise<ValidValues> =>
  choices.length === 0 ? {} : toValidValues(await unknownChoices(store.orm, choices))

export const findMasterType = (orm: Store['orm'], id: number) => orm.select().from(masterTypes).where(eq(masterTypes.id, id))
