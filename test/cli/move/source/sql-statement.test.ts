import { describe, expect, test } from 'vitest'
import {
  copiedValues,
  copyOf,
  createdTable,
  encodingOf,
  endOfStatement,
  insertOf,
  sequenceOf,
} from '../../../../src/cli/move/source/sql-statement.ts'

describe('the end of a statement', () => {
  test.each([
    ['SELECT 1;', 9],
    ["INSERT INTO t VALUES ('a;b''c;', 1);rest", 36],
    ["INSERT INTO t VALUES (E'a\\';b');rest", 32],
    ['CREATE TABLE "a;b" (x int);rest', 27],
    ['CREATE FUNCTION f() AS $_$ BEGIN; $$ ; $_$ LANGUAGE sql;rest', 56],
    ['CREATE FUNCTION f() AS $$ ; $$;', 31],
    ['SELECT 1 -- a; comment\n;', 24],
    ['SELECT /* a; */ 1;', 18],
    ["SELECT 'price$1;$';", 19],
  ])('%s', (sql, end) => {
    expect(endOfStatement(Buffer.from(sql))).toBe(end)
  })

  test.each([
    'SELECT 1',
    "INSERT INTO t VALUES ('a;b",
    'CREATE FUNCTION f() AS $_$ ;',
    'SELECT "a;',
    'SELECT 1 -- ;',
    'SELECT /* ;',
    'SELECT $a',
  ])('is not there yet: %s', (sql) => {
    expect(endOfStatement(Buffer.from(sql))).toBe(-1)
  })
})

describe('an INSERT', () => {
  const rowsOf = (sql: string) => insertOf(sql)?.rows

  test('with and without column names', () => {
    expect(insertOf(`INSERT INTO public."sessionsApp_sessions" (id, "Age", "a""b") VALUES (1, NULL, 'x');`)).toEqual({
      schema: 'public',
      table: 'sessionsApp_sessions',
      columns: ['id', 'Age', 'a"b'],
      rows: [['1', null, 'x']],
    })
    expect(insertOf("INSERT INTO public.t VALUES (1, 'x');")?.columns).toBeNull()
    expect(insertOf('INSERT INTO t (id) OVERRIDING SYSTEM VALUE VALUES (1);')?.rows).toEqual([['1']])
  })

  test('with several rows', () => {
    expect(rowsOf("INSERT INTO t VALUES\n\t(1, 'a'),\n\t(2, 'b, (c)') ON CONFLICT DO NOTHING;")).toEqual([
      ['1', 'a'],
      ['2', 'b, (c)'],
    ])
  })

  test('with every kind of value', () => {
    expect(rowsOf("INSERT INTO t VALUES (-1.5, true, false, NULL, '', 'O''Brien\n''', E'a\\'b\\\\c\\n', '\\N', 'NULL');")).toEqual([
      ['-1.5', 't', 'f', null, '', "O'Brien\n'", "a'b\\c\n", '\\N', 'NULL'],
    ])
  })

  test.each([
    'INSERT INTO t VALUES 1);',
    "INSERT INTO t VALUES (1 'a');",
    'INSERT INTO t VALUES (1;',
    "INSERT INTO t VALUES ('a);",
    'INSERT INTO t SELECT 1;',
  ])('is not as pg_dump writes it: %s', (sql) => {
    expect(insertOf(sql)).toBeNull()
  })
})

test('a COPY', () => {
  expect(copyOf('COPY public."T" (id, "Age") FROM stdin;')).toEqual({ schema: 'public', table: 'T', columns: ['id', 'Age'] })
  expect(copyOf('COPY public.t TO stdout;')).toBeNull()
})

test('the values of a line of COPY', () => {
  expect(copiedValues('1\t\\N\t\ta\\tb\\nc\\\\N\t\\\\N\tü\\r\\v\\041\\x41')).toEqual(['1', null, '', 'a\tb\nc\\N', '\\N', 'ü\r\v!A'])
  expect(copiedValues('a\tb')).toEqual(['a', 'b'])
})

test('a CREATE TABLE', () => {
  const sql = `CREATE TABLE public.app_preference_preference (
    id bigint NOT NULL,
    "Age" jsonb,
    price numeric(10,2) DEFAULT 0,
    CONSTRAINT positive CHECK ((price >= (0)::numeric)),
    PRIMARY KEY (id)
);`
  expect(createdTable(sql)).toEqual({ schema: 'public', table: 'app_preference_preference', columns: ['id', 'Age', 'price'] })
  expect(createdTable('CREATE TABLE t AS SELECT 1;')).toBeNull()
})

test('a sequence', () => {
  expect(sequenceOf("SELECT pg_catalog.setval('public.auth_user_id_seq', 57, true);")).toEqual({ name: 'auth_user_id_seq', next: 58 })
  expect(sequenceOf(`SELECT pg_catalog.setval('public."sessionsApp_sessions_id_seq"', 1, false);`)).toEqual({
    name: 'sessionsApp_sessions_id_seq',
    next: 1,
  })
})

test('an encoding', () => {
  expect(encodingOf("SET client_encoding = 'LATIN1';")).toBe('LATIN1')
  expect(encodingOf('SET row_security = off;')).toBeNull()
})
