import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { ack, personWithContacts, runAlarm, trigger } from '../support/alarms.ts'
import { at, call, type TestResponse } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'
import { joinRoom, until } from '../support/sockets.ts'

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
  ['POST', '/console/api/rooms/1/resolve/'],
  ['DELETE', '/console/api/rooms/1/resolve/'],
  ['GET', '/console/api/rooms/1/notes/'],
  ['POST', '/console/api/rooms/1/notes/'],
  ['GET', '/console/api/rooms/1/person/'],
  ['GET', '/console/api/rooms/1/messages/'],
  ['GET', '/console/api/alarms/'],
  ['GET', '/console/api/outbox/'],
]

describe('the console API', () => {
  test.each(PATHS)('%s %s is for staff only', async (method, path) => {
    const anonymous = await call(method, path)
    expect([anonymous.status, anonymous.text]).toEqual([401, '{"detail":"Authentication credentials were not provided."}'])
    const forbidden = await call(method, path, { as: (await person()).token })
    expect([forbidden.status, forbidden.text]).toEqual([403, '{"detail":"You do not have permission to perform this action."}'])
  })

  test.each(PATHS.filter(([method, path]) => method === 'GET' && !/alarms|rooms\/1/.test(path)))(
    '%s %s rejects an invalid cursor and a limit of 0',
    async (_method, path) => {
      const { token: as } = await personWith('is_staff')
      expect((await call('GET', `${path}?cursor=nonsense`, { as })).status).toBe(400)
      expect((await call('GET', `${path}?limit=0`, { as })).status).toBe(400)
    },
  )

  test('rooms are ordered: open alarms first, then the longest wait, then the latest activity', async () => {
    const staff = await personWith('is_staff')
    const [quiet, early, late] = [await person('quiet'), await person('early'), await person('late')]
    const inAlarm = await personWithContacts({ contacts: [], therapist: false })
    const staffSocket = await joinRoom(quiet, staff)
    staffSocket.send({ message: 'Hello.' })
    for (const sender of [early, late]) {
      const socket = await joinRoom(sender)
      socket.send({ message: 'Help.', client_id: 'x' })
      await socket.waitForFrame({ type: 'ack' })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await trigger(inAlarm)
    await runAlarm(inAlarm)
    const ids = new Set([quiet.id, early.id, late.id, inAlarm.id])
    const listed = await until(async () => {
      const rows = (await rooms(staff)).filter(({ user_id }) => ids.has(user_id))
      // Each room reports to the desk by itself: all three messages have to be there.
      return rows.length === 4 && rows.every(({ user_id, last_message }) => user_id === inAlarm.id || last_message) && rows
    })
    expect(listed.map(({ user_id }) => user_id)).toEqual([inAlarm.id, early.id, late.id, quiet.id])
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
      'resolved',
      'notes',
    ])
    expect(listed[0]).toMatchObject({ online: false, unread: 0, last_message: null, alarm: { status: 'open' } })
    expect(listed[1]).toMatchObject({ online: true, unread: 1, last_message: { id: 1, message: 'Help.', from_admin: false }, alarm: null })
    expect(listed[3]).toMatchObject({ unread: 0, last_message: { from_admin: true } })
  })

  test('of many staff members exactly one claims a conversation; it can be released', async () => {
    const sam = await person('sam')
    const staff = await Promise.all(Array.from({ length: 5 }, () => personWith('is_staff')))
    const path = `/console/api/rooms/${sam.id}/take/`
    const attempts = await Promise.all(
      staff.flatMap((member) => [1, 2, 3, 4].map(async () => ({ member, response: await call('POST', path, { as: member.token }) }))),
    )
    const winners = new Set(attempts.filter(({ response }) => response.status === 200).map(({ member }) => member))
    expect(winners.size).toBe(1)
    const [winner] = winners
    for (const { member, response } of attempts) {
      if (member === winner) expect(response.text).toBe(`{"taken_by":{"id":${member.id},"username":"${member.username}"}}`)
      else expect([response.status, response.text]).toEqual([409, `{"detail":"Already claimed by ${winner?.username}."}`])
    }
    const row = async () => (await rooms(staff[0] ?? sam)).find(({ user_id }) => user_id === sam.id)
    await until(async () => (await row())?.taken_by)
    const colleague = staff.find((member) => member !== winner)
    expect((await call('DELETE', path, { as: colleague?.token })).status).toBe(204)
    expect((await call('DELETE', path, { as: colleague?.token })).status).toBe(204)
    await until(async () => (await row())?.taken_by === null)
    expect((await call('POST', path, { as: colleague?.token })).status).toBe(200)
    for (const id of ['987654321', 'x', '0']) {
      expect((await call('POST', `/console/api/rooms/${id}/take/`, { as: winner?.token })).json).toEqual({ detail: 'Not found.' })
      expect((await call('DELETE', `/console/api/rooms/${id}/take/`, { as: winner?.token })).status).toBe(404)
    }
  })

  test('alarms are listed with their status', async () => {
    const [sam, staff] = [await personWithContacts({ contacts: [], therapist: false }), await personWith('is_staff')]
    const id = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    const ownAlarm = (response: TestResponse) => Object(response.json).alarms.find(({ alarm_id }: { alarm_id: string }) => alarm_id === id)
    const read = () => call('GET', '/console/api/alarms/', { as: staff.token })
    const open = ownAlarm(await read())
    expect(Object.keys(open)).toEqual([
      'user_id',
      'username',
      'alarm_id',
      'scenario',
      'status',
      'triggered_at',
      'acknowledged_at',
      'acknowledged_by',
    ])
    expect(open).toMatchObject({ user_id: sam.id, username: sam.username, status: 'open', acknowledged_at: null, acknowledged_by: null })
    await ack(sam, id, {}, staff.token)
    await runAlarm(sam)
    const closed = ownAlarm(await read())
    expect(closed).toMatchObject({ status: 'acknowledged', acknowledged_by: staff.username })
    expect(closed.acknowledged_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('the outbox is listed newest first, page by page', async () => {
    const [sam, staff] = [await personWithContacts(), await personWith('is_staff')]
    await trigger(sam)
    await runAlarm(sam)
    const read = async (query: string) => Object((await call('GET', `/console/api/outbox/${query}`, { as: staff.token })).json)
    const all = await read('')
    expect(all.messages.length).toBeGreaterThanOrEqual(3)
    expect(Object.keys(all.messages[0])).toEqual(['id', 'channel', 'recipient', 'address', 'subject', 'body', 'created_at'])
    const paged = []
    for (let cursor = ''; ; ) {
      const page = await read(`?limit=1${cursor}`)
      paged.push(...page.messages)
      if (page.next === null) break
      cursor = `&cursor=${encodeURIComponent(page.next)}`
    }
    expect(paged).toEqual(all.messages)
    const { results } = await env.DB.prepare(
      'EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE (created_at, key) < (1, 2) ORDER BY created_at DESC, key DESC LIMIT 51',
    ).all<{ detail: string }>()
    const plan = results.map(({ detail }) => detail).join('; ')
    expect(plan).toContain('outbox_by_time')
    expect(plan).not.toContain('TEMP B-TREE')
  })

  test('unknown paths get a 404', async () => {
    expect((await call('GET', '/console/api/nothing')).json).toEqual({ detail: 'Not found.' })
  })
})
