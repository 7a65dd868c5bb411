import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CooperativeTask, createFairLock } from '../../src/tokens/fair-lock.ts'

/** With a clock of their own, on which only timers and `compute` take time: a busy machine changes nothing. */

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** More than any `await` of these tests needs until it goes on. */
const MICROTASKS = 50

/** Fires one timer after the other until the promise is settled. */
const run = async <T>(promise: Promise<T>): Promise<T> => {
  let isSettled = false
  const settle = () => {
    isSettled = true
  }
  promise.then(settle, settle)
  for (;;) {
    for (let n = 0; n < MICROTASKS; n++) await null
    if (isSettled) return promise
    if (vi.getTimerCount() === 0) throw new Error('nothing is left that could settle the promise')
    vi.advanceTimersToNextTimer()
  }
}

const pause = (ms: number) => run(new Promise((resolve) => setTimeout(resolve, ms)))

/** Timers that are due meanwhile fire, but what awaits them goes on afterwards, as while JavaScript runs. */
const compute = (ms: number) => vi.advanceTimersByTime(ms)

/** A task of the given number of steps. It only records each step in the log. */
const logging = (name: string, steps: number, log: string[] = []) =>
  function* (): CooperativeTask<string> {
    for (let step = 1; step <= steps; step++) {
      log.push(`${name}${step}`)
      yield
    }
    return name
  }

/** A task that computes for the given time, as a hash does. */
const computing = (ms: number, steps = 10) =>
  function* (): CooperativeTask<true> {
    for (let step = 0; step < steps; step++) {
      compute(ms / steps)
      yield
    }
    return true
  }

describe('a fair lock', () => {
  test('runs one task at a time, in the order of the requests', async () => {
    const lock = createFairLock(10_000)
    const log: string[] = []
    const names = await run(Promise.all(['a', 'b', 'c'].map((name) => lock.run(logging(name, 3, log)))))
    expect(names).toEqual(['a', 'b', 'c'])
    expect(log).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2', 'c3'])
  })

  test('reports how long each task waited for its turn', async () => {
    const waits: number[] = []
    const lock = createFairLock(10_000, (ms) => waits.push(ms))
    const task = function* (): CooperativeTask<null> {
      compute(100)
      yield
      return null
    }
    await run(Promise.all([lock.run(task), lock.run(task)]))
    expect(waits[0]).toBe(0)
    expect(waits[1]).toBeGreaterThanOrEqual(100)
    expect(waits).toHaveLength(2)
  })

  test('yields to the event loop after every step', async () => {
    vi.useRealTimers()
    let ticks = 0
    const timer = setInterval(() => ticks++, 0)
    await createFairLock(10_000).run(logging('a', 20))
    clearInterval(timer)
    expect(ticks).toBeGreaterThanOrEqual(15)
  })

  test('keeps the order in a burst, and later requests wait behind it', async () => {
    const lock = createFairLock(10_000)
    const order: number[] = []
    const first = Promise.all(Array.from({ length: 15 }, (_, n) => lock.run(logging('x', 4)).then(() => order.push(n))))
    await pause(20)
    const later = Promise.all([15, 16, 17].map((n) => lock.run(logging('x', 4)).then(() => order.push(n))))
    await run(Promise.all([first, later]))
    expect(order).toEqual(Array.from({ length: 18 }, (_, n) => n))
  })

  test('is released after a task that throws', async () => {
    const lock = createFairLock(10_000)
    const failing = lock.run(function* (): CooperativeTask<never> {
      yield
      throw new Error('no')
    })
    const next = lock.run(logging('next', 2))
    await expect(run(failing)).rejects.toThrow('no')
    expect(await run(next)).toBe('next')
  })

  test('rejects a request that would wait too long, immediately', async () => {
    const lock = createFairLock(120)
    const results: (true | null)[] = []
    await run(Promise.all(Array.from({ length: 10 }, () => lock.run(computing(40)).then((result) => results.push(result)))))
    expect(results.filter((result) => result).length).toBeGreaterThanOrEqual(2)
    expect(results.filter((result) => result === null).length).toBeGreaterThanOrEqual(5)
    expect(results[0]).toBe(null) // before any task has finished
  })

  test('needs few timers while a hundred requests wait', async () => {
    const lock = createFairLock(10_000)
    const results = Array.from({ length: 100 }, () => lock.run(computing(20, 4)))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await run(Promise.all(results.slice(0, 25)))
    // Four per task are the pauses after its steps; the others are polls of all waiters.
    expect(timers.mock.calls.length / 25).toBeLessThan(20)
    await run(Promise.all(results))
  })
})

