import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** Writes large databases of invented people, in every form that is read as a stream. */

const PASSWORD = `pbkdf2_sha256$720000$${'s'.repeat(22)}$${'h'.repeat(43)}=`
const BIO = 'Breathes in and out, by the lake and elsewhere. '.repeat(6)
const TIME = '2024-07-25T14:20:29.268Z'

const usernameOf = (id: number): string => `person.${id}`

const tokenOf = (id: number): string => id.toString(16).padStart(40, '0')

type Lines = Generator<string | Uint8Array, void>

function* copyLines(people: number): Lines {
  yield "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
  yield 'COPY public.auth_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) FROM stdin;\n'
  for (let id = 1; id <= people; id++) yield `${id}\t${PASSWORD}\t\\N\tf\t${usernameOf(id)}\tÜnla\t\t\tf\tt\t2024-07-25 14:20:29.2683+00\n`
  yield '\\.\n\n\nCOPY public.authtoken_token (key, created, user_id) FROM stdin;\n'
  for (let id = 1; id <= people; id++) yield `${tokenOf(id)}\t2024-07-25 14:20:29+00\t${id}\n`
  yield '\\.\n\n\nCOPY public.user_userprofile (id, bio, created_at, user_id, profile_picture) FROM stdin;\n'
  for (let id = 1; id <= people; id++) yield `${id}\t${BIO}\\n\t2024-07-25 14:20:29+00\t${id}\t\\N\n`
  yield '\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n'
}

/** recovery, with the rows that a person of it usually has: a token, a profile, two contacts and a therapist. */
function* recoveryLines(people: number): Lines {
  const time = '2025-07-25 14:20:29.2683+00'
  yield "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
  yield 'COPY public.auth_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) FROM stdin;\n'
  for (let id = 1; id <= people; id++) {
    yield `${id}\t${PASSWORD}\t\\N\tf\t${usernameOf(id)}\tÜnla\tMockridge\tperson${id}@example.org\tf\tt\t${time}\n`
  }
  yield '\\.\n\n\nCOPY public.authtoken_token (key, created, user_id) FROM stdin;\n'
  for (let id = 1; id <= people; id++) yield `${tokenOf(id)}\t${time}\t${id}\n`
  yield '\\.\n\n\nCOPY public.main_therapist (id, name, phone, email, user_id) FROM stdin;\n'
  for (let id = 1; id <= people; id++) yield `${id}\tDr. Ansel Fauxman\t+1 415 555 0132\tansel@example.org\t${id}\n`
  yield '\\.\n\n\nCOPY public.main_emergencycontact (id, name, relationship, phone, email, user_id) FROM stdin;\n'
  for (let id = 1; id <= people; id++) {
    yield `${2 * id - 1}\tAnn Placehold\tsister\t+14155550100\tann${id}@example.org\t${id}\n`
    yield `${2 * id}\tBen Placehold\tfriend\t+14155550101\t\t${id}\n`
  }
  yield '\\.\n\n\nCOPY public.main_userinfo (id, age, location, military_status, ptsd_level, music_id, scenario_id, therapist_contact_id, user_id) FROM stdin;\n'
  for (let id = 1; id <= people; id++) yield `${id}\t34\tBoston\tf\t3\t\\N\t\\N\t${id}\t${id}\n`
  yield '\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n'
}

function* insertLines(people: number): Lines {
  yield "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
  for (let id = 1; id <= people; id++) {
    yield `INSERT INTO public.auth_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) VALUES (${id}, '${PASSWORD}', NULL, false, '${usernameOf(id)}', 'O''Ünla', '', '', false, true, '2024-07-25 14:20:29.2683+00');\n`
  }
  for (let id = 1; id <= people; id++) {
    yield `INSERT INTO public.user_userprofile (id, bio, created_at, user_id, profile_picture) VALUES (${id}, '${BIO}\n', '2024-07-25 14:20:29+00', ${id}, NULL);\n`
  }
  yield '--\n-- PostgreSQL database dump complete\n--\n\n'
}

function* objects(people: number): Generator<object, void> {
  for (let id = 1; id <= people; id++) {
    const flags = { is_superuser: false, is_staff: false, is_active: true }
    const names = { username: usernameOf(id), first_name: 'Ünla', last_name: '', email: '' }
    yield {
      model: 'auth.user',
      pk: id,
      fields: { password: PASSWORD, last_login: null, ...flags, ...names, date_joined: TIME, groups: [] },
    }
    yield { model: 'authtoken.token', pk: tokenOf(id), fields: { user: id, created: TIME } }
    yield { model: 'user.userprofile', pk: id, fields: { user: id, bio: BIO, profile_picture: '', created_at: TIME } }
  }
}

