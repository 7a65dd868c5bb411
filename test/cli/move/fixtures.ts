import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { SourceRecord } from '../../../src/cli/move/models/model.ts'
import { type Key, keyText, type Value } from '../../../src/cli/move/models/values.ts'
import type { SourceItem } from '../../../src/cli/move/source/intake.ts'
import { openSource } from '../../../src/cli/move/source/source.ts'

/** The databases of test/fixtures/moving/, unpacked, and what is read from them. */

const FIXTURES = join(import.meta.dirname, '../../fixtures/moving')

export const FIXTURE_NAMES = ['facility', 'facility-later', 'matrimony', 'matrimony-later', 'meetups', 'mindharmony', 'recovery'] as const

export type FixtureName = (typeof FIXTURE_NAMES)[number]

export interface Folder {
  readonly path: string
  /** The path of a file in it. */
  file(...names: string[]): string
  write(name: string, content: string | Uint8Array): string
  remove(): void
}

export const createFolder = (): Folder => {
  const path = mkdtempSync(join(tmpdir(), 'concord-moving-'))
  const file = (...names: string[]): string => join(path, ...names)
  const write = (name: string, content: string | Uint8Array): string => {
    mkdirSync(dirname(file(name)), { recursive: true })
    writeFileSync(file(name), content)
    return file(name)
  }
  return { path, file, write, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The content of a fixture's file, such as `mindharmony/db.sqlite3`. */
export const fixtureBytes = (name: string): Buffer => gunzipSync(readFileSync(join(FIXTURES, `${name}.gz`)))

/** As it is in the project: compressed. */
export const compressedFixture = (name: string): string => join(FIXTURES, `${name}.gz`)

/** The files of a fixture's folder, without `.gz`. */
export const fixtureFiles = (folder: string): string[] =>
  readdirSync(join(FIXTURES, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(FIXTURES.length + 1, -'.gz'.length))
    .sort()

/** Unpacks all files below a fixture's folder, and its uploads into `media/`. */
export const unpack = (folder: Folder, fixture: string): void => {
  for (const name of fixtureFiles(fixture)) {
    if (!name.endsWith('/media.json')) folder.write(name, fixtureBytes(name))
    else
      for (const [upload, base64] of Object.entries(mediaOf(name)))
        folder.write(`${dirname(name)}/media/${upload}`, Buffer.from(base64, 'base64'))
  }
}

const mediaOf = (name: string): Readonly<Record<string, string>> => JSON.parse(fixtureBytes(name).toString())

interface People {
  readonly secretKey: string
  readonly secretKeyFallbacks: readonly string[]
  readonly now: string
  readonly userTable: string
  readonly nextAccountId: number | null
  readonly rows: Readonly<Record<string, number>>
  readonly people: readonly {
    readonly id: number | string
    readonly username: string
    readonly password: string | null
    readonly email: string | null
    readonly active: boolean
    readonly flags: readonly string[]
    readonly worksInDjango: boolean
    readonly traps: readonly string[]
    readonly expect: 'moves' | 'renamed' | 'refused'
    readonly token?: string | null
  }[]
  readonly credentials: readonly {
    readonly kind: string
    readonly value: string
    readonly live: boolean
    readonly why?: string
    readonly user?: string | null
    readonly opensApi?: boolean
  }[]
  readonly orphans: readonly { readonly table: string }[]
}

export const peopleOf = (fixture: FixtureName): People => JSON.parse(fixtureBytes(`${fixture}/people.json`).toString())

export const itemsOf = async (path: string): Promise<SourceItem[]> => {
  const found: SourceItem[] = []
  for await (const items of (await openSource(path)).items()) found.push(...items)
  return found
}

export const recordsIn = (items: readonly SourceItem[]): SourceRecord[] =>
  items.flatMap((item) => (item.type === 'record' ? [item.record] : []))

const isDocument = (value: Value): value is { readonly [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** One text for one value: properties in order, and types that JSON does not tell apart marked. */
const canonical = (value: Value): string => {
  if (value instanceof Date) return `time ${value.getTime()}`
  if (isList(value)) return `[${value.map(canonical).join()}]`
  if (!isDocument(value)) return typeof value === 'number' ? `number ${value}` : JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join()}}`
}

export const lineOf = ({ model, key, fields }: SourceRecord): string => `${model.name} ${keyText(key)} ${canonical(fields)}`

/** A digest for each model: of all its records, in any order. */
export const digestsOf = (records: readonly SourceRecord[]): Readonly<Record<string, string>> => {
  const groups = Object.groupBy(records, ({ model }) => model.name)
  return Object.fromEntries(
    Object.entries(groups)
      .sort()
      .map(([name, group = []]) => {
        const digest = createHash('sha256').update(group.map(lineOf).sort().join('\n')).digest('hex').slice(0, 16)
        return [name, `${group.length} ${digest}`]
      }),
  )
}

/** A record as a dump with natural keys has it: accounts have names instead of ids. */
export const withNaturalKeys = (records: readonly SourceRecord[]): SourceRecord[] => {
  const names = new Map(
    records.filter(({ model }) => model.isAccount).map(({ key, fields }) => [keyText(key), [`${fields.username}`] as const]),
  )
  const natural = (key: Key): Key => names.get(keyText(key)) ?? key
  return records.map(({ model, key, fields }) => ({
    model,
    key: model.isAccount ? natural(key) : key,
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, value]) => {
        const isKey = model.references[name]?.model === 'account' && (typeof value === 'number' || typeof value === 'string')
        return [name, isKey ? natural(value) : value]
      }),
    ),
  }))
}
