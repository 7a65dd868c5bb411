import type { FormerMessage } from '../../../model/support.ts'
import type { RoomPhase } from '../rows/rooms.ts'
import { forEachRoom } from '../target/rooms.ts'
import { CHANGED_HERE, GONE, MISSING } from './reasons.ts'
import { digestOfMessage, existingAccounts, formerMessage, messageIdOf } from './room-ledger.ts'
import { messagesByRoom, type RoomRun } from './room-messages.ts'

/** Compares messages with those of the rooms. */

interface Expected {
  readonly key: string
  readonly id: number
  readonly digest: string
  readonly message: FormerMessage
}

const PAGE = 300

const findingOf = (found: Omit<FormerMessage, 'clientId'> | undefined, { digest, message }: Expected): string | null => {
  if (!found) return GONE
  if (digestOfMessage(found) !== digest) return CHANGED_HERE
  const columns = (['from', 'message', 'sentAt'] as const).filter((name) => found[name] !== message[name])
  return columns.length === 0 ? null : `it is not as in the source: ${columns.join(', ')}`
}

const comparePage = async (run: RoomRun, model: string, page: ReadonlyMap<number, Expected[]>): Promise<void> => {
  const { target, rooms, report } = run
  // A call to a room creates it: of an account that was erased, there is none.
  const existing = await existingAccounts(target, [...page.keys()])
  await forEachRoom(page, async ([account, expected]) => {
    const ids = expected.map(({ id }) => id)
    const messages = existing.has(account) ? await rooms.read(account, Math.min(...ids) - 1, Math.max(...ids)) : []
    const found = new Map(messages.map((message) => [message.id, formerMessage(message)]))
    for (const item of expected) {
      const finding = findingOf(found.get(item.id), item)
      if (finding === null) report.count(model, 'moved')
      else report.add({ model, key: item.key, outcome: 'differs', reason: finding })
    }
  })
}

export const verifyRooms = async (run: RoomRun, phase: RoomPhase): Promise<void> => {
  const { staging, around, report, progress } = run
  const { ledgerModel } = phase
  const messages = messagesByRoom(staging, phase, around)
  try {
    progress.start(ledgerModel, messages.count)
    let page = new Map<number, Expected[]>()
    let rows = 0
    for (const { key, account, message } of messages.inOrder()) {
      progress.advance(1)
      const { target = '', digest = '' } = staging.entry(ledgerModel, key) ?? {}
      const id = messageIdOf(target)
      if (id === null) {
        report.add({ model: ledgerModel, key, outcome: 'differs', reason: MISSING })
        continue
      }
      page.set(account, [...(page.get(account) ?? []), { key, id, digest, message }])
      if (++rows < PAGE) continue
      await comparePage(run, ledgerModel, page)
      page = new Map()
      rows = 0
    }
    await comparePage(run, ledgerModel, page)
    progress.end()
  } finally {
    messages.close()
  }
}
