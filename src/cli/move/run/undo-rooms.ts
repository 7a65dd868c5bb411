import type { ContractName } from '../../../model/contract.ts'
import { ACCOUNTS } from '../rows/accounts.ts'
import type { RoomPhase } from '../rows/rooms.ts'
import { forEachRoom, type Rooms } from '../target/rooms.ts'
import type { Target } from '../target/target.ts'
import type { Brought, BroughtRow } from './brought.ts'
import type { Progress } from './progress.ts'
import { ACCOUNT_USED, ROOM_USED } from './reasons.ts'
import type { Report } from './report.ts'
import { existingAccounts, forget, messageIdOf, roomOf } from './room-ledger.ts'

/** Takes messages out of rooms again. */

export interface RoomUndo {
  readonly contract: ContractName
  readonly target: Target
  readonly rooms: Rooms
  readonly phase: RoomPhase
  readonly brought: Brought
  readonly report: Report
  readonly progress: Progress
}

const PAGE = 300

const byRoom = (entries: readonly BroughtRow[]): Map<number, BroughtRow[]> => {
  const found = new Map<number, BroughtRow[]>()
  for (const entry of entries) found.set(roomOf(entry.target), [...(found.get(roomOf(entry.target)) ?? []), entry])
  return found
}

/** Whether the room of an account has a message that the run has not brought. A message that was announced only may be there, too. */
export const isRoomUsed = async ({ rooms, phase, brought }: RoomUndo, account: string): Promise<boolean> => {
  const entries = brought.ofRoom(phase.ledgerModel, account)
  if (entries.length === 0) return false
  const announced = new Set(entries.filter(({ target }) => messageIdOf(target) === null).map(({ key }) => phase.clientId(key)))
  const last = Math.max(0, ...entries.map(({ target }) => messageIdOf(target) ?? 0))
  const later = await rooms.read(Number(account), last, Number.MAX_SAFE_INTEGER)
  return later.some(({ clientId }) => clientId === null || !announced.has(clientId))
}

/**
 * After the accounts. A room whose account is gone is erased, and of one that stays, for which an earlier run has brought
 * the account, the messages of this run are removed. The entries are deleted after that, so that it can be repeated.
 */
export const undoRooms = async ({ contract, target, rooms, phase, brought, report, progress }: RoomUndo): Promise<void> => {
  const { ledgerModel: model, clientId } = phase
  progress.start(model, brought.count(model))
  for (const page of brought.pages(model, PAGE)) {
    const found = byRoom(page)
    const existing = await existingAccounts(target, [...found.keys()])
    const removed: string[] = []
    await forEachRoom(found, async ([account, entries]) => {
      const isOfRun = existing.has(account) && brought.find(ACCOUNTS.name, `${account}`) !== null
      const keys = entries.map(({ key }) => key)
      if (!isOfRun && (await rooms.remove(account, keys.map(clientId)))) removed.push(...keys)
      else for (const key of keys) report.add({ model, key, outcome: 'stays', reason: isOfRun ? ACCOUNT_USED : ROOM_USED })
    })
    await forget(target, contract, model, removed)
    report.count(model, 'moved', removed.length)
    progress.advance(page.length)
  }
  progress.end()
}
