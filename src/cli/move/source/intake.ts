import { columnOf, type Field, type ModelDefinition, type SourceRecord } from '../models/model.ts'
import { ALL_MODELS } from '../models/originals.ts'
import { documentOf, type SourceValue, type Value } from '../models/values.ts'
import { SourceError } from './source-error.ts'

/** Makes records of the rows that the readers of the forms find. */

/** What a source consists of, in the order of its file. */
export type SourceItem =
  /** A table or a collection. It may be empty. Model: null if nothing here reads it. */
  | { readonly type: 'table'; readonly name: string; readonly model: ModelDefinition | null; readonly unknownColumns: readonly string[] }
  | { readonly type: 'record'; readonly record: SourceRecord }
  /** A row with a value that is not of its column's type. */
  | {
      readonly type: 'unreadable'
      readonly model: ModelDefinition
      readonly key: string
      readonly place: string
      readonly reason: string
    }
  /** Rows of a table that nothing reads. */
  | { readonly type: 'unread'; readonly name: string; readonly rows: number }
  /** The id that the original would give out next. */
  | { readonly type: 'next-key'; readonly model: ModelDefinition; readonly next: number }

/** What the reader of a form reports about its rows. */
export interface Form {
  /** JSON columns are text, as in SQLite and PostgreSQL. */
  readonly jsonIsText: boolean
  /** Where a row is, for a message: from the number that the reader gives with it. */
  placeOf(place: number): string
}

/** Tables of Django that `dumpdata` calls differently. */
const DJANGO_NAMES: Readonly<Record<string, string>> = {
  django_content_type: 'contenttypes.contenttype',
  django_admin_log: 'admin.logentry',
  django_migrations: 'django_migrations',
}

/** The name of a table that no model reads, as dumpdata would have it. */
const nameOfTable = (table: string): string => DJANGO_NAMES[table] ?? table.replace('_', '.')

const modelWith = (has: (model: ModelDefinition) => boolean, columns: readonly string[]): ModelDefinition | null =>
  ALL_MODELS.find((model) => has(model) && (model.version === undefined || columns.includes(model.version))) ?? null

/** Rejects a table of the same name from another project, or from a version that was never published. */
const checkColumns = (model: ModelDefinition, has: (name: string, column: string) => boolean): void => {
  const missing = Object.entries(model.fields ?? {}).filter(
    ([name, definition]) => definition.absent === undefined && !has(name, columnOf(name, definition)),
  )
  if (missing.length === 0) return
  const names = missing.map(([name]) => name).join(', ')
  throw new SourceError(`It is none of the five originals, or no version that is known: ${model.name} has no ${names}.`)
}

/** Reads the rows of one table whose columns are known. */
export interface TableReader {
  readonly model: ModelDefinition
  /** The columns that are read, in the order of the values that `row` expects. */
  readonly columns: readonly string[]
  row(values: readonly SourceValue[], place: number): void
}

interface NamedField {
  readonly name: string
  readonly column: string
  readonly definition: Field<Value>
}

const namedFields = ({ fields }: ModelDefinition): readonly NamedField[] =>
  Object.entries(fields ?? {}).map(([name, definition]) => ({ name, column: columnOf(name, definition), definition }))

export class Intake {
  readonly #form: Form
  #items: SourceItem[] = []
  readonly #objectModels = new Map<string, ModelDefinition | null>()
  readonly #fields = new Map(ALL_MODELS.map((model) => [model, namedFields(model)]))

  constructor(form: Form) {
    this.#form = form
  }

  /** The items since the last call. */
  take(): readonly SourceItem[] {
    const items = this.#items
    this.#items = []
    return items
  }

  /** Null: nothing reads this table, and its rows are only counted. */
  table(name: string, columns: readonly string[]): TableReader | null {
    // A collection of documents is never a table of SQL.
    const model = modelWith(({ table, fields }) => table === name && fields !== null, columns)
    if (!model) {
      this.#items.push({ type: 'table', name: nameOfTable(name), model: null, unknownColumns: [] })
      return null
    }
    checkColumns(model, (_, column) => columns.includes(column))
    const known = [model.key.column, ...this.#fieldsOf(model).map(({ column }) => column)]
    this.#items.push({ type: 'table', name: model.name, model, unknownColumns: columns.filter((column) => !known.includes(column)) })
    const present = known.filter((column) => columns.includes(column))
    const positions = known.map((column) => present.indexOf(column))
    return {
      model,
      columns: present,
      row: (values, place) => this.#record(model, values[positions[0] ?? -1], (index) => values[positions[index + 1] ?? -1], place),
    }
  }

  /** Rows of a table that nothing reads. */
  unreadTable(name: string, rows: number): void {
    this.#unread(nameOfTable(name), rows)
  }

  /** Rows that follow each other are one item. */
  #unread(name: string, rows: number): void {
    const last = this.#items.at(-1)
    if (last?.type !== 'unread' || last.name !== name) this.#items.push({ type: 'unread', name, rows })
    else this.#items[this.#items.length - 1] = { ...last, rows: last.rows + rows }
  }

