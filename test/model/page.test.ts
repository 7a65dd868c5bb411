import { describe, expect, test } from 'vitest'
import { fitting, PAGE_MAX_BYTES, pageOf } from '../../src/model/page.ts'

const rows = (count: number, text: string) => Array.from({ length: count }, (_, id) => ({ id, text }))

describe('a page', () => {
  test('ends at its limit, and the extra row shows that there is another', () => {
    expect(pageOf(rows(3, ''), 2, ({ id }) => id)).toMatchObject({ items: [{ id: 0 }, { id: 1 }], next: 1 })
    expect(pageOf(rows(2, ''), 2, ({ id }) => id).next).toBeNull()
    expect(pageOf(rows(0, ''), 2, ({ id }) => id)).toEqual({ items: [], next: null })
  })

  test.each([
    ['letters', 'x'.repeat(5000)],
    ['characters of four bytes', '😀'.repeat(2500)],
    ['characters that JSON escapes', '"\n'.repeat(2500)],
  ])('ends at 1 MiB: %s', (_name, text) => {
    const { items, next } = pageOf(rows(1001, text), 1000, ({ id }) => id)
    const size = (count: number) => new TextEncoder().encode(JSON.stringify(rows(count, text))).length
    expect(size(items.length)).toBeLessThanOrEqual(PAGE_MAX_BYTES)
    expect(size(Math.ceil(items.length * 1.1))).toBeGreaterThan(PAGE_MAX_BYTES)
    expect(next).toBe(items.length - 1)
  })

  test('has one row at least, however long it is', () => {
    const huge = 'x'.repeat(PAGE_MAX_BYTES)
    expect(pageOf(rows(3, huge), 2, ({ id }) => id)).toMatchObject({ items: [{ id: 0 }], next: 0 })
    expect(fitting([{ text: huge }])).toHaveLength(1)
    expect(fitting([])).toEqual([])
  })
})
