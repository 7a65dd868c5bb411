import { expect, test } from 'vitest'
import { MicroBatch } from '../../src/durable/socket-host.ts'

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('an item after a quiet period is handled at once; under load, all items of one turn of the event loop are one batch', async () => {
  const batches: string[][] = []
  let isNewTurn = true
  const handle = (item: string) => {
    if (isNewTurn) batches.push([])
    batches.at(-1)?.push(item)
    isNewTurn = false
    queueMicrotask(() => {
      isNewTurn = true
    })
  }
  let now = 1000
  const microBatch = new MicroBatch({ now: () => now, handle })
  await microBatch.add('a')
  const underLoad = [microBatch.add('b')]
  await Promise.resolve()
  underLoad.push(microBatch.add('c'))
  await Promise.all(underLoad)
  now += 60
  await microBatch.add('d')
  expect(batches).toEqual([['a'], ['b', 'c'], ['d']])
})

test('an item cannot overtake items that wait for the database', async () => {
  const handled: unknown[] = []
  let resolveBefore = (): void => undefined
  const microBatch = new MicroBatch({
    now: () => 1000,
    before: () =>
      new Promise((resolve) => {
        resolveBefore = resolve
      }),
    handle: (item: string) => {
      handled.push(item)
    },
  })
  const all = ['a', 'b', 'c'].map((item) => microBatch.add(item))
  await sleep(20)
  expect(handled).toEqual([])
  resolveBefore()
  await Promise.all(all)
  expect(handled).toEqual(['a', 'b', 'c'])
})

test('an item that fails does not affect the others', async () => {
  const handled: unknown[] = []
  const handle = (item: string) => {
    if (item === 'bad') throw new Error('bad item')
    handled.push(item)
  }
  const microBatch = new MicroBatch({ now: () => 1000, handle })
  const results = await Promise.allSettled(['a', 'bad', 'b'].map((item) => microBatch.add(item)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  await microBatch.add('c')
  expect(handled).toEqual(['a', 'b', 'c'])
})
