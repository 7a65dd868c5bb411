import { describe, expect, test } from 'vitest'
import { afterClose, reconnectDelay } from '#chat/backoff.ts'

describe('reconnecting a socket', () => {
  test('the delay doubles up to a maximum', () => {
    const delays = [...Array(20).keys()].map((attempt) => reconnectDelay(attempt, 1))
    expect(delays.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 8000, 16000])
    expect(new Set(delays.slice(6))).toEqual(new Set([20_000]))
    expect(reconnectDelay(5000, 1)).toBe(20_000)
  })

  test('half of the delay is random, and it is never 0', () => {
    expect([0, 0.5, 1].map((random) => reconnectDelay(2, random))).toEqual([1000, 1500, 2000])
  })

  test.each([1000, 1001, 1006, 1011, 1012, 4000])('close code %i: reconnects', (code) => {
    expect(afterClose(code, 0, 0)).toEqual({ retry: true, delayMs: 250 })
  })

  test('after log-out or without permission it does not reconnect', () => {
    expect(afterClose(4401, 0, 0)).toEqual({ retry: false, reason: 'unauthenticated' })
    expect(afterClose(4403, 0, 0)).toEqual({ retry: false, reason: 'forbidden' })
  })

  test('after a rate limit the delay is longer', () => {
    expect(afterClose(4429, 0, 0)).toEqual({ retry: true, delayMs: 10_250 })
  })
})
