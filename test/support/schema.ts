import { is, SQL } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, SQLiteSyncDialect, SQLiteTable } from 'drizzle-orm/sqlite-core'

/** Describes a database and drizzle's tables in the same form, so that the two can be compared. */

/** One entry per table, column, key and index: what it is called, and how it is defined. */
export type Schema = ReadonlyMap<string, string>

/** What one of the two has and the other has not, or has in another form. */
export const differences = (database: Schema, drizzle: Schema): string[] =>
  [...new Set([...database.keys(), ...drizzle.keys()])]
    .filter((name) => database.get(name) !== drizzle.get(name))
    .map((name) => `${name}: ${database.get(name) ?? 'missing'} in the database, ${drizzle.get(name) ?? 'missing'} in drizzle`)
    .sort()

interface Column {
  readonly type: string
  readonly notNull: boolean
  readonly autoIncrement: boolean
  /** An SQL literal. */
  readonly default: string | null
  /** `VIRTUAL (…)` or `STORED (…)` if the column is generated. */
  readonly generated: string | null
}

const columnText = (column: Column): string =>
  [
    column.type,
    column.notNull ? 'NOT NULL' : 'NULL',
    column.autoIncrement ? 'AUTOINCREMENT' : '',
    column.default === null ? '' : `DEFAULT ${column.default}`,
    column.generated ?? '',
  ]
    .filter((part) => part !== '')
    .join(' ')

const indexText = (unique: boolean, parts: readonly string[], where: string | null): string =>
  `${unique ? 'UNIQUE ' : ''}(${parts.join(', ')})${where === null ? '' : ` WHERE ${where}`}`

const referenceText = (table: string, columns: readonly string[], onUpdate: string, onDelete: string): string =>
  `${table} (${columns.join(', ')}) ON UPDATE ${onUpdate.toUpperCase()} ON DELETE ${onDelete.toUpperCase()}`

/** Without comments and quotes, and with single spaces. */
const plainSql = (sql: string): string => sql.replaceAll(/--.*$/gm, '').replaceAll('"', '').replaceAll(/\s+/g, ' ').trim()

// ---- the database

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
  /** The position in the primary key, from 1; 0 if the column is not part of it. */
  readonly pk: number
  /** 2: generated, virtual; 3: generated, stored. */
  readonly hidden: number
}
interface IndexRow {
  readonly name: string
  readonly unique: number
  /** `c`: CREATE INDEX; `u`: UNIQUE in the table; `pk`: primary key. */
  readonly origin: 'c' | 'u' | 'pk'
  readonly partial: number
}
interface IndexPartRow {
  readonly seqno: number
  /** null: an expression. */
  readonly name: string | null
  readonly desc: number
  readonly coll: string
  /** 0: SQLite added the column to find the row. */
  readonly key: number
}
interface ReferenceRow {
  readonly id: number
  readonly seq: number
  readonly table: string
  readonly from: string
  readonly to: string | null
  readonly on_update: string
  readonly on_delete: string
}

/** The tables of D1 and SQLite themselves. */
const OWN_TABLES = ['d1_migrations', 'sqlite_sequence']

export const databaseSchema = async (database: D1Database): Promise<Schema> => {
  const schema = new Map<string, string>()
  const { results: created } = await database
    .prepare('SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL')
    .all<{ name: string; type: string; sql: string }>()
  const sqlOf = new Map(created.map(({ name, sql }) => [name, plainSql(sql)]))
  const tables = created.filter(({ name, type }) => type === 'table' && !OWN_TABLES.includes(name) && !name.startsWith('_cf_'))
  const [columnsOf, indexesOf, referencesOf] = await Promise.all([
    pragma<ColumnRow>(database, 'table_xinfo', tables),
    pragma<IndexRow>(database, 'index_list', tables),
    pragma<ReferenceRow>(database, 'foreign_key_list', tables),
  ])
  const partsOf = await pragma<IndexPartRow>(database, 'index_xinfo', [...indexesOf.values()].flat())
  for (const { name: table } of tables) {
    const columns = columnsOf.get(table) ?? []
    const sql = sqlOf.get(table) ?? ''
    schema.set(table, 'a table')
    const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
    if (key.length > 0) schema.set(`${table} primary key`, names(key))
    for (const column of columns) {
      // SQLite reports the alias of the rowid as nullable, though it never is.
      const isRowId = column.pk > 0 && key.length === 1 && column.type === 'INTEGER'
      const description = columnText({
        type: column.type,
        notNull: column.notnull === 1 || isRowId,
        autoIncrement: sql.includes(`${column.name} INTEGER PRIMARY KEY AUTOINCREMENT`),
        default: column.dflt_value,
        generated: column.hidden < 2 ? null : `${column.hidden === 2 ? 'VIRTUAL' : 'STORED'} ${generatedAs(sql, column.name)}`,
      })
      schema.set(`${table}.${column.name}`, description)
    }
    for (const [, column, values = ''] of sql.matchAll(/CHECK \((\w+) IN \(([^()]*)\)\)/g)) schema.set(`${table}.${column} values`, values)
    for (const index of indexesOf.get(table) ?? []) {
      if (index.origin === 'pk') continue
      const parts = (partsOf.get(index.name) ?? []).filter(({ key }) => key === 1).sort((a, b) => a.seqno - b.seqno)
      if (index.origin === 'u') {
        schema.set(`${table} unique ${names(parts)}`, 'a constraint')
        continue
      }
      const { list, rest } = parenthesised(sqlOf.get(index.name) ?? '')
      const texts = parts.map(({ name, desc, coll, seqno }) =>
        [name ?? list[seqno], coll === 'BINARY' ? '' : ` collate ${coll}`, desc === 1 ? ' desc' : ''].join(''),
      )
      const where = index.partial === 1 ? rest.replace(/^ ?WHERE /, '') : null
      schema.set(`${table} index ${index.name}`, indexText(index.unique === 1, texts, where))
    }
    for (const parts of Map.groupBy(referencesOf.get(table) ?? [], ({ id }) => id).values()) {
      parts.sort((a, b) => a.seq - b.seq)
      const [first] = parts
      if (!first) continue
      const from = parts.map(({ from }) => from).join(', ')
      const to = parts.map(({ to }) => to ?? 'primary key')
      schema.set(`${table} foreign key (${from})`, referenceText(first.table, to, first.on_update, first.on_delete))
    }
  }
  return schema
}

