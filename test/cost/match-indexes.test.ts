import { expect, test } from 'vitest'
import { lowestCost } from '../bench/set-cover.ts'

const option = (cost: number, ...covers: readonly number[]) => ({ cost, covers: new Set(covers) })

test.each([
  ['the cheaper of two options', [option(5, 0), option(3, 0)], 1, 3],
  ['one option for two items instead of one for each', [option(2, 0), option(2, 1), option(3, 0, 1)], 2, 3],
  ['one option for each of two items', [option(2, 0), option(2, 1), option(5, 0, 1)], 2, 4],
  ['halves of three options, each of which covers two of three items', [option(2, 0, 1), option(2, 1, 2), option(2, 0, 2)], 3, 3],
  ['nothing where there is nothing to cover', [option(1, 0)], 0, 0],
  ['an item that no option covers', [option(1, 0)], 2, Number.POSITIVE_INFINITY],
])('%s', (_name, options, items, cost) => {
  expect(lowestCost(options, items)).toBeCloseTo(cost)
})
