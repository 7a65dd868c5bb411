import type { ContractName } from '../../../model/contract.ts'
import type { Plan } from '../plan/plan-file.ts'
import type { RoomPhase } from '../rows/rooms.ts'
import { forEachRoom } from '../target/rooms.ts'
import {
  announce,
  digestOfMessage,
  formerMessage,
  type LedgerContext,
  messageIdOf,
  record,
  type StoredItem,
  storedAs,
} from './room-ledger.ts'
import { messagesByRoom, type RoomItem, type RoomRun } from './room-messages.ts'

/** Imports messages into the rooms of people. */

export interface RoomImport extends RoomRun {
  readonly plan: Plan
  readonly contract: ContractName
}

/** As for tables. A call to the Worker may have 32 MiB. */
const CHUNK_MESSAGES = 400
const CHUNK_BYTES = 400_000

const NO_ROOM = 'its account was erased'
const IN_USE = 'people have written in this room here, and what was written before cannot be added after that'
const LATER = 'newer messages were imported before it: it has the time of the newest one'

const byRoom = (items: readonly RoomItem[]): Map<number, RoomItem[]> => {
  const rooms = new Map<number, RoomItem[]>()
  for (const item of items) rooms.set(item.account, [...(rooms.get(item.account) ?? []), item])
  return rooms
}

const writeChunk = async (run: RoomImport, context: LedgerContext, chunk: readonly RoomItem[]): Promise<void> => {
  const { target, rooms, staging, report } = run
  const { model } = context
  const entries = await announce(target, context, chunk)
  const stays = (key: string, reason: string) => report.add({ model, key, outcome: 'stays', reason })
  for (const { key } of chunk) if (!entries.has(key)) stays(key, NO_ROOM)
  const stored: StoredItem[] = []
  const refused: RoomItem[] = []
  const announced = chunk.filter(({ key }) => entries.has(key) && messageIdOf(entries.get(key) ?? '') === null)
  await forEachRoom(byRoom(announced), async ([account, items]) => {
    const added = await rooms.add(
      account,
      items.map(({ message }) => message),
    )
    for (const [index, item] of items.entries()) {
      const found = added?.[index]
      if (!found) {
        refused.push(item)
        stays(item.key, added ? IN_USE : NO_ROOM)
        continue
      }
      stored.push({ ...item, id: found.id, digest: digestOfMessage(formerMessage(found)) })
      if (found.sentAt !== item.message.sentAt) report.add({ model, key: item.key, outcome: 'changed', reason: LATER })
    }
  })
  const erased = await record(target, context, stored, refused)
  // The room of an account that was erased meanwhile may have got its messages after that.
  await forEachRoom(
    new Set([...erased, ...refused.map(({ account }) => account)]),
    async (account) => void (await rooms.remove(account, [])),
  )
  for (const { key, account, id, digest } of stored) staging.setEntry(model, key, { target: storedAs(account, id), digest })
  report.count(model, 'moved', stored.length)
}

export const importRooms = async (run: RoomImport, phase: RoomPhase): Promise<void> => {
  const { plan, contract, staging, around, report, progress } = run
  const { ledgerModel } = phase
  const context: LedgerContext = { moveId: plan.plan, contract, model: ledgerModel, now: around.now }
  const messages = messagesByRoom(staging, phase, around)
  try {
    progress.start(ledgerModel, messages.count)
    let chunk: RoomItem[] = []
    let bytes = 0
    const flush = async (): Promise<void> => {
      if (chunk.length > 0) await writeChunk(run, context, chunk)
      chunk = []
      bytes = 0
    }
    for (const item of messages.inOrder()) {
      progress.advance(1)
      if (messageIdOf(staging.entry(ledgerModel, item.key)?.target ?? '') !== null) {
        report.count(ledgerModel, 'before')
        continue
      }
      chunk.push(item)
      bytes += item.message.message.length
      if (chunk.length >= CHUNK_MESSAGES || bytes >= CHUNK_BYTES) await flush()
    }
    await flush()
    progress.end()
  } finally {
    messages.close()
  }
}
