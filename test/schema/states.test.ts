import { env } from 'cloudflare:workers'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'vitest'
import { STAFF_FLAGS } from '../../src/model/account.ts'
import { MASTER_CODES, MASTER_TYPES } from '../../src/model/master.ts'
import { ANNOUNCEMENTS } from '../../src/model/notification.ts'
import { PRACTICE_MINUTES } from '../../src/model/practice.ts'
import { NAME_PREFIX_MAX } from '../../src/model/profile.ts'
import { PTSD_LEVEL, RECOVERY_AGE } from '../../src/model/recovery.ts'
import { accounts } from '../../src/store/tables/accounts.ts'

/** What the migrations say in SQL and the model says as well: constraints, triggers, indexes and the rows that they insert. */

const modules = import.meta.glob<Record<string, unknown>>('../../src/store/tables/*.ts', { eager: true })
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
      ([, column = '', values = '']) =>
        [`${name}.${column}`, [...values.matchAll(/'([\w-]+)'/g)].map(([, value]) => value).sort()] as const,
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

test('the codes of the first master values follow the rule in the model', async () => {
  const { results } = await env.DB.prepare('SELECT t.type, v.code FROM master_values v JOIN master_types t ON t.id = v.type_id').all<{
    type: string
    code: string
  }>()
  const { prefixLength, otherPrefixes, digits } = MASTER_CODES
  const prefixes: Readonly<Record<string, string>> = otherPrefixes
  const prefixOf = (type: string) => prefixes[type] ?? type.slice(0, prefixLength).toUpperCase()
  expect(results.length).toBeGreaterThan(100)
  for (const { type, code } of results) expect(code).toMatch(new RegExp(`^${prefixOf(type)}\\d{${digits}}$`))
  for (const prefix of Object.values(prefixes)) expect(prefix).toHaveLength(prefixLength)
})

test('the text of the unread messages alert in the model is the one in the database', async () => {
  const stored = await env.DB.prepare("SELECT title, content FROM announcements WHERE about = 'unread'").first()
  expect(stored).toEqual(ANNOUNCEMENTS.unread)
})

test('each index and trigger that excludes staff mentions all flags of the model', async () => {
  const { results } = await env.DB.prepare(
    "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
  ).all<{
    name: string
    sql: string
  }>()
  const flags = STAFF_FLAGS.map((flag) => accounts[flag].name)
  const mentioned = results
    .map(({ name, sql }) => [name, flags.filter((flag) => sql.includes(flag))] as const)
    .filter(([, some]) => some.length > 0)
  expect(mentioned.length).toBeGreaterThan(3)
  expect(mentioned).toEqual(mentioned.map(([name]) => [name, flags]))
})

test('the database stores the name prefixes up to the length in the model', async () => {
  const view = await env.DB.prepare("SELECT sql FROM sqlite_master WHERE name = 'account_name_prefixes'").first<string>('sql')
  expect(JSON.parse(/'(\[1,[\d,]*\])'/.exec(view ?? '')?.[1] ?? '')).toEqual(
    Array.from({ length: NAME_PREFIX_MAX }, (_, index) => index + 1),
  )
})
