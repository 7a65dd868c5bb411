import { copyFileSync, existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inspect } from '../../../src/cli/move/inspect/inspect.ts'
import type { SourceRecord } from '../../../src/cli/move/models/model.ts'
import { openSource } from '../../../src/cli/move/source/source.ts'
import { SourceError } from '../../../src/cli/move/source/source-error.ts'
import {
  compressedFixture,
  createFolder,
  digestsOf,
  FIXTURE_NAMES,
  type Folder,
  fixtureBytes,
  fixtureFiles,
  itemsOf,
  lineOf,
  recordsIn,
  unpack,
  withNaturalKeys,
} from './fixtures.ts'

/** Every form of one database has the same records; and what is damaged, cut off or foreign is explained in a sentence. */

let folder: Folder
beforeAll(() => {
  folder = createFolder()
  for (const name of FIXTURE_NAMES) unpack(folder, name)
})
afterAll(() => folder.remove())

const recordsOf = async (name: string) => recordsIn(await itemsOf(folder.file(name)))

/** A session's signature has the time at which it was signed. */
const withoutSignature = (record: SourceRecord): string => {
  const { session_data: data, ...fields } = record.fields
  return lineOf({ ...record, fields: { ...fields, body: typeof data === 'string' ? (data.split(':')[0] ?? '') : null } })
}

const digests = async (name: string) => digestsOf(await recordsOf(name))

describe('all forms of one database have the same records', () => {
  test.each([
    ['mindharmony/db.sqlite3', ['mindharmony/dumpdata.json', 'mindharmony/dumpdata.jsonl']],
    ['mindharmony/pg_dump.sql', ['mindharmony/pg_dump-inserts.sql']],
    ['facility/db.sqlite3', ['facility/dumpdata.json']],
    ['facility-later/db.sqlite3', ['facility-later/dumpdata.json']],
    ['facility-later/pg_dump.sql', ['facility-later/pg_dump-data-only.sql']],
    ['matrimony/db.sqlite3', ['matrimony/dumpdata.json']],
    ['matrimony-later/db.sqlite3', ['matrimony-later/dumpdata.json']],
    ['recovery/db.sqlite3', ['recovery/dumpdata.json']],
    ['meetups/dump', ['meetups/mongoexport', 'meetups/dump/planningjam']],
  ])('%s and %s', async (first, others) => {
    const expected = await digests(first)
    expect(Object.keys(expected).length).toBeGreaterThanOrEqual(2)
    for (const other of others) expect(await digests(other)).toEqual(expected)
  })

  test.each(FIXTURE_NAMES.flatMap((name) => fixtureFiles(name)).filter((file) => /(db\.sqlite3|dumpdata.*|pg_dump.*\.sql)$/.test(file)))(
    '%s, compressed',
    async (name) => {
      expect(digestsOf(recordsIn(await itemsOf(compressedFixture(name))))).toEqual(await digests(name))
    },
  )

  test('collections of MongoDB, compressed', async () => {
    const target = createFolder()
    for (const file of readdirSync(folder.file('meetups/dump/planningjam'))) {
      target.write(`${file}.gz`, gzipSync(fixtureBytes(`meetups/dump/planningjam/${file}`)))
    }
    expect(digestsOf(recordsIn(await itemsOf(target.path)))).toEqual(await digests('meetups/dump'))
    target.remove()
  })

  test.each([
    ['facility/dumpdata-users.json', 'facility/db.sqlite3', ['core.user']],
    ['meetups/mongoexport-canonical', 'meetups/dump', ['api.friend', 'api.userprofile', 'auth.user', 'plans', 'rsvp']],
    ['meetups/dumpdata.json', 'meetups/dump', ['api.friend', 'api.userprofile', 'auth.user', 'sessions.session']],
  ])('%s has some of the models of %s: %s', async (part, whole, models) => {
    const all = await digests(whole)
    expect(await digests(part)).toEqual(Object.fromEntries(models.map((model) => [model, all[model]])))
  })

  /** PostgreSQL has no rows of nobody, and its sessions were signed in another run. */
  test.each([
    ['mindharmony/db.sqlite3', 'mindharmony/pg_dump.sql', ['auth.user', 'sessionsApp.sessions', 'appointment.appointment'], 3],
    ['recovery/db.sqlite3', 'recovery/pg_dump.sql', ['auth.user', 'main.therapist', 'event.alarmresult', 'chat.chatmessage'], 3],
    ['facility-later/db.sqlite3', 'facility-later/pg_dump.sql', ['core.user', 'core.facility'], 0],
  ])('%s has what %s has', async (sqlite, dump, models, orphans) => {
    const inSqlite = await recordsOf(sqlite)
    const inDump = await recordsOf(dump)
    const [left, right] = [digestsOf(inSqlite), digestsOf(inDump)]
    for (const model of models) expect([model, left[model]]).toEqual([model, right[model]])
    const lines = new Set(inSqlite.map(withoutSignature))
    expect(inDump.map(withoutSignature).filter((line) => !lines.has(line))).toEqual([])
    expect(inSqlite.length - inDump.length).toBe(orphans)
  })

  test('natural keys name accounts by their usernames', async () => {
    const natural = await recordsOf('mindharmony/dumpdata-natural.json')
    expect(natural.filter(({ model }) => model.isAccount).map(({ key }) => key)).toContainEqual(['etan'])
    const expected = withNaturalKeys(await recordsOf('mindharmony/pg_dump.sql'))
    expect(digestsOf(natural.filter(({ model }) => model.name !== 'sessions.session'))).toEqual(
      digestsOf(expected.filter(({ model }) => model.name !== 'sessions.session')),
    )
  })
})

