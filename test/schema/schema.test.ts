import { env } from 'cloudflare:workers'
import { desc, getTableName, sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, unique, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { afterEach, describe, expect, test } from 'vitest'
import { databaseSchema, differences, drizzleSchema, tablesIn } from '../support/schema.ts'
import { KEYS_AND_INDEXES } from './indexes.ts'

/** Compares the database that `migrations/` creates with drizzle's tables, and their keys and indexes, in both directions. */

const modules = import.meta.glob<Record<string, unknown>>('../../src/store/tables/*.ts', { eager: true })
const declared = tablesIn(Object.values(modules))
const tables = [...declared, ...KEYS_AND_INDEXES]

/** Only drizzle lists these values: the rows of the table are the database's list of them. */
const VALUES_WITHOUT_CHECK = ['master_types.type values']

const differencesOf = async (drizzleTables: typeof tables): Promise<string[]> => {
  const all = differences(await databaseSchema(env.DB), drizzleSchema(drizzleTables))
  return all.filter((difference) => !VALUES_WITHOUT_CHECK.some((name) => difference.startsWith(`${name}:`)))
}

test("the database and drizzle's tables are the same", async () => {
  expect(declared.length).toBeGreaterThan(30)
  expect(await differencesOf(tables)).toEqual([])
})

test('the list of exceptions has nothing superfluous', async () => {
  const all = differences(await databaseSchema(env.DB), drizzleSchema(tables))
  expect(all.map((difference) => difference.split(':')[0])).toEqual(VALUES_WITHOUT_CHECK)
})

/** The comparison itself, on two tables that use everything that a schema can have. */
describe('a change is found', () => {
  const shelves = sqliteTable('sample_shelves', { id: integer().primaryKey({ autoIncrement: true }) })
  const books = sqliteTable(
    'sample_books',
    {
      id: text().primaryKey(),
      shelfId: integer('shelf_id')
        .notNull()
        .references(() => shelves.id, { onDelete: 'cascade' }),
      title: text().notNull().default("it's"),
      isbn: text().unique(),
      kind: text({ enum: ['novel', 'poem'] }).notNull(),
      isLent: integer('is_lent', { mode: 'boolean' }).notNull().default(false),
      pages: integer(),
      double: integer().generatedAlwaysAs(sql`pages * 2`),
    },
    (table) => [
      unique().on(table.shelfId, table.title),
      uniqueIndex('sample_by_pages').on(table.pages, table.title),
      index('sample_newest').on(table.shelfId, desc(table.pages)),
      index('sample_lent').on(table.id).where(sql`${table.isLent} = 1`),
      index('sample_by_name').on(sql`lower(${table.title})`, table.id),
    ],
  )
  const sampleTables = [...tables, shelves, books]
  const DDL = `
CREATE TABLE sample_shelves (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE sample_books (
  id TEXT PRIMARY KEY,
  shelf_id INTEGER NOT NULL REFERENCES sample_shelves (id) ON DELETE CASCADE,
  title TEXT NOT NULL DEFAULT 'it''s', -- a comment, with (parentheses
  isbn TEXT UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('novel', 'poem')),
  is_lent INTEGER NOT NULL DEFAULT 0 CHECK (is_lent IN (0, 1)),
  pages INTEGER,
  double INTEGER GENERATED ALWAYS AS (pages * 2) VIRTUAL,
  UNIQUE (shelf_id, title)
) WITHOUT ROWID;
CREATE UNIQUE INDEX sample_by_pages ON sample_books (pages, title);
CREATE INDEX sample_newest ON sample_books (shelf_id, pages DESC);
CREATE INDEX sample_lent ON sample_books (id) WHERE is_lent = 1;
CREATE INDEX sample_by_name ON sample_books (lower(title), id);`

  const create = async (ddl: string): Promise<void> => {
    await env.DB.batch(
      ddl
        .replaceAll(/--.*$/gm, '')
        .split(';')
        .filter((statement) => statement.trim() !== '')
        .map((statement) => env.DB.prepare(statement)),
    )
  }

  afterEach(() => create('DROP TABLE IF EXISTS sample_books; DROP TABLE IF EXISTS sample_shelves; DROP TABLE IF EXISTS sample_extra'))

  test('nothing is found where nothing was changed', async () => {
    await create(DDL)
    expect(await differencesOf(sampleTables)).toEqual([])
  })

  test.each<[change: string, from: string, to: string, difference: string]>([
    [
      'a column only in the database',
      '  pages INTEGER,',
      '  pages INTEGER,\n  colour TEXT,',
      'sample_books.colour: TEXT NULL in the database, missing in drizzle',
    ],
    ['a type', 'pages INTEGER', 'pages REAL', 'sample_books.pages: REAL NULL in the database, INTEGER NULL in drizzle'],
    [
      'NOT NULL',
      'pages INTEGER',
      'pages INTEGER NOT NULL',
      'sample_books.pages: INTEGER NOT NULL in the database, INTEGER NULL in drizzle',
    ],
    [
      'NULL',
      'shelf_id INTEGER NOT NULL',
      'shelf_id INTEGER',
      'sample_books.shelf_id: INTEGER NULL in the database, INTEGER NOT NULL in drizzle',
    ],
    [
      'a default',
      'DEFAULT 0',
      'DEFAULT 1',
      'sample_books.is_lent: INTEGER NOT NULL DEFAULT 1 in the database, INTEGER NOT NULL DEFAULT 0 in drizzle',
    ],
    ['no default', " DEFAULT 'it''s'", '', "sample_books.title: TEXT NOT NULL in the database, TEXT NOT NULL DEFAULT 'it''s' in drizzle"],
    [
      'no AUTOINCREMENT',
      ' AUTOINCREMENT',
      '',
      'sample_shelves.id: INTEGER NOT NULL in the database, INTEGER NOT NULL AUTOINCREMENT in drizzle',
    ],
    ['a nullable primary key', ') WITHOUT ROWID', ')', 'sample_books.id: TEXT NULL in the database, TEXT NOT NULL in drizzle'],
    [
      'the values of a column',
      "'novel', 'poem'",
      "'novel'",
      "sample_books.kind values: 'novel' in the database, 'novel', 'poem' in drizzle",
    ],
    [
      'the values of a Boolean column',
      ' CHECK (is_lent IN (0, 1))',
      '',
      'sample_books.is_lent values: missing in the database, 0, 1 in drizzle',
    ],
    [
      'a generated column',
      'pages * 2',
      'pages * 3',
      'sample_books.double: INTEGER NULL VIRTUAL (pages * 3) in the database, INTEGER NULL VIRTUAL (pages * 2) in drizzle',
    ],
    ['a unique column', 'isbn TEXT UNIQUE', 'isbn TEXT', 'sample_books unique (isbn): missing in the database, a constraint in drizzle'],
    [
      'an index that is not unique',
      'CREATE UNIQUE INDEX',
      'CREATE INDEX',
      'sample_books index sample_by_pages: (pages, title) in the database, UNIQUE (pages, title) in drizzle',
    ],
    [
      'a unique index',
      'CREATE INDEX sample_newest',
      'CREATE UNIQUE INDEX sample_newest',
      'sample_books index sample_newest: UNIQUE (shelf_id, pages desc) in the database, (shelf_id, pages desc) in drizzle',
    ],
    [
      'the columns of an index',
      '(pages, title)',
      '(title, pages)',
      'sample_books index sample_by_pages: UNIQUE (title, pages) in the database, UNIQUE (pages, title) in drizzle',
    ],
    [
      'the order of an index',
      'pages DESC',
      'pages',
      'sample_books index sample_newest: (shelf_id, pages) in the database, (shelf_id, pages desc) in drizzle',
    ],
    [
      'a collation',
      '(pages, title)',
      '(pages, title COLLATE NOCASE)',
      'sample_books index sample_by_pages: UNIQUE (pages, title collate NOCASE) in the database, UNIQUE (pages, title) in drizzle',
    ],
    [
      'the condition of an index',
      'WHERE is_lent = 1',
      'WHERE is_lent = 0',
      'sample_books index sample_lent: (id) WHERE is_lent = 0 in the database, (id) WHERE is_lent = 1 in drizzle',
    ],
    [
      'an index of all rows',
      ' WHERE is_lent = 1',
      '',
      'sample_books index sample_lent: (id) in the database, (id) WHERE is_lent = 1 in drizzle',
    ],
    [
      'an expression',
      'lower(title)',
      'upper(title)',
      'sample_books index sample_by_name: (upper(title), id) in the database, (lower(title), id) in drizzle',
    ],
    [
      'an index only in drizzle',
      'CREATE INDEX sample_by_name ON sample_books (lower(title), id);',
      '',
      'sample_books index sample_by_name: missing in the database, (lower(title), id) in drizzle',
    ],
    [
      'an index only in the database',
      'CREATE INDEX sample_lent',
      'CREATE INDEX sample_more ON sample_books (title);\nCREATE INDEX sample_lent',
      'sample_books index sample_more: (title) in the database, missing in drizzle',
    ],
    [
      'no foreign key',
      ' REFERENCES sample_shelves (id) ON DELETE CASCADE',
      '',
      'sample_books foreign key (shelf_id): missing in the database, sample_shelves (id) ON UPDATE NO ACTION ON DELETE CASCADE in drizzle',
    ],
    [
      'a foreign key only in the database',
      'pages INTEGER',
      'pages INTEGER REFERENCES sample_shelves (id)',
      'sample_books foreign key (pages): sample_shelves (id) ON UPDATE NO ACTION ON DELETE NO ACTION in the database, missing in drizzle',
    ],
    [
      'the action of a foreign key',
      'ON DELETE CASCADE',
      'ON DELETE SET NULL ON UPDATE CASCADE',
      'sample_books foreign key (shelf_id): sample_shelves (id) ON UPDATE CASCADE ON DELETE SET NULL in the database, sample_shelves (id) ON UPDATE NO ACTION ON DELETE CASCADE in drizzle',
    ],
    [
      'the table of a foreign key',
      'REFERENCES sample_shelves',
      'REFERENCES accounts',
      'sample_books foreign key (shelf_id): accounts (id) ON UPDATE NO ACTION ON DELETE CASCADE in the database, sample_shelves (id) ON UPDATE NO ACTION ON DELETE CASCADE in drizzle',
    ],
  ])('%s', async (_, from, to, difference) => {
    expect(DDL).toContain(from)
    await create(DDL.replace(from, to))
    expect(await differencesOf(sampleTables)).toEqual([difference])
  })

  test('a column only in drizzle', async () => {
    await create(DDL.replace('  isbn TEXT UNIQUE,\n', ''))
    expect(await differencesOf(sampleTables)).toEqual([
      'sample_books unique (isbn): missing in the database, a constraint in drizzle',
      'sample_books.isbn: missing in the database, TEXT NULL in drizzle',
    ])
  })

  test('another primary key', async () => {
    await create(
      DDL.replace('id TEXT PRIMARY KEY', 'id TEXT NOT NULL').replace('UNIQUE (shelf_id, title)', 'PRIMARY KEY (shelf_id, title)'),
    )
    expect(await differencesOf(sampleTables)).toEqual([
      'sample_books primary key: (shelf_id, title) in the database, (id) in drizzle',
      'sample_books unique (shelf_id, title): missing in the database, a constraint in drizzle',
    ])
  })

  test('a table only in the database', async () => {
    await create(`${DDL} CREATE TABLE sample_extra (id TEXT)`)
    expect(await differencesOf(sampleTables)).toEqual([
      'sample_extra.id: TEXT NULL in the database, missing in drizzle',
      'sample_extra: a table in the database, missing in drizzle',
    ])
  })

  test('a table only in drizzle', async () => {
    expect(await differencesOf([...tables, shelves])).toEqual([
      'sample_shelves primary key: missing in the database, (id) in drizzle',
      'sample_shelves.id: missing in the database, INTEGER NOT NULL AUTOINCREMENT in drizzle',
      'sample_shelves: missing in the database, a table in drizzle',
    ])
  })

  test('each table that drizzle forgets', async () => {
    const database = await databaseSchema(env.DB)
    for (const name of declared.map(getTableName)) {
      const found = differences(database, drizzleSchema(tables.filter((table) => getTableName(table) !== name)))
      expect(found).toContain(`${name}: a table in the database, missing in drizzle`)
    }
  })
})
