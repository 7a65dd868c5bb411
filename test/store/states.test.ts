import { env } from 'cloudflare:workers'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'vitest'
import { MASTER_TYPES } from '../../src/model/master.ts'
import { PRACTICE_MINUTES } from '../../src/model/practice.ts'
import { PTSD_LEVEL, RECOVERY_AGE } from '../../src/model/recovery.ts'

/** The values that a column may have: in the model, from which the queries take them, and in the CHECK constraints of the migrations. */

const modules = import.meta.glob<Record<string, unknown>>(['../../src/store/schema.ts', '../../src/store/tables/*.ts'], { eager: true })
const tables = Object.values(modules).flatMap((module) => Object.values(module).filter((value) => is(value, SQLiteTable)))

/** The list of master types is a table of its own, without a CHECK constraint. */
const WITHOUT_CHECK = ['master_types.type']

const schemas = async (): Promise<{ name: string; sql: string }[]> => {
  const { results } = await env.DB.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL").all<{
    name: string
    sql: string
  }>()
  return results
}

test('the states in the model are those that the database allows', async () => {
  const inModel = tables.flatMap((table) =>
    Object.values(getTableColumns(table)).flatMap(({ name, enumValues }) =>
      enumValues ? [[`${getTableName(table)}.${name}`, [...enumValues].sort()] as const] : [],
    ),
  )
  const inDatabase = (await schemas()).flatMap(({ name, sql }) =>
    [...sql.matchAll(/CHECK \((\w+) IN \(('[^)]*)\)\)/g)].map(
      ([, column = '', values = '']) => [`${name}.${column}`, [...values.matchAll(/'(\w+)'/g)].map(([, value]) => value).sort()] as const,
    ),
  )
  expect(inDatabase.length).toBeGreaterThan(5)
  expect(Object.fromEntries(inModel.filter(([column]) => !WITHOUT_CHECK.includes(column)))).toEqual(Object.fromEntries(inDatabase))
})

test('the ranges in the model are those that the database allows', async () => {
  const inDatabase = (await schemas()).flatMap(({ name, sql }) =>
    [...sql.matchAll(/CHECK \((\w+) BETWEEN (\d+) AND (\d+)\)/g)].map(([, column, min, max]) => [
      `${name}.${column}`,
      { min: Number(min), max: Number(max) },
    ]),
  )
  expect(Object.fromEntries(inDatabase)).toEqual({
    'practice_sessions.duration': PRACTICE_MINUTES,
    'recovery_profiles.age': RECOVERY_AGE,
    'recovery_profiles.ptsd_level': PTSD_LEVEL,
  })
})

test('the master types in the model are those in the database', async () => {
  const { results } = await env.DB.prepare('SELECT type FROM master_types').all<{ type: string }>()
  expect(results.map(({ type }) => type).sort()).toEqual([...MASTER_TYPES].sort())
})