test('a column that only some versions have is null where it is missing', async () => {
  const fields = { user: 1, age: null, location: '', military_status: false, ptsd_level: null, therapist_contact: null, scenario: 2 }
  const path = folder.write('later/recovery.json', JSON.stringify([{ model: 'main.userinfo', pk: 1, fields }]))
  expect(recordsIn(await itemsOf(path))).toMatchObject([{ key: 1, fields: { ...fields, music: null } }])
})

/** What `inspect` says about a file that it cannot read. */
const complaint = async (path: string): Promise<string> => {
  try {
    await inspect({ path, media: undefined, contract: null, now: 0 })
  } catch (error) {
    if (error instanceof SourceError) return error.message
    throw error
  }
  return 'nothing'
}

describe('a source that is cut off', () => {
  const whole = FIXTURE_NAMES.flatMap((name) => fixtureFiles(name)).filter((file) => /(db\.sqlite3|dumpdata.*|pg_dump.*\.sql)$/.test(file))

  /** At every twentieth of its length, and compressed, which takes longer, at every quarter. */
  test.each([...whole, 'meetups/dump/planningjam/auth_user.bson', 'meetups/mongoexport-canonical/plans.json'])('%s', async (name) => {
    const bytes = fixtureBytes(name)
    const compressed = gzipSync(bytes)
    for (let part = 0; part < 20; part++) {
      for (const content of part % 5 === 0 ? [bytes, compressed] : [bytes]) {
        const path = folder.write(`cut/${basename(name)}`, content.subarray(0, Math.floor((content.length * part) / 20)))
        expect
          .soft(await complaint(path), `${part}/20`)
          .toMatch(/^(?:[^\n]+ (?:cannot be read|is not read|is cut off|is damaged|has no)\b[^\n]*)\.$/)
      }
    }
  })

  test('a list of JSON objects is cut off between two of them', async () => {
    const text = fixtureBytes('mindharmony/dumpdata.json').toString()
    const path = folder.write('cut/list.json', text.slice(0, text.indexOf(', {"model": "user.userprofile"')))
    expect(await complaint(path)).toMatch(
      /^list\.json cannot be read to its end: the file ends before its list does \(line 1, byte [\d,]+\)\.$/,
    )
  })

  test('a dump is cut off between two statements', async () => {
    const text = fixtureBytes('mindharmony/pg_dump.sql').toString()
    const path = folder.write('cut/dump.sql', text.slice(0, text.indexOf('--\n-- PostgreSQL database dump complete')))
    expect(await complaint(path)).toMatch(/the line with which pg_dump ends a complete dump is missing \(line [\d,]+, byte [\d,]+\)\.$/)
  })
})

