import { CONTRACTS, type ContractName } from '../../../model/contract.ts'
import { CliError } from '../../cli-error.ts'
import { ACCOUNTS } from '../rows/accounts.ts'
import { CONTRACT_ROWS } from '../rows/contracts.ts'
import { idOfPairs } from '../rows/credentials.ts'
import type { Phase } from '../rows/placing.ts'
import { forEachRoom, type Rooms } from '../target/rooms.ts'
import type { TargetTable } from '../target/table.ts'
import { query, type Statement, type Target, type TargetRow, textOf } from '../target/target.ts'
import { byTargetKey, digestOfRow, keyCondition, keyParts, selectByKeys, selectRows } from '../target/watched.ts'
import { Brought, type BroughtRow } from './brought.ts'
import { type Dependent, referencesTo } from './dependents.ts'
import type { Progress } from './progress.ts'
import { ACCOUNT_USED, CHANGED, NEEDED } from './reasons.ts'
import type { Report } from './report.ts'
import { isRoomUsed, type RoomUndo, undoRooms } from './undo-rooms.ts'

/**
 * Takes back what one run has brought. An account stays, with everything that is its own, if it has been used since: if its row is
 * changed, or if anything refers to it that the run has not brought.
 */

export interface UndoOptions {
  readonly moveId: string
  readonly target: Target
  readonly rooms: Rooms
  readonly now: number
  readonly report: Report
  readonly progress: Progress
}

interface Undo extends UndoOptions {
  readonly contract: ContractName
  readonly brought: Brought
  readonly phases: readonly Phase[]
  readonly accountModel: string
  readonly dependents: readonly Dependent[]
  /** Null: this contract has none. */
  readonly roomUndo: RoomUndo | null
}

const PAGE = 50

/** Rows that triggers write when an account or a message is inserted, and those that belong to the account's own row. */
const OWN_TABLES = new Set(['announcement_gaps', 'contract_names', 'facility_profiles'])

const CONDITIONS: Readonly<Record<string, string>> = { notifications: "kind <> 'unread'" }

const conditionOf = ({ table }: Dependent): string => (CONDITIONS[table] ? ` AND ${CONDITIONS[table]}` : '')

interface CheckedAccount {
  readonly entry: BroughtRow
  readonly row: TargetRow
  /** How many rows refer to it: if one is added before it is deleted, it stays. */
  readonly references: number
  readonly rows: readonly BroughtRow[]
}

const tableOf = (undo: Pick<Undo, 'phases'>, name: string): TargetTable | null =>
  undo.phases.find(({ table }) => table.name === name)?.table ?? null

/** The rows of one table that refer to accounts of a page. */
const selectReferences = (undo: Undo, dependent: Dependent, ids: string): Statement => {
  const { table, column } = dependent
  const where = `${table}.${column} IN (SELECT CAST(value AS INTEGER) FROM json_each(?))${conditionOf(dependent)}`
  const known = tableOf(undo, table)
  if (!known) return { sql: `SELECT NULL AS target_key, ${column} AS account FROM ${table} WHERE ${where}`, parameters: [ids] }
  const id = table === 'credentials' ? ['credentials.id AS credential'] : []
  const { sql, parameters } = selectRows(known, table, [ids], [`${table}.${column} AS account`, ...id])
  return { sql: `${sql} WHERE ${where}`, parameters }
}

/** The accounts of a page that have not been used since the import. */
const untouched = async (undo: Undo, page: readonly BroughtRow[]): Promise<CheckedAccount[]> => {
  const { target, brought, dependents, report, accountModel, roomUndo } = undo
  const ids = JSON.stringify(page.map((entry) => entry.target))
  const [accounts = [], ...others] = await target.batch([
    accountRows(page.map((entry) => entry.target)),
    ...dependents.map((dependent) => selectReferences(undo, dependent, ids)),
  ])
  const found = byTargetKey(accounts)
  const references = new Map<string, { count: number; rows: BroughtRow[]; isUsed: boolean }>()
  for (const [index, rows] of others.entries()) {
    const { table = '' } = dependents[index] ?? {}
    for (const row of rows) {
      const account = textOf(row, 'account')
      const of = references.get(account) ?? { count: 0, rows: [], isUsed: false }
      references.set(account, of)
      of.count++
      const entry = row.target_key === null ? null : brought.find(table, textOf(row, 'target_key'))
      const known = tableOf(undo, table)
      if (entry && known && digestOfRow(known, row) === entry.digest) of.rows.push(entry)
      else if (!isPair(row, found.get(account))) of.isUsed = true
    }
  }
  const usedRooms = new Set<string>()
  await forEachRoom(roomUndo ? found.keys() : [], async (account) => {
    if (roomUndo && (await isRoomUsed(roomUndo, account))) usedRooms.add(account)
  })
  return page.flatMap((entry) => {
    const row = found.get(entry.target)
    // Erased meanwhile: its ledger entry stays, so that no import brings it back.
    if (!row) return []
    const { count = 0, rows = [], isUsed = false } = references.get(entry.target) ?? {}
    if (!isUsed && !usedRooms.has(entry.target) && digestOfRow(ACCOUNTS, row) === entry.digest)
      return [{ entry, row, references: count, rows }]
    report.add({ model: accountModel, key: entry.key, outcome: 'stays', reason: ACCOUNT_USED })
    return []
  })
}

