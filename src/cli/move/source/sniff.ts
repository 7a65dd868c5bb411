import type { SourceValue } from '../models/values.ts'
import { BsonDocuments } from './bson.ts'
import { headOf, type SourceFile } from './bytes.ts'
import { collectionOf } from './collections.ts'
import { documentFrom } from './extended-json.ts'
import { JsonObjects } from './json-objects.ts'
import { Damage } from './source-error.ts'

/** Recognises the form of a file by its first bytes. The name is not used. */

export type Recognised =
  | { readonly form: 'sqlite' | 'pg-dump' | 'dumpdata' }
  | { readonly form: 'mongo-json' | 'bson'; readonly collection: string }
  /** Nothing in it. For MongoDB that is a collection without documents. */
  | { readonly form: 'empty' }
  /** Recognised, but not supported: `advice` is a sentence about what to do instead. */
  | { readonly form: 'other'; readonly advice: string }
  | { readonly form: 'unknown' }

const HEAD_BYTES = 256 * 1024

const ARCHIVE = 'It is a compressed archive: unpack it first. Only gzip is read as it is.'
const NOT_PLAIN =
  'It is a dump of PostgreSQL in a form that only pg_restore reads. Make a plain one: `pg_restore -f dump.sql <this>`, or pg_dump without -F.'

/** Forms that are recognised by the first bytes alone. */
const BEGINNINGS: readonly (readonly [Buffer, Recognised])[] = [
  [Buffer.from('SQLite format 3\0'), { form: 'sqlite' }],
  [Buffer.from('PGDMP'), { form: 'other', advice: NOT_PLAIN }],
  [Buffer.from('toc.dat\0'), { form: 'other', advice: NOT_PLAIN }],
  [Buffer.from([0x6d, 0xe2, 0x99, 0x81]), { form: 'other', advice: 'It is an archive of mongodump: dump it again without --archive.' }],
  [
    Buffer.from([0xff, 0xfe]),
    { form: 'other', advice: 'It is UTF-16, as PowerShell redirects: let the program write its file itself (-f, -o).' },
  ],
  [Buffer.from([0xfe, 0xff]), { form: 'other', advice: 'It is UTF-16: let the program write its file itself (-f, -o).' }],
  [Buffer.from('PK\x03\x04'), { form: 'other', advice: ARCHIVE }],
  [Buffer.from('BZh'), { form: 'other', advice: ARCHIVE }],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), { form: 'other', advice: ARCHIVE }],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), { form: 'other', advice: ARCHIVE }],
  [Buffer.from([0x1f, 0x8b]), { form: 'other', advice: 'It is compressed twice: unpack it once.' }],
  [Buffer.from('-- MySQL dump'), { form: 'other', advice: 'It is a dump of MySQL, and none of the five originals uses it.' }],
  [Buffer.from('-- MariaDB dump'), { form: 'other', advice: 'It is a dump of MariaDB, and none of the five originals uses it.' }],
  [Buffer.from('PRAGMA foreign_keys'), { form: 'other', advice: 'It is the text of an SQLite database: name the database itself.' }],
]

type Document = Readonly<Record<string, SourceValue>>

/** The documents at the beginning, up to where it is cut off or damaged. */
const sample = (head: Buffer, documents: JsonObjects | BsonDocuments): Document[] => {
  const found: Document[] = []
  try {
    for (const { value } of documents.push(head)) found.push(value)
  } catch (error) {
    if (!(error instanceof Damage)) throw error
  }
  return found
}

const ofDocuments = (form: 'mongo-json' | 'bson', documents: readonly Document[]): Recognised => {
  if (documents.length === 0) return { form: 'other', advice: 'It ends inside its first document.' }
  const collection = collectionOf(documents)
  return collection === null ? { form: 'unknown' } : { form, collection }
}

const isDumpdata = ({ model, fields }: Document): boolean => typeof model === 'string' && typeof fields === 'object'

/** For an object that is longer than the head, or cut off: its first properties identify it. */
const BEGINS_AS_DUMPDATA = /^\s*\[?\s*\{\s*"(?:model|pk|fields)"\s*:/

const ofJson = (head: Buffer): Recognised => {
  const documents = sample(head, new JsonObjects())
  if (documents.some(isDumpdata)) return { form: 'dumpdata' }
  if (documents.length === 0) return { form: BEGINS_AS_DUMPDATA.test(head.toString('latin1')) ? 'dumpdata' : 'unknown' }
  return ofDocuments('mongo-json', documents.map(documentFrom))
}

const isBson = (head: Buffer): boolean =>
  // A length, and then the property that MongoDB puts first.
  head.length > 8 && head.readInt32LE() >= 5 && head.subarray(5, 9).equals(Buffer.from('_id\0'))

const SQL = /^\s*(?:--[^\n]*\n\s*|\\\w[^\n]*\n\s*)*(?:SET|SELECT|CREATE|COPY|INSERT|ALTER|BEGIN) /

export const recognise = async (file: SourceFile): Promise<Recognised> => {
  const head = await headOf(file, HEAD_BYTES)
  const text = head.toString('latin1').replace('\u00ef\u00bb\u00bf', '')
  if (text.trim() === '' || /^\s*\[\s*\]\s*$/.test(text)) return { form: 'empty' }
  const known = BEGINNINGS.find(([bytes]) => head.subarray(0, bytes.length).equals(bytes))
  if (known) return known[1]
  if (isBson(head)) return ofDocuments('bson', sample(head, new BsonDocuments()))
  if (/^\s*[[{]/.test(text)) return ofJson(head)
  return { form: SQL.test(text) || text.includes('-- PostgreSQL database') ? 'pg-dump' : 'unknown' }
}