describe('a source that is damaged', () => {
  const edited = (name: string, from: string | RegExp, to: string): string => {
    const text = fixtureBytes(name).toString('latin1')
    expect(text.search(from)).toBeGreaterThan(0)
    return folder.write(`damaged/${basename(name)}`, Buffer.from(text.replace(from, to), 'latin1'))
  }

  test.each([
    [
      'mindharmony/pg_dump.sql',
      /^(1\t.*)\t[^\t]*$/m,
      '$1',
      /^pg_dump\.sql cannot be read to its end: a row of the table appointment_appointment has 5 values for 6 columns \(line \d+, byte [\d,]+\)\.$/,
    ],
    [
      'mindharmony/pg_dump-inserts.sql',
      /(INSERT INTO public\.auth_user VALUES )\(/,
      '$1',
      /the INSERT that begins here is not as pg_dump writes it \(line \d+, byte [\d,]+\)\.$/,
    ],
    [
      'mindharmony/pg_dump.sql',
      "client_encoding = 'UTF8'",
      "client_encoding = 'SJIS'",
      /the encoding SJIS is not read: dump it with --encoding=UTF8 \(line \d+/,
    ],
    [
      'mindharmony/pg_dump.sql',
      'admin@example.com',
      '\u00e9dmin@example.com',
      /what begins here is not UTF-8 \(line \d+, byte [\d,]+\)\.$/,
    ],
    ['mindharmony/dumpdata.json', '"pk": 7,', '"pk": 7', /the object that begins here is not valid JSON \(line 1, byte [\d,]+\)\.$/],
    ['mindharmony/dumpdata.jsonl', /\n\{/, '\n,{', /an object is expected here \(line 2, byte [\d,]+\)\.$/],
    [
      'mindharmony/dumpdata-natural.json',
      '"fields"',
      '"field"',
      /the object that begins here is not as dumpdata writes it \(line 2, byte 2\)\.$/,
    ],
  ])('%s: %s becomes %s', async (name, from, to, expected) => {
    expect(await complaint(edited(name, from, to))).toMatch(expected)
  })

  test('a page of an SQLite file', async () => {
    const bytes = Buffer.from(fixtureBytes('recovery/db.sqlite3'))
    bytes.fill(0xaa, 4096 * 20, 4096 * 24)
    expect(await complaint(folder.write('damaged/db.sqlite3', bytes))).toMatch(
      /^db\.sqlite3 (?:is damaged|cannot be read).*(?:page|Tree|malformed).*\.$/,
    )
  })

  test('an array of BSON', async () => {
    const bytes = Buffer.from(fixtureBytes('meetups/dump/planningjam/plans.bson'))
    bytes.writeInt32LE(3, bytes.readInt32LE())
    expect(await complaint(folder.write('damaged/plans.bson', bytes))).toMatch(
      /^plans\.bson cannot be read to its end: the document that begins here has an impossible length \(byte [\d,]+\)\.$/,
    )
  })

  test('the checksum of a compressed file', async () => {
    const bytes = gzipSync(fixtureBytes('mindharmony/dumpdata.json'))
    bytes.writeUInt32LE(1, bytes.length - 8)
    expect(await complaint(folder.write('damaged/dumpdata.json', bytes))).toMatch(
      /the compressed data is damaged \(Z_DATA_ERROR\) \(byte [\d,]+ of/,
    )
  })
})

/** Pseudo-random numbers below 1, the same ones in every run. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed
  while (true) {
    state = (state * 1103515245 + 12345) & 0x7fffffff
    yield state / 0x80000000
  }
}

test.each([
  'mindharmony/db.sqlite3',
  'mindharmony/pg_dump.sql',
  'mindharmony/pg_dump-inserts.sql',
  'mindharmony/dumpdata.jsonl',
  'recovery/dumpdata.json',
  'meetups/dump/planningjam/plans.bson',
  'meetups/mongoexport-canonical/plans.json',
])('a few changed bytes make a sentence or a report, and nothing else: %s', async (name) => {
  const random = numbers(name.length)
  const complaints = []
  for (let round = 0; round < 20; round++) {
    const bytes = Buffer.from(fixtureBytes(name))
    for (let change = 0; change < 3; change++) bytes[Math.floor(random.next().value * bytes.length)] = Math.floor(random.next().value * 256)
    complaints.push(await complaint(folder.write('changed', bytes)))
  }
  expect(complaints).toHaveLength(20)
})

describe('a file that is none of the originals', () => {
  const foreign = (name: string, content: string | Uint8Array): Promise<string> => complaint(folder.write(`foreign/${name}`, content))

  test.each([
    ['nothing', '', /is not read\. It is empty\.$/],
    ['a text', 'Dear operator,\n', /is not read\. It is no SQLite file, no plain pg_dump/],
    ['a package.json', '{"name": "x", "version": "1"}', /is not read\. It is no SQLite file/],
    ['a zip', 'PK\u0003\u0004rest', /unpack it first/],
    ['MySQL', '-- MySQL dump 10.13\nCREATE TABLE x;\n', /a dump of MySQL/],
    ['UTF-16', Buffer.from('\ufeff-- PostgreSQL database dump', 'utf16le'), /UTF-16/],
    ['dumpdata of others', '[{"model": "blog.post", "pk": 1, "fields": {}}]', /^It is a database of none of the five originals/],
    [
      'a table of the same name',
      '[{"model": "core.user", "pk": 1, "fields": {"password": "", "username": "x"}}]',
      /core\.user has no is_superuser/,
    ],
    ['accounts only', '{"model": "authtoken.token", "pk": "a", "fields": {"user": 1, "created": "2024-01-01T00:00:00Z"}}\n', /--contract/],
    [
      'two originals',
      '{"model": "main.musictrack", "pk": 1, "fields": {"name": "", "url": ""}}\n{"model": "core.facility", "pk": 1, "fields": {"name": "", "code": "", "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}}\n',
      /more than one of the originals: facility and recovery/,
    ],
  ])('%s', async (name, content, expected) => {
    expect(await foreign(name, content)).toMatch(expected)
  })

  test('pg_dump -Fc', async () => {
    expect(await complaint(folder.file('recovery/pg_dump.custom'))).toMatch(
      /pg_dump\.custom is not read\. It is a dump of PostgreSQL in a form that only pg_restore reads/,
    )
  })

  test('a folder with several databases, with none, and no folder', async () => {
    expect(await complaint(folder.file('mindharmony'))).toMatch(
      /has more than one database: db\.sqlite3, dumpdata-natural\.json, .*\. Name the one to be read\.$/,
    )
    expect(await complaint(folder.file('matrimony/media'))).toMatch(/has no database of one of the five originals\.$/)
    expect(await complaint(folder.file('nowhere'))).toMatch(/^There is no .*nowhere\.$/)
  })

  test('another SQLite database', async () => {
    const path = folder.file('foreign/blog.sqlite3')
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO posts VALUES (1, NULL)')
    database.close()
    expect(await complaint(path)).toMatch(/^It is a database of none of the five originals/)
  })
})

describe('an SQLite file', () => {
  let copy: Folder
  beforeEach(() => {
    copy = createFolder()
    unpack(copy, 'mindharmony')
  })
  afterEach(() => copy.remove())

  const usernamesIn = async (path: string): Promise<unknown[]> =>
    recordsIn(await itemsOf(path)).flatMap(({ model, fields }) => (model.isAccount ? [fields.username] : []))

  test('is read with what is still in its -wal, and nothing is written beside it', async () => {
    const path = copy.file('mindharmony/db.sqlite3')
    const writer = new DatabaseSync(path)
    writer.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE auth_user SET username = 'from-the-wal' WHERE id = 1")
    const target = createFolder()
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, target.file(`db${suffix}`))
    writer.close()
    expect(await usernamesIn(target.file('db'))).toContain('from-the-wal')
    expect(readdirSync(target.path).sort()).toEqual(['db', 'db-wal'])
    target.remove()
  })

  test('is read without what an interrupted transaction has left in it', async () => {
    const path = copy.file('mindharmony/db.sqlite3')
    const writer = new DatabaseSync(path)
    writer.exec(
      "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; UPDATE auth_user SET first_name = 'half-done' || hex(zeroblob(50000)); UPDATE auth_user SET last_name = 'half-done'",
    )
    const target = createFolder()
    for (const suffix of ['', '-journal']) copyFileSync(path + suffix, target.file(`db${suffix}`))
    writer.exec('ROLLBACK')
    writer.close()
    expect(readFileSync(target.file('db')).includes('half-done')).toBe(true)
    const names = recordsIn(await itemsOf(target.file('db'))).flatMap(({ model, fields }) =>
      model.isAccount ? [fields.first_name, fields.last_name] : [],
    )
    expect(names).toHaveLength(80)
    expect(names.filter((name) => `${name}`.startsWith('half-done'))).toEqual([])
    expect(readdirSync(target.path).sort()).toEqual(['db', 'db-journal'])
    target.remove()
  })

  test('is read in WAL mode without a -wal, and nothing is written beside it', async () => {
    const path = copy.file('mindharmony/db.sqlite3')
    const writer = new DatabaseSync(path)
    writer.exec('PRAGMA journal_mode = WAL')
    writer.close()
    const before = readdirSync(copy.file('mindharmony'))
    expect(await usernamesIn(path)).toHaveLength(40)
    expect(readdirSync(copy.file('mindharmony'))).toEqual(before)
    expect(existsSync(`${path}-shm`)).toBe(false)
  })

  test('is not read while a server changes it', async () => {
    const path = copy.file('mindharmony/db.sqlite3')
    const items = (await openSource(path)).items()
    await items.next()
    utimesSync(path, 0, 0)
    const rest = async (): Promise<void> => {
      for await (const _ of items);
    }
    await expect(rest()).rejects.toThrow('db.sqlite3 was changed while it was read. Stop the server, or read a copy.')
  })

  test('keeps a NUL in a text, and reports a text that is not UTF-8 without showing it', async () => {
    const path = copy.file('mindharmony/db.sqlite3')
    const writer = new DatabaseSync(path)
    writer.exec(
      "UPDATE auth_user SET first_name = 'a' || char(0) || 'b' WHERE id = 1; UPDATE auth_user SET email = CAST(x'ff41' AS TEXT) WHERE id = 2",
    )
    writer.close()
    const items = await itemsOf(path)
    expect(recordsIn(items).find(({ model, key }) => model.isAccount && key === 1)?.fields.first_name).toBe('a\0b')
    expect(items.filter(({ type }) => type === 'unreadable')).toMatchObject([
      { key: '2', place: 'table auth_user, row 2', reason: 'email is not text' },
    ])
  })

  test('says what the original would give out next', async () => {
    const next = (items: Awaited<ReturnType<typeof itemsOf>>) =>
      items.flatMap((item) => (item.type === 'next-key' && item.model.isAccount ? [item.next] : []))
    expect(next(await itemsOf(copy.file('mindharmony/db.sqlite3')))).toEqual([58])
    expect(next(await itemsOf(copy.file('mindharmony/pg_dump.sql')))).toEqual([58])
    expect(next(await itemsOf(copy.file('mindharmony/pg_dump-inserts.sql')))).toEqual([58])
  })
})