/** Whether it is the credential for the token pairs of meetups: it comes with the account and has no ledger entry. */
const isPair = (row: TargetRow, account: TargetRow | undefined): boolean =>
  'credential' in row && account !== undefined && row.credential === idOfPairs(textOf(account, 'object_id'))

const accountRows = (keys: readonly string[]): Statement => {
  const { sql, parameters } = selectByKeys(ACCOUNTS, keys)
  return { sql: sql.replace('SELECT ', 'SELECT accounts.updated_at AS updated, '), parameters }
}

/** As a balanced tree: D1 allows an expression a depth of 100. */
const sumOf = (terms: readonly string[]): string => {
  const [only = '0'] = terms
  if (terms.length <= 1) return only
  const middle = terms.length >> 1
  return `(${sumOf(terms.slice(0, middle))} + ${sumOf(terms.slice(middle))})`
}

/** Deletes accounts that are still as they were read, and the ledger entries of everything that goes with them. */
const deleteAccounts = async (
  { target, contract, accountModel, dependents }: Undo,
  accounts: readonly CheckedAccount[],
): Promise<number> => {
  if (accounts.length === 0) return 0
  const count = sumOf(
    dependents.map(
      (dependent) => `(SELECT count(*) FROM ${dependent.table} WHERE ${dependent.column} = account.id${conditionOf(dependent)})`,
    ),
  )
  const same = `SELECT account.id FROM json_each(?) AS item CROSS JOIN accounts AS account ON account.id = CAST(item.value->>'i' AS INTEGER)
    WHERE account.updated_at = item.value->>'u' AND account.last_login_at IS item.value->>'l' AND ${count} = item.value->>'n'`
  const checked = JSON.stringify(
    accounts.map(({ entry, row, references }) => ({ i: entry.target, u: row.updated, l: row.last_login_at, n: references })),
  )
  const entries = accounts.flatMap(({ entry, rows }) => [
    { m: accountModel, k: entry.key, i: entry.target },
    ...rows.map(({ model, key }) => ({ m: model, k: key, i: entry.target })),
  ])
  const results = await target.batch([
    {
      sql: `DELETE FROM moved_rows WHERE (contract, model, source_key) IN (
        SELECT '${contract}', entry.value->>'m', entry.value->>'k' FROM json_each(?) AS entry
        WHERE CAST(entry.value->>'i' AS INTEGER) IN (${same})
      )`,
      parameters: [JSON.stringify(entries), checked],
    },
    { sql: `DELETE FROM accounts WHERE id IN (${same}) RETURNING id`, parameters: [checked] },
  ])
  return results[1]?.length ?? 0
}

const undoAccounts = async (undo: Undo): Promise<void> => {
  const { brought, accountModel, report, progress } = undo
  progress.start('accounts', brought.count(accountModel))
  for (const page of brought.pages(accountModel, PAGE)) {
    const accounts = await untouched(undo, page)
    const deleted = await deleteAccounts(undo, accounts)
    report.count(accountModel, 'moved', deleted)
    for (const { entry, rows } of deleted === accounts.length ? accounts : []) {
      for (const row of rows) brought.remove(tableNameOf(undo, row.model), row.target)
      brought.remove(ACCOUNTS.name, entry.target)
    }
    progress.advance(page.length)
  }
  progress.end()
}

const tableNameOf = ({ phases }: Undo, model: string): string => phases.find(({ ledgerModel }) => ledgerModel === model)?.table.name ?? ''

/** Rows that belong to no account, and rows of accounts that another run has brought: if they are as they were, and nothing refers to them. */
const undoRows = async (undo: Undo, { table, ledgerModel }: Phase): Promise<void> => {
  const { target, brought, contract, report, progress } = undo
  const references = await referencesTo(target, table.name)
  progress.start(ledgerModel, brought.count(ledgerModel))
  for (const page of brought.pages(ledgerModel, PAGE)) {
    const [rows = []] = await target.batch([
      selectRowsByKeys(
        table,
        page.map((entry) => entry.target),
      ),
    ])
    const found = byTargetKey(rows)
    const same = page.filter((entry) => {
      const row = found.get(entry.target)
      if (!row) return false
      const isOfRun = table.accountColumns.some((column) => brought.find(ACCOUNTS.name, textOf(row, `account ${column}`)) !== null)
      const isSame = digestOfRow(table, row) === entry.digest
      if (isOfRun || !isSame) report.add({ model: ledgerModel, key: entry.key, outcome: 'stays', reason: isOfRun ? ACCOUNT_USED : CHANGED })
      return isSame && !isOfRun
    })
    const deleted = await deleteRows(target, contract, table, references, same)
    report.count(ledgerModel, 'moved', deleted.size)
    for (const entry of same) {
      if (deleted.has(entry.key)) brought.remove(table.name, entry.target)
      else report.add({ model: ledgerModel, key: entry.key, outcome: 'stays', reason: NEEDED })
    }
    progress.advance(page.length)
  }
  progress.end()
}