function* oneLine(people: number): Lines {
  let separator = '['
  for (const object of objects(people)) {
    yield separator + JSON.stringify(object)
    separator = ', '
  }
  yield ']\n'
}

function* indented(people: number): Lines {
  let separator = '[\n'
  for (const object of objects(people)) {
    yield separator + JSON.stringify(object, null, 2)
    separator = ',\n'
  }
  yield '\n]\n'
}

function* jsonLines(people: number): Lines {
  for (const object of objects(people)) yield `${JSON.stringify(object)}\n`
}

const objectIdOf = (id: number): string => id.toString(16).padStart(24, '0')

function* exported(people: number): Lines {
  for (let id = 1; id <= people; id++) {
    yield `{"_id":{"$oid":"${objectIdOf(id)}"},"title":"Plan ${id}","description":"${BIO}","location":{"address1":"1 Street","city":"Boston","state":"MA","zipcode":2215},"start_time":{"$date":"${TIME}"},"end_time":{"$date":"${TIME}"},"created_by":"${objectIdOf(id)}"}\n`
  }
}

const bsonText = (name: string, text: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32LE(Buffer.byteLength(text) + 1)
  return Buffer.concat([Buffer.from(`\u0002${name}\0`), length, Buffer.from(`${text}\0`)])
}

function* bsonDocuments(people: number): Lines {
  for (let id = 1; id <= people; id++) {
    const time = Buffer.alloc(8)
    time.writeBigInt64LE(1721917229268n)
    const body = Buffer.concat([
      Buffer.from('\u0007_id\0'),
      Buffer.from(objectIdOf(id), 'hex'),
      bsonText('title', `Plan ${id}`),
      bsonText('description', BIO),
      bsonText('location', 'Boston'),
      Buffer.from('\u0009start_time\0'),
      time,
      bsonText('created_by', objectIdOf(id)),
    ])
    const length = Buffer.alloc(4)
    length.writeInt32LE(body.length + 5)
    yield Buffer.concat([length, body, Buffer.from([0])])
  }
}

const writeSqlite = (path: string, people: number): void => {
  const database = new DatabaseSync(path)
  database.exec(`
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE TABLE auth_user (id integer PRIMARY KEY AUTOINCREMENT, password varchar(128), last_login datetime, is_superuser bool, username varchar(150) UNIQUE,
      last_name varchar(150), email varchar(254), is_staff bool, is_active bool, date_joined datetime, first_name varchar(150));
    CREATE TABLE authtoken_token (key varchar(40) PRIMARY KEY, created datetime, user_id integer UNIQUE);
    CREATE TABLE user_userprofile (id integer PRIMARY KEY AUTOINCREMENT, bio text, created_at datetime, user_id integer UNIQUE, profile_picture varchar(100));
    BEGIN`)
  const user = database.prepare(
    `INSERT INTO auth_user VALUES (?, '${PASSWORD}', NULL, 0, ?, '', '', 0, 1, '2024-07-25 14:20:29.268300', 'Ünla')`,
  )
  const token = database.prepare("INSERT INTO authtoken_token VALUES (?, '2024-07-25 14:20:29', ?)")
  const profile = database.prepare(`INSERT INTO user_userprofile VALUES (?, '${BIO}', '2024-07-25 14:20:29', ?, NULL)`)
  for (let id = 1; id <= people; id++) {
    user.run(id, usernameOf(id))
    token.run(tokenOf(id), id)
    profile.run(id, id)
  }
  database.exec('COMMIT')
  database.close()
}

const LINES = {
  copy: copyLines,
  recovery: recoveryLines,
  inserts: insertLines,
  'one line': oneLine,
  indented,
  jsonl: jsonLines,
  mongoexport: exported,
  mongodump: bsonDocuments,
} as const

export type LargeForm = keyof typeof LINES | 'sqlite'

const FLUSH_BYTES = 1024 * 1024

export const writeLarge = async (form: LargeForm, path: string, people: number): Promise<void> => {
  if (form === 'sqlite') return writeSqlite(path, people)
  const file = createWriteStream(path)
  let parts: Buffer[] = []
  let bytes = 0
  for (const line of LINES[form](people)) {
    const part = Buffer.from(line)
    parts.push(part)
    bytes += part.length
    if (bytes < FLUSH_BYTES) continue
    if (!file.write(Buffer.concat(parts))) await once(file, 'drain')
    parts = []
    bytes = 0
  }
  file.end(Buffer.concat(parts))
  await once(file, 'finish')
}
