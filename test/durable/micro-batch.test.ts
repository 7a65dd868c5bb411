import { expect, test } from 'vitest'
import { MicroBatch } from '../../src/durable/micro-batch.ts'

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('whoever speaks into the quiet is served at once; in the lively room all that comes in one turn, together', async () => {
  const turns: string[][] = []
  let isNewTurn = true
  const serve = (given: string) => {
    if (isNewTurn) turns.push([])
    turns.at(-1)?.push(given)
    isNewTurn = false
    queueMicrotask(() => {
      isNewTurn = true
    })
  }
  let now = 1000
  const rounds = new MicroBatch({ now: () => now, serve })
  await rounds.serve('a')
  const lively = [rounds.serve('b')]
  await Promise.resolve()
  lively.push(rounds.serve('c'))
  await Promise.all(lively)
  now += 60
  await rounds.serve('d')
  expect(turns).toEqual([['a'], ['b', 'c'], ['d']])
})

test('nobody overtakes somebody who waits for the database', async () => {
  const served: unknown[] = []
  let answer = (): void => undefined
  const rounds = new MicroBatch({
    now: () => 1000,
    before: () =>
      new Promise((resolve) => {
        answer = resolve
      }),
    serve: (given: string) => {
      served.push(given)
    },
  })
  const all = ['a', 'b', 'c'].map((given) => rounds.serve(given))
  await rest(20)
  expect(served).toEqual([])
  answer()
  await Promise.all(all)
  expect(served).toEqual(['a', 'b', 'c'])
})

test('a frame that fails, fails alone', async () => {
  const served: unknown[] = []
  const serve = (given: string) => {
    if (given === 'bad') throw new Error('it is bad')
    served.push(given)
  }
  const rounds = new MicroBatch({ now: () => 1000, serve })
  const round = await Promise.allSettled(['a', 'bad', 'b'].map((given) => rounds.serve(given)))
  expect(round.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  await rounds.serve('c')
  expect(served).toEqual(['a', 'b', 'c'])
})
