import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { SourceValue } from '../models/values.ts'
import { BsonDocuments } from './bson.ts'
import { chunksOf, located, type SourceFile, sourceFile, statOf } from './bytes.ts'
import { documentFrom } from './extended-json.ts'
import { Intake, type SourceItem } from './intake.ts'
import { JsonObjects } from './json-objects.ts'
import { PgDump } from './pg-dump.ts'
import { type Recognised, recognise } from './sniff.ts'
import { Damage, SourceError } from './source-error.ts'
import { readSqlite } from './sqlite.ts'
import { sideFilesOf } from './sqlite-file.ts'

/** A database of an original, in any of its forms, as one stream of items. It can be read any number of times. */

type Form = 'sqlite' | 'pg-dump' | 'dumpdata' | 'mongo'

export interface Source {
  readonly form: Form
  readonly files: readonly SourceFile[]
  /** Where the original's uploads may be. */
  readonly folder: string
  /** Files of the folder that are not read, and why. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[]
  /** The items by the piece, in the order of the files. Throws a SourceError at the first damage. */
  items(): AsyncGenerator<readonly SourceItem[], void>
}

interface RecognisedFile {
  readonly file: SourceFile
  readonly recognised: Recognised
}

const byteIn = (name: string) => (byte: number) => `${name}, byte ${byte.toLocaleString('en')}`

async function* readPgDump(file: SourceFile): AsyncGenerator<readonly SourceItem[], void> {
  const intake = new Intake({ jsonIsText: true, placeOf: byteIn(file.name) })
  const dump = new PgDump(intake)
  for await (const chunk of chunksOf(file)) {
    dump.push(chunk)
    yield intake.take()
  }
  dump.end()
  yield intake.take()
}

const isObject = (value: SourceValue | undefined): value is Readonly<Record<string, SourceValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

async function* readDumpdata(file: SourceFile): AsyncGenerator<readonly SourceItem[], void> {
  const intake = new Intake({ jsonIsText: false, placeOf: byteIn(file.name) })
  const objects = new JsonObjects()
  for await (const chunk of chunksOf(file)) {
    for (const { value, byte } of objects.push(chunk)) {
      const { model, pk, fields } = value
      if (typeof model !== 'string' || !isObject(fields)) throw new Damage(byte, 'the object that begins here is not as dumpdata writes it')
      intake.object(model, pk, fields, byte)
    }
    yield intake.take()
  }
  objects.end()
  yield intake.take()
}

async function* readCollection(file: SourceFile, collection: string, isBson: boolean): AsyncGenerator<readonly SourceItem[], void> {
  const intake = new Intake({ jsonIsText: false, placeOf: byteIn(file.name) })
  const model = intake.collection(collection)
  const documents = isBson ? new BsonDocuments() : new JsonObjects()
  for await (const chunk of chunksOf(file)) {
    for (const { value, byte } of documents.push(chunk)) {
      if (model) intake.document(model, isBson ? value : documentFrom(value), byte)
      else intake.unreadTable(collection, 1)
    }
    yield intake.take()
  }
  documents.end()
  yield intake.take()
}

const itemsOf = ({ file, recognised }: RecognisedFile): AsyncGenerator<readonly SourceItem[], void> => {
  switch (recognised.form) {
    case 'sqlite':
      return readSqlite(file)
    case 'pg-dump':
      return readPgDump(file)
    case 'dumpdata':
      return readDumpdata(file)
    case 'mongo-json':
    case 'bson':
      return readCollection(file, recognised.collection, recognised.form === 'bson')
    default:
      throw new SourceError(`${file.name} is nothing that this command reads.`)
  }
}