describe('requests of several networks and accounts', () => {
  const requester = (network: string, account: string) => ({ network, account })

  /** Starts all requests at once, and returns their names in the order in which they were served. */
  const served = async (requests: readonly (readonly [network: string, account: string])[], longestWaitMs = 10_000) => {
    const lock = createFairLock(longestWaitMs)
    const order: string[] = []
    await run(
      Promise.all(
        requests.map(async ([network, account]) => {
          const name = await lock.run(logging(`${network}/${account}`, 2), requester(network, account))
          if (name !== null) order.push(name)
        }),
      ),
    )
    return order
  }
  const flood = (network: string, count: number) => Array.from({ length: count }, (_, n) => [network, `account${n}`] as const)

  test('of one network wait for each other, and not the others for them', async () => {
    const order = await served([...flood('flood', 30), ['a', 'anna'], ['b', 'bert'], ['a', 'adam']])
    expect(order).toHaveLength(33)
    // The first of the flood was alone when it came.
    expect(order.slice(0, 6)).toEqual(['flood/account0', 'flood/account1', 'a/anna', 'b/bert', 'flood/account2', 'a/adam'])
    expect(order.filter((name) => name.startsWith('flood'))).toEqual(flood('flood', 30).map(([, account]) => `flood/${account}`))
  })

  test('for one account wait for each other, whatever networks they come from', async () => {
    const guesses = Array.from({ length: 20 }, (_, n) => [`bot${n}`, 'victim'] as const)
    const order = await served([...guesses, ['home', 'anna']])
    expect(order.indexOf('home/anna')).toBeLessThanOrEqual(2)
  })

  test('are served soon, even if one client floods the queue for the same account among others', async () => {
    const order = await served([...flood('flood', 30), ['home', 'account29']])
    expect(order.indexOf('home/account29')).toBeLessThanOrEqual(3)
  })

  test('are served soon, even if they come during a flood', async () => {
    const lock = createFairLock(10_000)
    let served = 0
    const attack = Promise.all(
      flood('flood', 30).map(([network, account]) => lock.run(logging('x', 3), requester(network, account)).then(() => served++)),
    )
    await pause(60)
    const servedBefore = served
    await run(lock.run(logging('anna', 3), requester('home', 'anna')))
    expect(served - servedBefore).toBeLessThanOrEqual(3)
    expect(served).toBeLessThan(25)
    await run(attack)
  })

  test('are not rejected because of a flood, which is', async () => {
    const lock = createFairLock(1000)
    const attack = flood('flood', 60).map(([network, account]) => lock.run(computing(40), requester(network, account)))
    const results = await run(Promise.all(['a', 'b'].map((name) => lock.run(computing(40), requester(name, name)))))
    expect(results).toEqual([true, true])
    expect((await run(Promise.all(attack))).filter((result) => result === null).length).toBeGreaterThanOrEqual(30)
  })
})

/** Starts a request whose timers do not fire, as when the platform drops a request, until `resume` is called. */
const droppedRequest = async <T>(start: () => Promise<T>): Promise<{ result: Promise<T>; resume: () => void }> => {
  const callbacks: (() => void)[] = []
  const setRealTimeout = globalThis.setTimeout
  const mock = vi.spyOn(globalThis, 'setTimeout').mockImplementation((callback) => {
    callbacks.push(callback)
    return setRealTimeout(() => undefined, 0)
  })
  const result = start()
  for (let step = 0; step < 10; step++) await null // until it sleeps
  mock.mockRestore()
  return {
    result,
    resume: () => {
      for (const callback of callbacks) callback()
    },
  }
}

describe('a request that was dropped', () => {
  test('while it held the lock delays the others only briefly', async () => {
    const lock = createFairLock(10_000)
    await droppedRequest(() => lock.run(logging('dropped', 3)))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    expect(await run(Promise.all(['a', 'b', 'c'].map((name) => lock.run(logging(name, 3)))))).toEqual(['a', 'b', 'c'])
    expect(timers.mock.calls.length).toBeLessThan(300)
    expect(await run(lock.run(logging('d', 3)))).toBe('d')
  })

  test('while it waited delays the others only briefly', async () => {
    const lock = createFairLock(10_000)
    const first = lock.run(logging('first', 15))
    await pause(3)
    for (let n = 0; n < 20; n++) await droppedRequest(() => lock.run(logging('dropped', 5)))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    expect(await run(Promise.all([first, lock.run(logging('next', 5))]))).toEqual(['first', 'next'])
    expect(timers.mock.calls.length).toBeLessThan(450)
  })

  test('and continues late does not disturb the new holder, and queues again', async () => {
    const lock = createFairLock(10_000)
    const log: string[] = []
    const late = await droppedRequest(() => lock.run(logging('late', 3, log)))
    const other = lock.run(function* (): CooperativeTask<string> {
      late.resume()
      return yield* logging('other', 40, log)()
    })
    expect(await run(Promise.all([late.result, other]))).toEqual(['late', 'other'])
    const others = log.filter((entry) => entry.startsWith('other'))
    expect(log).toEqual(['late1', ...others, 'late1', 'late2', 'late3'])
  })

  test('is not assumed when the whole isolate was blocked', async () => {
    const lock = createFairLock(10_000)
    const log: string[] = []
    const holder = lock.run(logging('a', 30, log))
    const next = lock.run(logging('b', 2, log))
    await pause(5)
    compute(400)
    expect(await run(Promise.all([holder, next]))).toEqual(['a', 'b'])
    expect(log.filter((entry) => entry === 'a1')).toHaveLength(1)
  })
})
