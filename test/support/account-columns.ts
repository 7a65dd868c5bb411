import { getTableColumns, getTableName } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { tablesIn } from './schema.ts'

const tables = tablesIn(Object.values(import.meta.glob<Record<string, unknown>>('../../src/store/tables/*.ts', { eager: true })))
const NAMES_AN_ACCOUNT = /^(?:account|actor|subject|sender|receiver|creator|user\d?|blocker|blocked|reporter|reported)_id$/

/**
 * Every column that refers to an account, by a foreign key or by its name. A new one fails the tests of the export, of the erasure
 * and of joined accounts until they define what becomes of it.
 */
export const accountColumns = tables.flatMap((table) => {
  const byKey = getTableConfig(table).foreignKeys.flatMap((key) => {
    const { columns, foreignTable } = key.reference()
    return getTableName(foreignTable) === 'accounts' ? columns.map(({ name }) => name) : []
  })
  const byName = Object.values(getTableColumns<SQLiteTable>(table)).flatMap(({ name }) => (NAMES_AN_ACCOUNT.test(name) ? [name] : []))
  return [...new Set([...byKey, ...byName])].map((column) => ({
    column: `${getTableName(table)}.${column}`,
    /** Whether its row is deleted with the account. */
    cascades: byKey.includes(column),
  }))
})