/** Whether the files are as they were: a server that still writes makes a mixture of two states. */
const stateOf = async (file: SourceFile): Promise<string> => {
  const states = await Promise.all([file.path, ...sideFilesOf(file.path)].map(statOf))
  return states.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`).join()
}

const isText = ({ recognised: { form } }: RecognisedFile): boolean => form !== 'bson' && form !== 'sqlite'

async function* readAll(files: readonly RecognisedFile[]): AsyncGenerator<readonly SourceItem[], void> {
  for (const recognised of files) {
    const { file } = recognised
    const before = await stateOf(file)
    try {
      yield* itemsOf(recognised)
    } catch (error) {
      throw error instanceof Damage ? await located(file, error, isText(recognised)) : error
    }
    if ((await stateOf(file)) !== before)
      throw new SourceError(`${file.name} was changed while it was read. Stop the server, or read a copy.`)
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  empty: 'It is empty.',
  unknown:
    'It is no SQLite file, no plain pg_dump, no dumpdata (JSON or jsonl), and no collection of meetups from mongoexport or mongodump, or it is cut off at its very beginning.',
}

const adviceOn = (recognised: Recognised): string =>
  recognised.form === 'other' ? recognised.advice : (ADVICE[recognised.form] ?? 'It is not read.')

const isCollection = ({ recognised }: RecognisedFile): boolean => recognised.form === 'mongo-json' || recognised.form === 'bson'

const isDatabase = ({ recognised }: RecognisedFile): boolean =>
  recognised.form === 'sqlite' || recognised.form === 'pg-dump' || recognised.form === 'dumpdata'

const formOf = ({ recognised }: RecognisedFile): Form =>
  recognised.form === 'sqlite' || recognised.form === 'pg-dump' || recognised.form === 'dumpdata' ? recognised.form : 'mongo'

const recognisedFile = async (path: string, name: string): Promise<RecognisedFile> => {
  const file = await sourceFile(path, name)
  try {
    return { file, recognised: await recognise(file) }
  } catch (error) {
    throw error instanceof Damage ? await located(file, error, false) : error
  }
}

const sourceOf = (files: readonly RecognisedFile[], folder: string, ignored: Source['ignored']): Source => {
  const [first] = files
  if (!first) throw new SourceError('There is nothing to read.')
  return { form: formOf(first), files: files.map(({ file }) => file), folder, ignored, items: () => readAll(files) }
}

/** A folder with more files than any export has is not one, and each would be opened. */
const MAX_FILES = 1000

const SIDE_FILE = /-(?:wal|shm|journal)$/

const list = (names: readonly string[]): string => names.join(', ')

const checkCollections = (path: string, collections: readonly RecognisedFile[]): void => {
  const byName = Map.groupBy(collections, ({ recognised }) => ('collection' in recognised ? recognised.collection : ''))
  for (const [collection, files] of byName) {
    const [first, second] = files
    if (first && second)
      throw new SourceError(`${path} has the collection ${collection} twice: ${first.file.name} and ${second.file.name}.`)
  }
}

/** The database in a folder; null if none of its files is one. */
const databaseIn = async (path: string, names: readonly string[]): Promise<Source | null> => {
  if (names.length > MAX_FILES) throw new SourceError(`${path} has more than ${MAX_FILES} files: name the one to be read.`)
  const files: RecognisedFile[] = []
  for (const name of names) files.push(await recognisedFile(join(path, name), name))
  const collections = files.filter(isCollection)
  const databases = files.filter(isDatabase)
  if (databases.length + Math.min(collections.length, 1) > 1) {
    const found = [...databases, ...collections].map(({ file }) => file.name)
    throw new SourceError(`${path} has more than one database: ${list(found)}. Name the one to be read.`)
  }
  checkCollections(path, collections)
  const [database] = databases
  const read = database ? [database] : collections
  const ignored = files
    .filter((file) => !read.includes(file) && !/\.metadata\.json(?:\.gz)?$/.test(file.file.name))
    .map(({ file, recognised }) => ({ name: file.name, reason: adviceOn(recognised) }))
  if (read.length > 0) return sourceOf(read, path, ignored)
  const known = files.find(({ recognised }) => recognised.form === 'other')
  if (known) throw new SourceError(`${join(path, known.file.name)} is not read. ${adviceOn(known.recognised)}`)
  return null
}

/** mongodump writes `dump/<database>/`. */
const MAX_DEPTH = 2

const openFolder = async (path: string, depth = 0): Promise<Source | null> => {
  const entries = await readdir(path, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile() && !SIDE_FILE.test(entry.name)).map(({ name }) => name)
  const found = await databaseIn(path, names.sort())
  if (found || depth === MAX_DEPTH) return found
  const below: Source[] = []
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
    const source = await openFolder(join(path, name), depth + 1)
    if (source) below.push(source)
  }
  if (below.length > 1)
    throw new SourceError(`${path} has more than one database: ${list(below.map(({ folder }) => folder))}. Name the one to be read.`)
  return below[0] ?? null
}

/** Recognises what lies at a path. Nothing is written there. */
export const openSource = async (path: string): Promise<Source> => {
  if ((await statOf(path)).isDirectory()) {
    const source = await openFolder(path)
    if (!source) throw new SourceError(`${path} has no database of one of the five originals.`)
    return source
  }
  const file = await recognisedFile(path, basename(path))
  if (!isDatabase(file) && !isCollection(file)) throw new SourceError(`${path} is not read. ${adviceOn(file.recognised)}`)
  return sourceOf([file], dirname(path), [])
}