const selectRowsByKeys = (table: TargetTable, keys: readonly string[]): Statement => {
  const { sql, parameters } = selectByKeys(table, keys)
  const accounts = table.accountColumns.map((column) => `${table.name}.${column} AS "account ${column}", `).join('')
  return { sql: sql.replace('SELECT ', `SELECT ${accounts}`), parameters }
}

/** Returns the source keys of the rows that were deleted. */
const deleteRows = async (
  target: Target,
  contract: ContractName,
  table: TargetTable,
  references: readonly Dependent[],
  entries: readonly BroughtRow[],
): Promise<ReadonlySet<string>> => {
  const [first] = entries
  if (!first) return new Set()
  const keys = JSON.stringify(entries.map(({ key, target: targetKey }) => ({ k: key, t: keyParts(table, targetKey) })))
  const [single = ''] = table.key
  const isFree = references.map(
    ({ table: other, column }) => `NOT EXISTS (SELECT 1 FROM ${other} WHERE ${column} = ${table.name}.${single})`,
  )
  const chosen = `json_each(?) AS item CROSS JOIN ${table.name} ON ${[keyCondition(table), ...isFree].join(' AND ')}`
  const [removed = []] = await target.batch([
    {
      sql: `DELETE FROM moved_rows WHERE contract = ? AND model = ? AND source_key IN (
        SELECT item.value->>'k' FROM ${chosen}
      ) RETURNING source_key`,
      parameters: [contract, first.model, keys],
    },
    {
      sql: `DELETE FROM ${table.name} WHERE (${table.key.join(', ')}) IN (
        SELECT ${table.key.map((column) => `${table.name}.${column}`).join(', ')} FROM ${chosen}
      )`,
      parameters: [keys],
    },
  ])
  return new Set(removed.map((row) => textOf(row, 'source_key')))
}

const contractOf = async ({ target, moveId }: UndoOptions): Promise<ContractName> => {
  const [run] = await query(target, 'SELECT contract, started_at FROM moves WHERE id = ?', moveId)
  const contract = CONTRACTS.find((name) => name === run?.contract)
  if (!run || !contract) throw new CliError(`There is no run ${moveId}. A plan that was imported has its id in "plan".`)
  const later = await query(
    target,
    `SELECT id FROM moves WHERE contract = ? AND started_at > ? AND undone_at IS NULL
     AND EXISTS (SELECT 1 FROM move_chunks WHERE move_id = moves.id) ORDER BY started_at DESC`,
    contract,
    Number(run.started_at),
  )
  if (later[0]) throw new CliError(`A later run has added to this one: undo ${textOf(later[0], 'id')} first.`)
  return contract
}

export const undoRun = async (options: UndoOptions): Promise<void> => {
  const { target, moveId, now } = options
  const contract = await contractOf(options)
  const { before, accounts, after, rooms: roomPhase } = CONTRACT_ROWS[contract]
  const accountModel = accounts[0]?.model.name ?? ''
  const phases = [...before, ...after]
  const tableOfModel = new Map(phases.map(({ ledgerModel, table }) => [ledgerModel, table.name]))
  if (roomPhase) tableOfModel.set(roomPhase.ledgerModel, 'rooms')
  const brought = new Brought()
  try {
    // From now on the plan is not imported any more. If this is interrupted, it can be repeated.
    await target.batch([{ sql: 'UPDATE moves SET undone_at = ? WHERE id = ?', parameters: [now, moveId] }])
    await brought.read(target, moveId, (model) => (model === accountModel ? ACCOUNTS.name : (tableOfModel.get(model) ?? null)))
    const all = await referencesTo(target, 'accounts')
    const dependents = all.filter(({ table }) => !OWN_TABLES.has(table))
    const roomUndo = roomPhase ? { ...options, contract, brought, phase: roomPhase } : null
    const undo: Undo = { ...options, contract, brought, phases, accountModel, dependents, roomUndo }
    await undoAccounts(undo)
    if (roomUndo) await undoRooms(roomUndo)
    for (const phase of phases.toReversed()) await undoRows(undo, phase)
  } finally {
    brought.close()
  }
}
