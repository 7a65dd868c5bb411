import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { contracts } from '../../src/app.ts'
import { shadowContext } from '../../src/domain/shadow.ts'
import { readOnly } from '../../src/store/read-only.ts'
import { createStore } from '../../src/store/store.ts'
import { FACILITY } from '../cost/facility.ts'
import { MATRIMONY_MEMBERS } from '../cost/matrimony-members.ts'
import { MATRIMONY_MESSAGES } from '../cost/matrimony-messages.ts'
import { MEETUPS } from '../cost/meetups.ts'
import { MINDHARMONY } from '../cost/mindharmony.ts'
import { RECOVERY } from '../cost/recovery.ts'
import { person } from '../support/people.ts'
import { handleWith, withWorkerContext } from '../support/worker-context.ts'

const store = readOnly(createStore(env.DB))
const countOf = (table: string) => env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first('n')

test('statements that read answer, those that write do nothing', async () => {
  const { id } = await person()
  const { $client } = store.orm
  expect(await $client.prepare('SELECT id FROM accounts WHERE id = ?').bind(id).first('id')).toBe(id)
  const before = await everything()
  await $client.prepare('DELETE FROM accounts WHERE id = ?').bind(id).run()
  const [read, written] = await $client.batch([
    $client.prepare('SELECT id FROM accounts WHERE id = ?').bind(id),
    $client.prepare('UPDATE accounts SET username = ? WHERE id = ? RETURNING id').bind('x', id),
  ])
  expect([read?.results, written?.results]).toEqual([[{ id }], []])
  expect(await everything()).toBe(before)
})

const tables = async (): Promise<string[]> => {
  const query = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf%' ORDER BY name`
  return (await env.DB.prepare(query).all<{ name: string }>()).results.map(({ name }) => name)
}

/** All rows of all tables. */
const everything = async (): Promise<string> =>
  JSON.stringify(
    (await env.DB.batch((await tables()).map((name) => env.DB.prepare(`SELECT * FROM ${name}`)))).map(({ results }) => results),
  )

const READS = [...MINDHARMONY, ...FACILITY, ...MATRIMONY_MEMBERS, ...MATRIMONY_MESSAGES, ...MEETUPS, ...RECOVERY].filter(
  ([method]) => method === 'GET',
)
const unchanging = new Set(
  contracts.flatMap(({ routes }) => routes.filter(({ method, changesState }) => method === 'GET' && !changesState).map(({ path }) => path)),
)

/** Their answers need an object, which is not asked for a comparison: they are not compared. */
const NEEDS_OBJECT = /^\/api\/v1\/(?:event\/alarms\/\{id\}\/$|chat\/user\/support\/\{id\}\/messages)/

test.each(READS.filter(([, path]) => unchanging.has(path)).map((row) => [row[1], row] as const))(
  'an answer that is only compared is the same, and writes nothing: %s',
  async (_path, [method, path, { status }, prepare]) => {
    const { as, params = {}, query = '', headers } = await prepare()
    const url = path.replaceAll(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(params[name] ?? ''))
    const request = new Request(`https://concord.test${url}${query}`, { method, headers: { ...headers, ...(as && { Authorization: as }) } })
    const before = await everything()
    const response = await withWorkerContext(async (context) => handleWith(request, shadowContext(context)))
    expect(response.status).toBe(NEEDS_OBJECT.test(path) ? 500 : status)
    expect(await everything()).toBe(before)
  },
)

test('it counts against no limit and in no statistics, and leaves nothing at a gate', async () => {
  const effects: string[] = []
  const recorded = (name: string) => async () => {
    effects.push(name)
    return false
  }
  await withWorkerContext(async (context) => {
    const shadow = shadowContext({
      ...context,
      limits: { allowsAddress: recorded('address'), allowsWiderNetwork: recorded('network'), allowsAlarmMessage: recorded('alarm') },
      count: () => void effects.push('count'),
      gates: { ...context.gates, open: async () => void effects.push('gate'), concern: () => void effects.push('gate') },
    })
    expect(await shadow.limits.allowsAddress('192.0.2.1')).toBe(true)
    expect(await shadow.limits.allowsWiderNetwork('192.0.2.0')).toBe(true)
    shadow.count({ name: 'log-in', labels: [] })
    await shadow.gates.open(1)
    shadow.gates.concern(1)
  })
  expect(effects).toEqual([])
})

test('it sends nothing, and asks no object', async () => {
  expect(await countOf('shadow_answers')).toBe(0)
  await withWorkerContext(async (context) => {
    const { alarms, support, carriers, passwords, media, formerServer } = shadowContext(context)
    expect(() => alarms.dispatcher(1)).toThrow('only compared')
    expect(() => support.room(1)).toThrow('only compared')
    expect(() => carriers.email).toThrow('only compared')
    expect(() => passwords.hash).toThrow('only compared')
    expect(() => media.read).toThrow('only compared')
    expect(() => formerServer.logIn).toThrow('only compared')
  })
})