  /** An object of dumpdata: `{"model": …, "pk": …, "fields": {…}}`. */
  object(name: string, key: SourceValue | undefined, values: Readonly<Record<string, SourceValue>>, place: number): void {
    const model = this.#objectModel(name, Object.keys(values))
    if (!model) {
      this.#unread(name, 1)
      return
    }
    const fields = this.#fieldsOf(model)
    // With `--natural-primary` accounts have no pk.
    const id = key ?? (model.isAccount ? [values.username ?? null] : null)
    this.#record(model, id, (index) => values[fields[index]?.name ?? ''], place)
  }

  #objectModel(name: string, fieldNames: readonly string[]): ModelDefinition | null {
    const seen = this.#objectModels.get(name)
    if (seen !== undefined) return seen
    const model = modelWith((candidate) => candidate.name === name, fieldNames)
    this.#objectModels.set(name, model)
    if (model) checkColumns(model, (fieldName) => fieldNames.includes(fieldName))
    const known = Object.keys(model?.fields ?? {})
    // Groups and permissions are listed in the account.
    const unknownColumns = model ? fieldNames.filter((field) => !known.includes(field) && !/^(groups|user_permissions)$/.test(field)) : []
    this.#items.push({ type: 'table', name, model, unknownColumns })
    return model
  }

  /** A collection of MongoDB, whose documents have the columns of the table as properties. */
  collection(name: string): ModelDefinition | null {
    const model = modelWith(({ table }) => table === name, [])
    this.#items.push({ type: 'table', name: model?.name ?? nameOfTable(name), model, unknownColumns: [] })
    return model
  }

  document(model: ModelDefinition, { _id: id = null, ...document }: Readonly<Record<string, SourceValue>>, place: number): void {
    const property = (column: string): SourceValue | undefined => (column === 'id' ? id : document[column])
    if (model.fields) {
      const fields = this.#fieldsOf(model)
      this.#record(model, property(model.key.column), (index) => property(fields[index]?.column ?? ''), place)
      return
    }
    const key = model.key.kind.read(id, false)
    const fields = documentOf(document)
    if (key === undefined) this.#unreadable(model, id, place, `its key is not ${model.key.kind.expected}`)
    else if (!fields) this.#unreadable(model, id, place, 'it has a value of a type that the original does not write')
    else this.#items.push({ type: 'record', record: { model, key, fields } })
  }

  nextKey(model: ModelDefinition, next: number): void {
    this.#items.push({ type: 'next-key', model, next })
  }

  #fieldsOf(model: ModelDefinition): readonly NamedField[] {
    return this.#fields.get(model) ?? []
  }

  #record(model: ModelDefinition, id: SourceValue | undefined, get: (index: number) => SourceValue | undefined, place: number): void {
    const key = id === undefined || id === null ? undefined : model.key.kind.read(id, this.#form.jsonIsText)
    if (key === undefined) {
      this.#unreadable(model, id ?? null, place, `its key is not ${model.key.kind.expected}`)
      return
    }
    const fields: Record<string, Value> = {}
    for (const [index, { name, definition }] of this.#fieldsOf(model).entries()) {
      const value = get(index)
      const read = value === undefined ? definition.absent : definition.kind.read(value, this.#form.jsonIsText)
      if (read === undefined) {
        const reason = value === undefined ? `it has no ${name}` : `${name} is not ${definition.kind.expected}`
        this.#unreadable(model, key, place, reason)
        return
      }
      fields[name] = read
    }
    this.#items.push({ type: 'record', record: { model, key, fields } })
  }

  /** The value itself is never part of the reason: it may be a password in the wrong column. */
  #unreadable(model: ModelDefinition, id: SourceValue, place: number, reason: string): void {
    // The key of a token or of a session is the secret itself.
    const isPublic = model.key.column.endsWith('id')
    const key = isPublic && (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') ? `${id}` : ''
    this.#items.push({ type: 'unreadable', model, key, place: this.#form.placeOf(place), reason })
  }
}
