import { afterEach, describe, expect, test, vi } from 'vitest'
import { createFairLock, type Pieces } from '../../src/tokens/fair-lock.ts'

afterEach(() => vi.restoreAllMocks())

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Work of so many pieces that only errorResponse what it does. */
const saying = (name: string, pieces: number, said: string[] = []) =>
  function* (): Pieces<string> {
    for (let piece = 1; piece <= pieces; piece++) {
      said.push(`${name}${piece}`)
      yield
    }
    return name
  }

/** Computes for so long, as a hash does. */
const computing = (ms: number, pieces = 10) =>
  function* (): Pieces<true> {
    for (let piece = 0; piece < pieces; piece++) {
      for (const until = performance.now() + ms / pieces; performance.now() < until; );
      yield
    }
    return true
  }

describe('turns', () => {
  test('are taken one at a time, in the order of asking', async () => {
    const turns = createFairLock(10_000)
    const said: string[] = []
    const names = await Promise.all(['a', 'b', 'c'].map((name) => turns.take(saying(name, 3, said))))
    expect(names).toEqual(['a', 'b', 'c'])
    expect(said).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2', 'c3'])
  })

  test('let others have a go after every piece', async () => {
    let goes = 0
    const timer = setInterval(() => goes++, 0)
    await createFairLock(10_000).take(saying('a', 20))
    clearInterval(timer)
    expect(goes).toBeGreaterThanOrEqual(15)
  })

  test('keep their order under a burst, and whoever comes later waits behind it', async () => {
    const turns = createFairLock(10_000)
    const order: number[] = []
    const first = Promise.all(Array.from({ length: 15 }, (_, n) => turns.take(saying('x', 4)).then(() => order.push(n))))
    await pause(20)
    const later = Promise.all([15, 16, 17].map((n) => turns.take(saying('x', 4)).then(() => order.push(n))))
    await Promise.all([first, later])
    expect(order).toEqual(Array.from({ length: 18 }, (_, n) => n))
  })

  test('go on after work that fails', async () => {
    const turns = createFairLock(10_000)
    const failing = turns.take(function* (): Pieces<never> {
      yield
      throw new Error('no')
    })
    const next = turns.take(saying('next', 2))
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('next')
  })

  test('are refused to whoever would wait too long, at once', async () => {
    const turns = createFairLock(120)
    const heard: (true | null)[] = []
    await Promise.all(Array.from({ length: 10 }, () => turns.take(computing(40)).then((done) => heard.push(done))))
    expect(heard.filter((done) => done).length).toBeGreaterThanOrEqual(2)
    expect(heard.filter((done) => done === null).length).toBeGreaterThanOrEqual(5)
    expect(heard[0]).toBe(null) // before anybody is through
  })

  test('of a hundred who wait cost few timers', async () => {
    const turns = createFairLock(10_000)
    const started = Array.from({ length: 100 }, () => turns.take(computing(20, 4)))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await Promise.all(started.slice(0, 25))
    // Four of a turn's are the pauses after its pieces; the others are looks of all who wait.
    expect(timers.mock.calls.length / 25).toBeLessThan(20)
    await Promise.all(started)
  })
})

/** Timers of whoever asks while this is on do not ring, as when the platform drops a request, until they are let go. */
const droppedFrom = async <T>(ask: () => Promise<T>): Promise<{ asked: Promise<T>; resume: () => void }> => {
  const held: (() => void)[] = []
  const real = globalThis.setTimeout
  const dropped = vi.spyOn(globalThis, 'setTimeout').mockImplementation((callback) => {
    held.push(callback)
    return real(() => undefined, 0)
  })
  const asked = ask()
  for (let step = 0; step < 10; step++) await null // until it sleeps
  dropped.mockRestore()
  return {
    asked,
    resume: () => {
      for (const callback of held) callback()
    },
  }
}

/** How long anybody waits is told by how often they looked: no clock has a part in it. */
describe('a request that was dropped', () => {
  test('in its turn keeps nobody waiting for long', async () => {
    const turns = createFairLock(10_000)
    await droppedFrom(() => turns.take(saying('gone', 3)))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    expect(await Promise.all(['a', 'b', 'c'].map((name) => turns.take(saying(name, 3))))).toEqual(['a', 'b', 'c'])
    expect(timers.mock.calls.length).toBeLessThan(300)
    expect(await turns.take(saying('d', 3))).toBe('d')
  })

  test('while it waited keeps nobody waiting for long', async () => {
    const turns = createFairLock(10_000)
    const first = turns.take(saying('first', 15))
    await pause(3)
    for (let n = 0; n < 20; n++) await droppedFrom(() => turns.take(saying('gone', 5)))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    expect(await Promise.all([first, turns.take(saying('next', 5))])).toEqual(['first', 'next'])
    expect(timers.mock.calls.length).toBeLessThan(450)
  })

  test('and turns up late touches nothing of whoever has its turn, and asks again', async () => {
    const turns = createFairLock(10_000)
    const said: string[] = []
    const late = await droppedFrom(() => turns.take(saying('late', 3, said)))
    const other = turns.take(function* (): Pieces<string> {
      late.resume()
      return yield* saying('other', 40, said)()
    })
    expect(await Promise.all([late.asked, other])).toEqual(['late', 'other'])
    const others = said.filter((word) => word.startsWith('other'))
    expect(said).toEqual(['late1', ...others, 'late1', 'late2', 'late3'])
  })

  test('is not believed gone because everything stood still', async () => {
    const turns = createFairLock(10_000)
    const said: string[] = []
    const holder = turns.take(saying('a', 30, said))
    const next = turns.take(saying('b', 2, said))
    await pause(5)
    for (const until = performance.now() + 400; performance.now() < until; );
    expect(await Promise.all([holder, next])).toEqual(['a', 'b'])
    expect(said.filter((word) => word === 'a1')).toHaveLength(1)
  })
})
