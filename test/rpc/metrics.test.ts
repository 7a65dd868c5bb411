import { expect, test } from 'vitest'
import { createMetrics } from '../../src/rpc/metrics.ts'

test('a data point is written with its name as the index', () => {
  const written: unknown[] = []
  createMetrics({ writeDataPoint: (point) => written.push(point) })({ name: 'request', labels: ['a', ''], values: [1, 2] })
  expect(written).toEqual([{ indexes: ['request'], blobs: ['request', 'a', ''], doubles: [1, 2] }])
})

test('without a dataset, or with one that accepts no more, nothing happens', () => {
  const full = createMetrics({
    writeDataPoint: () => {
      throw new Error('too many data points')
    },
  })
  expect(full({ name: 'alarm', labels: ['open'] })).toBeUndefined()
  expect(createMetrics(undefined)({ name: 'alarm', labels: ['open'] })).toBeUndefined()
})
