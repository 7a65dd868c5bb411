import { id, type Kind, keyOf, nullable, text } from './kinds.ts'
import { type Key, keyText, type Value } from './values.ts'

/** What the originals' tables and collections contain, as data. */

/** What a reference to an account names: each original has a table of its own for its accounts. */
export const ACCOUNT = 'account'

export interface Reference {
  /** The name of the model whose row is meant, or ACCOUNT. */
  readonly model: string
  /** If its owner is gone, a row is not imported. If a link is gone, the row is imported without the link. */
  readonly role: 'owner' | 'link'
}

export interface Field<T extends Value> {
  readonly kind: Kind<T>
  /** The column of the database, if it is not named as the field. */
  readonly column?: string
  /** The value where a version of the original has no such column. */
  readonly absent?: T
  readonly reference?: Reference
}

export type Fields = Readonly<Record<string, Field<Value>>>

/** Why rows of a model are not imported: a sentence without a full stop. Null: they are imported. */
type Stays = string | null

/** Something that some rows of a model have, and that is not imported. The import reports it for each row. */
export interface Omission {
  /** A sentence without a full stop, as for rows that are not imported. */
  readonly reason: string
  isIn(fields: SourceRecord['fields']): boolean
}

export interface ModelDefinition {
  /** As dumpdata names it, or the collection. */
  readonly name: string
  readonly table: string
  readonly key: { readonly column: string; readonly kind: Kind<Key> }
  /** Null: a document of any form. */
  readonly fields: Fields | null
  readonly stays: Stays
  readonly omissions: readonly Omission[]
  /** Its rows are people who can log in. */
  readonly isAccount: boolean
  /** What a document refers to, by the name of its property. */
  readonly references: Readonly<Record<string, Reference>>
  /** Of two versions of a table, the one with this column is meant. */
  readonly version?: string
}

export interface TableModel<F extends Fields> extends ModelDefinition {
  readonly fields: F
}

type FieldsOf<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never }

/** One row of a source. */
export interface SourceRecord {
  readonly model: ModelDefinition
  readonly key: Key
  readonly fields: Readonly<Record<string, Value>>
}

export interface RecordOf<F extends Fields> extends SourceRecord {
  readonly fields: FieldsOf<F>
}

/** Why parts of a record are not imported. */
export const omittedFrom = ({ model, fields }: SourceRecord): string[] =>
  model.omissions.filter(({ isIn }) => isIn(fields)).map(({ reason }) => reason)

/** Whether a record is of this model, which makes the types of its fields known. */
export const isOf = <F extends Fields>(record: SourceRecord, model: TableModel<F>): record is RecordOf<F> => record.model === model

export const field = <T extends Value>(kind: Kind<T>, more: Omit<Field<T>, 'kind'> = {}): Field<T> => ({ kind, ...more })

interface LinkOptions {
  readonly column?: string
  readonly absent?: null
}

/** The account, or other row, that this row belongs to. Null, where the column allows it: it has no owner. */
export const owner = (model: string, options: LinkOptions = {}): Field<Key | null> =>
  field(nullable(keyOf(id)), { ...options, reference: { model, role: 'owner' } })

export const link = (model: string, options: LinkOptions = {}): Field<Key | null> =>
  field(nullable(keyOf(id)), { ...options, reference: { model, role: 'link' } })

interface TableOptions<F extends Fields> {
  readonly table: string
  /** The column of the primary key: `id`, an integer, ObjectId or UUID, unless given here. */
  readonly key?: { readonly column: string; readonly kind?: Kind<string> }
  readonly fields: F
  readonly stays?: string
  readonly omissions?: readonly Omission[]
  readonly version?: string
  readonly isAccount?: boolean
}

export const tableModel = <F extends Fields>(
  name: string,
  { key, stays, omissions = [], isAccount = false, ...options }: TableOptions<F>,
): TableModel<F> => ({
  name,
  ...options,
  key: { column: key?.column ?? 'id', kind: keyOf(key?.kind ?? id) },
  stays: stays ?? null,
  omissions,
  isAccount,
  references: Object.fromEntries(
    Object.entries(options.fields).flatMap(([fieldName, { reference }]) => (reference ? [[fieldName, reference]] : [])),
  ),
})

/** A collection that is no Django model: its documents have whatever properties clients sent. */
export const documentModel = (name: string, references: Readonly<Record<string, Reference>>): ModelDefinition => ({
  name,
  table: name,
  // Put in by hand, a document may have any text as its id.
  key: { column: 'id', kind: keyOf(text) },
  fields: null,
  stays: null,
  omissions: [],
  isAccount: false,
  references,
})

/** The column of a field: a foreign key's has `_id` behind the field's name, as Django calls it. */
export const columnOf = (name: string, { column, reference }: Field<Value>): string => column ?? (reference ? `${name}_id` : name)

/** For messages: `auth.user 12`. */
export const nameOf = ({ model, key }: SourceRecord): string => `${model.name} ${keyText(key)}`
