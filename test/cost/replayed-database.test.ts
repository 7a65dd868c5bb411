import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { replayedDatabase } from '../bench/repeated.ts'
import { countingDatabase } from '../support/counting-database.ts'

test('a statement and a batch are executed once, and return the same again', async () => {
  const { database, counts } = countingDatabase(env.DB)
  const replayed = replayedDatabase(database)
  const single = () => replayed.prepare('SELECT ? AS one').bind(1).raw()
  const batch = () => replayed.batch([replayed.prepare('SELECT 1 AS one'), replayed.prepare('SELECT ? AS two').bind(2)])
  for (let time = 0; time < 3; time++) {
    expect(await single()).toEqual([[1]])
    expect((await batch()).map(({ results }) => results)).toEqual([[{ one: 1 }], [{ two: 2 }]])
  }
  expect(counts).toEqual({ roundTrips: 2, statements: 3 })
})
