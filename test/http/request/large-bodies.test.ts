import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLargeBodies } from '../../../src/http/request/large-bodies.ts'
import { HttpError } from '../../../src/http/response/errors.ts'

/** On a clock of the test: only its timers take time. */

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

const HELD_AT_ONCE = 4
const arrived = async () => new Uint8Array([1, 2, 3])
const neverArrives = () => new Promise<Uint8Array<ArrayBuffer>>(() => undefined)

/** What has become of a read: its bytes, the status of its error, or still nothing. */
const outcomeOf = (reading: Promise<Uint8Array>) => {
  const outcome: { bytes: number | null; status: number | null } = { bytes: null, status: null }
  reading.then(
    (bytes) => {
      outcome.bytes = bytes.length
    },
    (error) => {
      outcome.status = error instanceof HttpError ? error.response.status : -1
    },
  )
  return outcome
}

const fill = async (bodies: ReturnType<typeof createLargeBodies>, read = arrived) => {
  const requests = Array.from({ length: HELD_AT_ONCE }, () => bodies.forRequest())
  const outcomes = requests.map((request) => outcomeOf(request.read(read)))
  await vi.advanceTimersByTimeAsync(0)
  return { requests, outcomes }
}

describe('large bodies', () => {
  test('are read four at a time: the next one after a response', async () => {
    const bodies = createLargeBodies()
    const { requests, outcomes } = await fill(bodies)
    expect(outcomes.map(({ bytes }) => bytes)).toEqual([3, 3, 3, 3])
    const read = vi.fn(arrived)
    const fifth = outcomeOf(bodies.forRequest().read(read))
    await vi.advanceTimersByTimeAsync(5000)
    expect(read).not.toHaveBeenCalled()
    requests[0]?.release()
    await vi.advanceTimersByTimeAsync(100)
    expect(fifth).toEqual({ bytes: 3, status: null })
  })

  test('are freed with the response', async () => {
    const request = createLargeBodies().forRequest()
    const bytes = await request.read(arrived)
    request.release()
    expect(bytes.length).toBe(0)
  })

  test('of one request are one', async () => {
    const bodies = createLargeBodies()
    const request = bodies.forRequest()
    for (let n = 0; n <= HELD_AT_ONCE; n++) expect((await request.read(arrived)).length).toBe(3)
  })

  test('that arrive slowly are not ended while no one waits', async () => {
    const { outcomes } = await fill(createLargeBodies(), neverArrives)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(outcomes).toEqual(Array.from({ length: HELD_AT_ONCE }, () => ({ bytes: null, status: null })))
  })

  test('that arrive slowly make room after twenty seconds if others wait', async () => {
    const bodies = createLargeBodies()
    const { outcomes } = await fill(bodies, neverArrives)
    const fifth = outcomeOf(bodies.forRequest().read(arrived))
    await vi.advanceTimersByTimeAsync(19_000)
    expect(fifth.bytes).toBeNull()
    await vi.advanceTimersByTimeAsync(3000)
    expect(fifth.bytes).toBe(3)
    expect(outcomes.map(({ status }) => status)).toEqual([429, 429, 429, 429])
  })

  test('of requests that the platform has dropped do not block others', async () => {
    const bodies = createLargeBodies()
    await fill(bodies)
    vi.clearAllTimers() // those of a dropped request do not fire either
    const next = outcomeOf(bodies.forRequest().read(arrived))
    await vi.advanceTimersByTimeAsync(21_000)
    expect(next.bytes).toBe(3)
  })

  test('are rejected after thirty seconds without room', async () => {
    const bodies = createLargeBodies()
    let { requests } = await fill(bodies)
    const late = outcomeOf(bodies.forRequest().read(arrived))
    for (let second = 0; second < 30; second += 10) {
      expect(late.status).toBeNull()
      await vi.advanceTimersByTimeAsync(10_000)
      // Others take the room at once.
      for (const request of requests) request.release()
      requests = Array.from({ length: HELD_AT_ONCE }, () => bodies.forRequest())
      for (const request of requests) outcomeOf(request.read(arrived))
    }
    await vi.advanceTimersByTimeAsync(100)
    expect(late).toEqual({ bytes: null, status: 429 })
  })
})
