import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'

let names = 0
const newGate = () => env.ACCOUNT_GATE.getByName(`gate ${++names}`)
type Gate = ReturnType<typeof newGate>

/** A reader asks the gate, reads from the primary, and leaves the bookmark. */
const readFromPrimary = async (gate: Gate, bookmark: string): Promise<void> => {
  const { epoch } = await gate.open()
  await gate.leave(bookmark, epoch, false)
}

const bookmarkOf = async (gate: Gate): Promise<string | null> => (await gate.open()).bookmark

/** As if everything that the gate knows had happened that much earlier. */
const age = (gate: Gate, ms: number) =>
  runInDurableObject(gate, (_, { storage }) => {
    storage.sql.exec('UPDATE gate SET complete_at = complete_at - ?1, written_at = written_at - ?1', ms)
  })

test('a new gate gives a bookmark only after its reader has read from the primary', async () => {
  const gate = newGate()
  expect(await bookmarkOf(gate)).toBeNull()
  await gate.leave('005', null, false)
  expect(await bookmarkOf(gate)).toBeNull()
  await readFromPrimary(gate, '003')
  expect(await bookmarkOf(gate)).toBe('005')
})

test('a write that leaves its bookmark between the reader and its answer counts', async () => {
  const gate = newGate()
  const { epoch } = await gate.open()
  await gate.leave('009', null, true)
  await gate.leave('008', epoch, false)
  await age(gate, 4000)
  expect(await bookmarkOf(gate)).toBe('009')
})

test('concurrent calls leave the newest bookmark, in any order', async () => {
  const gate = newGate()
  await readFromPrimary(gate, '000')
  const bookmarks = Array.from({ length: 50 }, (_, index) => String((index * 37) % 50).padStart(3, '0'))
  await Promise.all(bookmarks.map((bookmark) => gate.leave(bookmark, null, false)))
  expect(await bookmarkOf(gate)).toBe('049')
})

test('for four seconds after a write the primary answers, because it is faster than a replica that has to catch up', async () => {
  const gate = newGate()
  await readFromPrimary(gate, '001')
  await gate.leave('002', null, true)
  expect(await bookmarkOf(gate)).toBeNull()
  await age(gate, 3000)
  expect(await bookmarkOf(gate)).toBeNull()
  await age(gate, 1000)
  expect(await bookmarkOf(gate)).toBe('002')
})

test('an hour after the primary has answered last, it has to answer again', async () => {
  const gate = newGate()
  await readFromPrimary(gate, '001')
  await age(gate, 59 * 60_000)
  await gate.leave('002', null, false)
  expect(await bookmarkOf(gate)).toBe('002')
  await age(gate, 60_000)
  expect(await bookmarkOf(gate)).toBeNull()
  await readFromPrimary(gate, '002')
  expect(await bookmarkOf(gate)).toBe('002')
})

test('a bookmark survives eviction', async () => {
  const gate = newGate()
  await readFromPrimary(gate, '001')
  await evictDurableObject(gate)
  expect(await bookmarkOf(gate)).toBe('001')
})

test('a gate that was lost does not take the bookmark of a reader that has asked it before', async () => {
  const gate = newGate()
  const { epoch } = await gate.open()
  await gate.clear()
  await gate.leave('001', epoch, false)
  expect(await bookmarkOf(gate)).toBeNull()
  await readFromPrimary(gate, '002')
  expect(await bookmarkOf(gate)).toBe('002')
})
