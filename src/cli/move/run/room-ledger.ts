import type { ContractName } from '../../../model/contract.ts'
import type { FormerMessage, StoredMessage } from '../../../model/support.ts'
import { query, type Target, textOf } from '../target/target.ts'
import { digestOf } from '../target/watched.ts'

/**
 * The ledger entries of messages. A room and the ledger cannot be written in one transaction, so there are two states: the entry
 * announces the message before the room gets it, and then records its id there. So an import that is interrupted between
 * the two finds it again, and so does an undo. The room stores a message once, however often it is sent.
 */

const announcedAs = (account: number, key: string): string => `${account} announced ${key}`

export const storedAs = (account: number, id: number): string => `${account} ${id}`

/** The id in the room; null if the message was announced only. */
export const messageIdOf = (target: string): number | null => {
  const [, id] = /^\d+ (\d+)$/.exec(target) ?? []
  return id === undefined ? null : Number(id)
}

export const roomOf = (target: string): number => Number.parseInt(target, 10)

export const digestOfMessage = ({ from, message, sentAt }: Omit<FormerMessage, 'clientId'>): string => digestOf([from, message, sentAt])

export const formerMessage = ({ fromAdmin, senderName, message, sentAt }: StoredMessage): Omit<FormerMessage, 'clientId'> => ({
  from: fromAdmin ? senderName : null,
  message,
  sentAt,
})

export interface LedgerContext {
  readonly moveId: string
  readonly contract: ContractName
  readonly model: string
  readonly now: number
}

export interface LedgerItem {
  readonly key: string
  readonly account: number
}

/** Announces messages of accounts that exist. Returns the targets in the ledger, also of those that were announced or stored before. */
export const announce = async (
  target: Target,
  { moveId, contract, model, now }: LedgerContext,
  items: readonly LedgerItem[],
): Promise<ReadonlyMap<string, string>> => {
  const json = JSON.stringify(items.map(({ key, account }) => ({ k: key, a: account, t: announcedAs(account, key) })))
  const results = await target.batch([
    { sql: 'INSERT INTO move_chunks (move_id, model, moved_at) VALUES (?, ?, ?)', parameters: [moveId, model, now] },
    {
      sql: `INSERT INTO moved_rows (contract, model, source_key, chunk_id, target_key, digest)
        SELECT ?, ?, item.value->>'k', (SELECT max(id) FROM move_chunks), item.value->>'t', '' FROM json_each(?) AS item
        WHERE EXISTS (SELECT 1 FROM accounts WHERE id = item.value->>'a')
        ON CONFLICT DO NOTHING`,
      parameters: [contract, model, json],
    },
    {
      sql: `SELECT source_key, target_key FROM moved_rows
        WHERE contract = ? AND model = ? AND source_key IN (SELECT value->>'k' FROM json_each(?))`,
      parameters: [contract, model, json],
    },
  ])
  return new Map((results.at(-1) ?? []).map((row) => [textOf(row, 'source_key'), textOf(row, 'target_key')]))
}

export interface StoredItem extends LedgerItem {
  readonly id: number
  readonly digest: string
}

/** Records what the rooms have stored, and deletes the entries of what they did not. Returns the accounts that were erased meanwhile. */
export const record = async (
  target: Target,
  { contract, model }: LedgerContext,
  stored: readonly StoredItem[],
  refused: readonly LedgerItem[],
): Promise<readonly number[]> => {
  const items = JSON.stringify(stored.map(({ key, account, id, digest }) => ({ k: key, a: account, t: storedAs(account, id), d: digest })))
  const results = await target.batch([
    {
      sql: `UPDATE moved_rows SET target_key = item.value->>'t', digest = item.value->>'d' FROM json_each(?) AS item
        WHERE contract = ? AND model = ? AND source_key = item.value->>'k'`,
      parameters: [items, contract, model],
    },
    deletion(
      contract,
      model,
      refused.map(({ key }) => key),
    ),
    {
      sql: `SELECT DISTINCT value->>'a' AS account FROM json_each(?)
        WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE id = value->>'a')`,
      parameters: [items],
    },
  ])
  return (results.at(-1) ?? []).map((row) => Number(textOf(row, 'account')))
}

const deletion = (contract: ContractName, model: string, keys: readonly string[]) => ({
  sql: 'DELETE FROM moved_rows WHERE contract = ? AND model = ? AND source_key IN (SELECT value FROM json_each(?))',
  parameters: [contract, model, JSON.stringify(keys)],
})

export const forget = async (target: Target, contract: ContractName, model: string, keys: readonly string[]): Promise<void> => {
  await target.batch([deletion(contract, model, keys)])
}

/** Those of these accounts that exist. */
export const existingAccounts = async (target: Target, accounts: readonly number[]): Promise<ReadonlySet<number>> => {
  const rows = await query(target, 'SELECT id FROM accounts WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(accounts))
  return new Set(rows.map((row) => Number(textOf(row, 'id'))))
}