/** The rows of a pragma about each table or index, by its name. One batch: a call for each would take most of the time. */
const pragma = async <Row>(
  database: D1Database,
  name: string,
  targets: readonly { readonly name: string }[],
): Promise<Map<string, Row[]>> => {
  const results = await database.batch<Row>(targets.map((target) => database.prepare(`PRAGMA ${name}(${target.name})`)))
  return new Map(targets.map((target, index) => [target.name, results[index]?.results ?? []]))
}

const names = (parts: readonly { readonly name: string | null }[]): string => `(${parts.map(({ name }) => name).join(', ')})`

const generatedAs = (sql: string, column: string): string => {
  const start = ` ${column} INTEGER GENERATED ALWAYS AS `
  return `(${parenthesised(sql.slice(sql.indexOf(start) + start.length)).list.join(', ')})`
}

/** The first parenthesised list of a text, split at its commas, and what follows it. */
const parenthesised = (sql: string): { list: string[]; rest: string } => {
  const start = sql.indexOf('(')
  const list = ['']
  let depth = 0
  for (let at = start; at < sql.length; at++) {
    const letter = sql.charAt(at)
    if (letter === ')') depth--
    if (depth === 0 && at > start) return { list: list.map((part) => part.trim()), rest: sql.slice(at + 1) }
    if (letter === ',' && depth === 1) list.push('')
    else if (at > start) list.push(`${list.pop()}${letter}`)
    if (letter === '(') depth++
  }
  throw new Error(`no parenthesised list: ${sql}`)
}

// ---- drizzle

/** The tables among the exports of modules. */
export const tablesIn = (modules: readonly Readonly<Record<string, unknown>>[]): SQLiteTable[] =>
  modules.flatMap((module) => Object.values(module)).filter((value) => is(value, SQLiteTable))

export const drizzleSchema = (tables: readonly SQLiteTable[]): Schema => {
  const schema = new Map<string, string>()
  for (const { name: table, columns, indexes, foreignKeys, primaryKeys, uniqueConstraints } of tables.map(getTableConfig)) {
    schema.set(table, 'a table')
    for (const key of primaryKeys) schema.set(`${table} primary key`, names(key.columns))
    for (const column of columns) {
      schema.set(`${table}.${column.name}`, columnText(columnOf(column)))
      const values = valuesOf(column)
      if (values.length > 0) schema.set(`${table}.${column.name} values`, values.join(', '))
      if (column.primary) schema.set(`${table} primary key`, names([column]))
      if (column.isUnique) schema.set(`${table} unique ${names([column])}`, 'a constraint')
    }
    for (const constraint of uniqueConstraints) schema.set(`${table} unique ${names(constraint.columns)}`, 'a constraint')
    for (const { config } of indexes) {
      const parts = config.columns.map((part) => (is(part, SQL) ? sqlText(part) : part.name))
      schema.set(`${table} index ${config.name}`, indexText(config.unique, parts, config.where ? sqlText(config.where) : null))
    }
    for (const key of foreignKeys) {
      const { columns: from, foreignColumns, foreignTable } = key.reference()
      const to = foreignColumns.map(({ name }) => name)
      const action = referenceText(getTableConfig(foreignTable).name, to, key.onUpdate ?? 'no action', key.onDelete ?? 'no action')
      schema.set(`${table} foreign key ${names(from)}`, action)
    }
  }
  return schema
}

const columnOf = (column: SQLiteColumn): Column => ({
  type: column.getSQLType().toUpperCase(),
  notNull: column.notNull,
  autoIncrement: 'autoIncrement' in column && column.autoIncrement === true,
  default:
    column.default === undefined ? null : literal(is(column.default, SQL) ? column.default : column.mapToDriverValue(column.default)),
  generated: column.generated ? `${(column.generated.mode ?? 'virtual').toUpperCase()} (${literal(column.generated.as)})` : null,
})

/** The values that the column's type allows. */
const valuesOf = (column: SQLiteColumn): string[] =>
  column.dataType === 'boolean' ? ['0', '1'] : (column.enumValues ?? []).map((value) => literal(value))

const literal = (value: unknown): string => {
  if (is(value, SQL)) return sqlText(value)
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}

const sqlText = (sql: SQL): string => {
  const { sql: text, params } = new SQLiteSyncDialect().sqlToQuery(sql, 'indexes')
  if (params.length > 0) throw new Error(`a schema has no bound parameters: ${text}`)
  return plainSql(text)
}
