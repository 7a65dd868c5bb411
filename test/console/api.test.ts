import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { ack, cast, ring, trigger } from '../support/alarms.ts'
import { at, call, type Heard } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'
import { sitIn, until } from '../support/sockets.ts'

type Room = { user_id: number; unread: number; online: boolean; alarm: object | null; taken_by: object | null; last_message: object | null }

const rooms = async (staff: Person): Promise<Room[]> => {
  const all: Room[] = []
  for (let cursor = ''; ; ) {
    const page = await call('GET', `/console/api/rooms?limit=3${cursor}`, { as: staff.token })
    all.push(...Object(page.json).rooms)
    const next = at(page, 'next')
    if (next === null) return all
    cursor = `&cursor=${encodeURIComponent(String(next))}`
  }
}

const PATHS: readonly (readonly [string, string])[] = [
  ['GET', '/console/api/rooms'],
  ['POST', '/console/api/rooms/1/take/'],
  ['DELETE', '/console/api/rooms/1/take/'],
  ['GET', '/console/api/alarms/'],
  ['GET', '/console/api/outbox/'],
]

describe('what the console asks', () => {
  test.each(PATHS)('%s %s is for staff alone', async (method, path) => {
    const absent = await call(method, path)
    expect([absent.status, absent.text]).toEqual([401, '{"detail":"Authentication credentials were not provided."}'])
    const refused = await call(method, path, { as: (await person()).token })
    expect([refused.status, refused.text]).toEqual([403, '{"detail":"You do not have permission to perform this action."}'])
  })

  test.each(PATHS.filter(([method, path]) => method === 'GET' && !path.includes('alarms')))(
    '%s %s refuses a cursor that is none, and a page of nothing',
    async (_method, path) => {
      const { token: as } = await personWith('is_staff')
      expect((await call('GET', `${path}?cursor=nonsense`, { as })).status).toBe(400)
      expect((await call('GET', `${path}?limit=0`, { as })).status).toBe(400)
    },
  )

  test('the rooms: open alarms first, then who waits longest, then who was there last', async () => {
    const staff = await personWith('is_staff')
    const [quiet, early, late] = [await person('quiet'), await person('early'), await person('late')]
    const rang = await cast({ contacts: [], therapist: false })
    const helper = await sitIn(quiet, staff)
    helper.send({ message: 'Hello.' })
    for (const someone of [early, late]) {
      const phone = await sitIn(someone)
      phone.send({ message: 'Help.', client_id: 'x' })
      await phone.hears({ type: 'ack' })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await trigger(rang)
    await ring(rang)
    const mine = new Set([quiet.id, early.id, late.id, rang.id])
    const listed = await until(async () => {
      const found = (await rooms(staff)).filter(({ user_id }) => mine.has(user_id))
      return found.length === 4 && found.some(({ user_id, last_message }) => user_id === quiet.id && last_message) && found
    })
    expect(listed.map(({ user_id }) => user_id)).toEqual([rang.id, early.id, late.id, quiet.id])
    expect(Object.keys(listed[0] ?? {})).toEqual([
      'user_id',
      'username',
      'online',
      'unread',
      'last_message',
      'alarm',
      'taken_by',
      'updated_at',
      'waiting_since',
    ])
    expect(listed[0]).toMatchObject({ online: false, unread: 0, last_message: null, alarm: { status: 'open' } })
    expect(listed[1]).toMatchObject({ online: true, unread: 1, last_message: { id: 1, message: 'Help.', from_admin: false }, alarm: null })
    expect(listed[3]).toMatchObject({ unread: 0, last_message: { from_admin: true } })
  })

  test('a conversation is taken by one of many, and given back', async () => {
    const sam = await person('sam')
    const staff = await Promise.all(Array.from({ length: 5 }, () => personWith('is_staff')))
    const path = `/console/api/rooms/${sam.id}/take/`
    const answers = await Promise.all(
      staff.flatMap((one) => [1, 2, 3, 4].map(async () => ({ one, heard: await call('POST', path, { as: one.token }) }))),
    )
    const winners = new Set(answers.filter(({ heard }) => heard.status === 200).map(({ one }) => one))
    expect(winners.size).toBe(1)
    const [winner] = winners
    for (const { one, heard } of answers) {
      if (one === winner) expect(heard.text).toBe(`{"taken_by":{"id":${one.id},"username":"${one.username}"}}`)
      else expect([heard.status, heard.text]).toEqual([409, `{"detail":"UniqueField by ${winner?.username}."}`])
    }
    const line = async () => (await rooms(staff[0] ?? sam)).find(({ user_id }) => user_id === sam.id)
    await until(async () => (await line())?.taken_by)
    const colleague = staff.find((one) => one !== winner)
    expect((await call('DELETE', path, { as: colleague?.token })).status).toBe(204)
    expect((await call('DELETE', path, { as: colleague?.token })).status).toBe(204)
    await until(async () => (await line())?.taken_by === null)
    expect((await call('POST', path, { as: colleague?.token })).status).toBe(200)
    for (const id of ['987654321', 'x', '0']) {
      expect((await call('POST', `/console/api/rooms/${id}/take/`, { as: winner?.token })).json).toEqual({ detail: 'Not found.' })
      expect((await call('DELETE', `/console/api/rooms/${id}/take/`, { as: winner?.token })).status).toBe(404)
    }
  })

  test('the alarms, and what became of them', async () => {
    const [sam, staff] = [await cast({ contacts: [], therapist: false }), await personWith('is_staff')]
    const id = at(await trigger(sam), 'alarm_id')
    await ring(sam)
    const mine = (heard: Heard) => Object(heard.json).alarms.find(({ alarm_id }: { alarm_id: string }) => alarm_id === id)
    const read = () => call('GET', '/console/api/alarms/', { as: staff.token })
    const rang = mine(await read())
    expect(Object.keys(rang)).toEqual([
      'user_id',
      'username',
      'alarm_id',
      'scenario',
      'status',
      'triggered_at',
      'acknowledged_at',
      'acknowledged_by',
    ])
    expect(rang).toMatchObject({ user_id: sam.id, username: sam.username, status: 'open', acknowledged_at: null, acknowledged_by: null })
    await ack(sam, id, {}, staff.token)
    await ring(sam)
    const over = mine(await read())
    expect(over).toMatchObject({ status: 'acknowledged', acknowledged_by: staff.username })
    expect(over.acknowledged_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('the outbox, the newest first, page by page', async () => {
    const [sam, staff] = [await cast(), await personWith('is_staff')]
    await trigger(sam)
    await ring(sam)
    const read = async (query: string) => Object((await call('GET', `/console/api/outbox/${query}`, { as: staff.token })).json)
    const whole = await read('')
    expect(whole.messages.length).toBeGreaterThanOrEqual(3)
    expect(Object.keys(whole.messages[0])).toEqual(['id', 'channel', 'recipient', 'address', 'subject', 'body', 'created_at'])
    const paged = []
    for (let cursor = ''; ; ) {
      const page = await read(`?limit=1${cursor}`)
      paged.push(...page.messages)
      if (page.next === null) break
      cursor = `&cursor=${encodeURIComponent(page.next)}`
    }
    expect(paged).toEqual(whole.messages)
    const { results } = await env.DB.prepare(
      'EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE (created_at, key) < (1, 2) ORDER BY created_at DESC, key DESC LIMIT 51',
    ).all<{ detail: string }>()
    const plan = results.map(({ detail }) => detail).join('; ')
    expect(plan).toContain('outbox_by_time')
    expect(plan).not.toContain('TEMP B-TREE')
  })

  test('what else is asked under it is not there', async () => {
    expect((await call('GET', '/console/api/nothing')).json).toEqual({ detail: 'Not found.' })
  })
})
