import type { ContractName } from '../../../model/contract.ts'
import { EXISTING, type ExistingList, type ExistingRows } from '../rows/placing.ts'
import type { Staging } from '../staging/staging.ts'
import { type Cell, query, type Target, type TargetRow, textOf } from '../target/target.ts'

/** What earlier runs have brought of this contract, and what every installation has. */

const PAGE = 2000

/** Every entry of a contract. */
export async function* ledgerOf(target: Target, contract: ContractName): AsyncGenerator<TargetRow, void> {
  let [model, key] = ['', '']
  for (;;) {
    const rows = await query(
      target,
      `SELECT model, source_key, target_key, digest, chunk_id FROM moved_rows
       WHERE contract = ? AND (model, source_key) > (?, ?) ORDER BY model, source_key LIMIT ${PAGE}`,
      contract,
      model,
      key,
    )
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    model = textOf(last, 'model')
    key = textOf(last, 'source_key')
  }
}

/** Copies the ledger into the temporary database. Returns how many rows were imported before. */
export const readLedger = async (target: Target, contract: ContractName, staging: Staging): Promise<number> => {
  let entries = 0
  for await (const entry of ledgerOf(target, contract)) {
    staging.setEntry(textOf(entry, 'model'), textOf(entry, 'source_key'), {
      target: textOf(entry, 'target_key'),
      digest: textOf(entry, 'digest'),
    })
    entries++
  }
  return entries
}

const contentOf = (cells: readonly unknown[]): string => JSON.stringify(cells.map((cell) => `${cell}`))

/** The rows that no run of this contract has brought: those that it has brought are in its ledger. */
export const readExistingRows = async (target: Target, contract: ContractName): Promise<ExistingRows> => {
  const lists = new Map<ExistingList, Map<string, string>>()
  for (const [list, { table, columns }] of listsOf(EXISTING)) {
    const rows = await query(
      target,
      `SELECT id, ${columns.join(', ')} FROM ${table}
       WHERE CAST(id AS TEXT) NOT IN (SELECT target_key FROM moved_rows WHERE contract = ? AND model IN (SELECT value FROM json_each(?)))`,
      contract,
      JSON.stringify(MODELS[table]),
    )
    lists.set(list, new Map(rows.map((row) => [contentOf(columns.map((column) => row[column])), textOf(row, 'id')])))
  }
  return { find: (list, content: readonly Cell[]) => lists.get(list)?.get(contentOf(content)) ?? null }
}

/** The models whose rows are moved into these tables. */
const MODELS = {
  music_tracks: ['main.musictrack'],
  alarm_scenarios: ['event.alarmscenario'],
  master_types: ['app_commonmatching.commonmatchingtable'],
  master_values: ['app_commonmatching.mastertable'],
} as const

type StandingTable = { readonly table: keyof typeof MODELS; readonly columns: readonly string[] }

const listsOf = (lists: Readonly<Record<ExistingList, StandingTable>>): [ExistingList, StandingTable][] =>
  (['tracks', 'scenarios', 'master types', 'master values', 'all values', 'all codes'] as const).map((list) => [list, lists[list]])
