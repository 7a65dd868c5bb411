import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { measuredDatabase } from '../../src/store/measured-database.ts'

const measuring = (database: D1Database = env.DB) => {
  const regions: (string | null)[] = []
  return { regions, database: measuredDatabase(database, (ms, region) => regions.push(ms >= 0 ? region : 'negative')) }
}

test('each call is one trip, also a batch and one that fails', async () => {
  const { database, regions } = measuring()
  const statement = database.prepare('SELECT ?1 AS value')
  expect(regions).toEqual([])
  expect((await statement.bind(1).all()).results).toEqual([{ value: 1 }])
  expect(await statement.bind(2).first('value')).toBe(2)
  expect(await statement.bind(3).raw()).toEqual([[3]])
  await statement.bind(4).run()
  expect(regions).toHaveLength(4)
  const results = await database.batch([statement.bind(5), database.prepare('SELECT 6 AS value')])
  expect(results.map(({ results: rows }) => rows)).toEqual([[{ value: 5 }], [{ value: 6 }]])
  expect(regions).toHaveLength(5)
  await expect(database.prepare('SELECT * FROM no_such_table').all()).rejects.toThrow('no such table')
  expect(regions).toHaveLength(6)
})

test('the region is the one that D1 returns; rows alone do not contain it', async () => {
  const withRegion = new Proxy(env.DB, {
    get: (target, name) => {
      if (name !== 'batch') return Reflect.get(target, name).bind(target)
      return async (statements: D1PreparedStatement[]) =>
        (await target.batch(statements)).map((result) => ({ ...result, meta: { ...result.meta, served_by_region: 'WEUR' } }))
    },
  })
  const { database, regions } = measuring(withRegion)
  await database.batch([database.prepare('SELECT 1')])
  await database.prepare('SELECT 1').raw()
  expect(regions).toEqual(['WEUR', null])
})
