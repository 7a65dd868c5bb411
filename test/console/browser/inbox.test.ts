import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { parseRoom } from '#chat/desk-events.ts'
import { isShown, parseCounts } from '../../../src/console/browser/inbox-filter.ts'
import { ack, personWithContacts, runAlarm, trigger } from '../../support/alarms.ts'
import { at, call } from '../../support/call.ts'
import { type Person, person, personWith } from '../../support/people.ts'
import { joinDesk, joinRoom, until } from '../../support/sockets.ts'

const inbox = (as: Person, query = '') => call('GET', `/console/api/rooms?limit=200${query}`, { as: as.token })
const idsOf = async (as: Person, query: string): Promise<number[]> =>
  Object((await inbox(as, query)).json).rooms.map(({ user_id }: { user_id: number }) => user_id)
const countsOf = async (as: Person) => parseCounts(at(await inbox(as), 'counts'))
const rowOf = async (as: Person, { id, username }: Person) =>
  Object((await inbox(as, `&search=${username}`)).json).rooms.find(({ user_id }: { user_id: number }) => user_id === id)
const resolve = (as: Person, { id }: Person, lastMessage: number) =>
  call('POST', `/console/api/rooms/${id}/resolve/`, { as: as.token, json: { last_message: lastMessage } })
const desk = () => env.SUPPORT_DESK.getByName('desk')

const write = async (sender: Person, room: Person, message: string): Promise<number> => {
  const socket = await joinRoom(room, sender)
  socket.send({ message, client_id: message })
  const { id } = await socket.waitForFrame({ type: 'ack' })
  socket.socket.close(1000)
  return Number(id)
}

/** Rooms at the desk without their people: 500 accounts would take longer than the test. */
const reportRooms = async (count: number): Promise<void> => {
  const summary = { online: false, lastMessage: null, claimedBy: null, resolved: null, notes: 0, staff: [], updatedAt: 1 }
  await Promise.all(
    [...Array(count).keys()].map((index) =>
      desk().report({
        person: { id: 1_000_000 + index, username: `Crowd_${index}` },
        epoch: 'e',
        version: 1,
        events: [],
        summary: { ...summary, unread: 1, waitingSince: index },
      }),
    ),
  )
}

describe('the inbox', () => {
  test('counts all who wait, whatever the page: 500 waiting show 500', async () => {
    const staff = await personWith('is_staff')
    const before = await countsOf(staff)
    await reportRooms(500)
    const after = await countsOf(staff)
    expect(after).toEqual({ ...before, all: before.all + 500, waiting: before.waiting + 500 })
    const page = await call('GET', '/console/api/rooms?limit=1&filter=waiting&search=crowd_', { as: staff.token })
    expect(Object(page.json).rooms).toHaveLength(1)
    expect(Object.keys(Object(at(page, 'counts')))).toEqual(['all', 'waiting', 'mine', 'resolved'])
  })

  test('finds by a part of the name, in any case of its letters, and pages through what it found', async () => {
    const staff = await personWith('is_staff')
    const found = await idsOf(staff, '&search=cROWD_49')
    expect(found).toEqual([49, ...[...Array(10).keys()].map((digit) => 490 + digit)].map((index) => 1_000_000 + index))
    const first = await call('GET', '/console/api/rooms?limit=5&search=crowd_49', { as: staff.token })
    const second = await call(
      'GET',
      `/console/api/rooms?limit=200&search=crowd_49&cursor=${encodeURIComponent(String(at(first, 'next')))}`,
      {
        as: staff.token,
      },
    )
    expect([...Object(first.json).rooms, ...Object(second.json).rooms].map(({ user_id }) => user_id)).toEqual(found)
    for (const search of ['%', '_9_', "'", '\\', 'nobody-has-this-name']) {
      expect(await idsOf(staff, `&search=${encodeURIComponent(search)}`)).toEqual([])
    }
    for (const query of ['&filter=other', `&search=${'a'.repeat(200)}`]) expect((await inbox(staff, query)).status).toBe(400)
  })

  test('"mine" are the conversations that the caller has claimed', async () => {
    const [sam, ann, bob] = [await person('sam'), await personWith('is_staff'), await personWith('is_staff')]
    await write(sam, sam, 'Hello?')
    await call('POST', `/console/api/rooms/${sam.id}/take/`, { as: ann.token })
    await until(async () => (await idsOf(ann, '&filter=mine')).includes(sam.id))
    expect(await idsOf(bob, '&filter=mine')).toEqual([])
    expect([(await countsOf(ann)).mine, (await countsOf(bob)).mine]).toEqual([1, 0])
  })

  test('the counts and the pages read indexes', async () => {
    const plan = await runInDurableObject(desk(), (_desk, state) =>
      [
        'SELECT count(*) FROM rooms WHERE rank <= 1',
        'SELECT count(*) FROM rooms WHERE rank = 3',
        `SELECT count(*) FROM rooms WHERE json_extract(line, '$.claimedBy.id') = 1`,
      ].map((query) => String(state.storage.sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`).one().detail)),
    )
    expect(plan).toEqual([
      expect.stringContaining('COVERING INDEX rooms_by_place'),
      expect.stringContaining('COVERING INDEX rooms_by_place'),
      expect.stringContaining('INDEX rooms_by_holder'),
    ])
  })
})

describe('resolving a conversation', () => {
  test('reads its messages, releases its claim, and lists it under "resolved" until the next message', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const id = await write(sam, sam, 'Thank you.')
    await call('POST', `/console/api/rooms/${sam.id}/take/`, { as: staff.token })
    const before = await countsOf(staff)
    expect((await resolve(staff, sam, id)).status).toBe(204)
    await until(async () => (await idsOf(staff, '&filter=resolved')).includes(sam.id))
    expect(await rowOf(staff, sam)).toMatchObject({
      unread: 0,
      taken_by: null,
      resolved: { by: { id: staff.id, username: staff.username }, at: expect.stringMatching(/Z$/) },
    })
    expect((await countsOf(staff)).resolved).toBe(before.resolved + 1)
    await write(sam, sam, 'One more thing.')
    await until(async () => (await rowOf(staff, sam)).resolved === null)
    expect(await idsOf(staff, `&filter=waiting&search=${sam.username}`)).toEqual([sam.id])
  })

  test('can be undone, and a claim undoes it', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const id = await write(sam, sam, 'Hello.')
    const path = `/console/api/rooms/${sam.id}`
    for (const undo of [
      () => call('DELETE', `${path}/resolve/`, { as: staff.token }),
      () => call('POST', `${path}/take/`, { as: staff.token }),
    ]) {
      await resolve(staff, sam, id)
      await until(async () => (await rowOf(staff, sam))?.resolved)
      expect((await undo()).status).toBeLessThan(300)
      await until(async () => (await rowOf(staff, sam)).resolved === null)
    }
  })

  test('an alarm makes it an unresolved one, also after the alarm is over', async () => {
    const [sam, staff] = [await personWithContacts({ contacts: [], therapist: false }), await personWith('is_staff')]
    const id = await write(sam, sam, 'Hello.')
    await resolve(staff, sam, id)
    await until(async () => (await rowOf(staff, sam))?.resolved)
    await new Promise((done) => setTimeout(done, 5))
    const alarm = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    expect(await rowOf(staff, sam)).toMatchObject({ resolved: null, alarm: { status: 'open' } })
    await ack(sam, alarm, {}, staff.token)
    await runAlarm(sam)
    expect(await rowOf(staff, sam)).toMatchObject({ resolved: null, alarm: null })
  })

  test('while the person writes: a message that staff have not seen is never resolved', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const phone = await joinRoom(sam)
    const outcomes = new Set<number>()
    for (let round = 0; round < 12; round++) {
      const clientId = `m${round}`
      const send = async () => {
        if (round % 2 === 1) await new Promise((done) => setTimeout(done, round))
        phone.send({ message: clientId, client_id: clientId })
        return Number((await phone.waitForFrame({ type: 'ack', client_id: clientId })).id)
      }
      const [id, { status }] = await Promise.all([send(), resolve(staff, sam, round)])
      outcomes.add(status)
      expect(id).toBe(round + 1)
      expect([204, 409]).toContain(status)
      await until(async () => (await rowOf(staff, sam))?.last_message?.id === id)
      expect(await rowOf(staff, sam)).toMatchObject({ resolved: null })
      expect((await rowOf(staff, sam)).unread).toBeGreaterThan(0)
    }
    const late = await resolve(staff, sam, 11)
    expect([late.status, late.json]).toEqual([409, { detail: 'The person has written a new message.' }])
    expect(outcomes.size).toBeGreaterThan(0)
  })

  test('an unknown room is a 404, and so is an invalid message a 400', async () => {
    const staff = await personWith('is_staff')
    const { id } = await person()
    expect((await resolve(staff, { ...staff, id: 987_654_321 }, 0)).status).toBe(404)
    expect((await call('DELETE', '/console/api/rooms/987654321/resolve/', { as: staff.token })).status).toBe(404)
    for (const json of [{}, { last_message: -1 }, { last_message: 'x' }]) {
      expect((await call('POST', `/console/api/rooms/${id}/resolve/`, { as: staff.token, json })).status).toBe(400)
    }
  })
})

describe('notes', () => {
  const add = (as: Person, { id }: Pick<Person, 'id'>, text: string, clientId = crypto.randomUUID()) =>
    call('POST', `/console/api/rooms/${id}/notes/`, { as: as.token, json: { text, client_id: clientId } })

  test('are listed for all staff, newest first, with author and time; sent twice, they are stored once', async () => {
    const [sam, ann, bob] = [await person('sam'), await personWith('is_staff'), await personWith('is_staff')]
    const [once] = await Promise.all([add(ann, sam, 'Prefers the phone.', 'a'), add(ann, sam, 'Prefers the phone.', 'a')])
    expect(once.status).toBe(201)
    await add(bob, sam, 'Called at noon.', 'a')
    const listed = await call('GET', `/console/api/rooms/${sam.id}/notes/`, { as: ann.token })
    expect(at(listed, 'notes')).toMatchObject([
      { text: 'Called at noon.', author: { id: bob.id, username: bob.username }, created_at: expect.stringMatching(/Z$/) },
      { text: 'Prefers the phone.', author: { id: ann.id, username: ann.username } },
    ])
    expect(Object(at(listed, 'notes'))).toHaveLength(2)
    await until(async () => (await rowOf(ann, sam))?.notes === 2)
    expect((await add(ann, { id: 987_654_321 }, 'x')).status).toBe(404)
    expect((await add(ann, sam, '')).status).toBe(400)
    expect((await add(ann, sam, 'a'.repeat(4001))).status).toBe(400)
  })

  test('never reach the person: no frame, no history and no transcript has them, and the person cannot read them', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const secret = 'Sounds drunk.'
    const [phone, watcher] = [await joinRoom(sam), await joinDesk(staff)]
    await add(staff, sam, secret)
    await write(sam, sam, 'Hello?')
    await watcher.waitForFrame({ event: 'chat_message', user_id: String(sam.id) })
    const late = await joinRoom(sam, sam, { since: 0 })
    await late.waitForFrame({ message: 'Hello?' })
    const messages = `/api/v1/chat/user/support/${sam.id}/messages`
    const texts = await Promise.all(
      ['/', '.txt', '.json'].map(async (suffix) => (await call('GET', `${messages}${suffix}`, { as: sam.token })).text),
    )
    for (const seen of [...phone.texts, ...late.texts, ...texts]) expect(seen).not.toContain(secret)
    expect(texts.every((text) => text.includes('Hello?'))).toBe(true)
    expect((await call('GET', `/console/api/rooms/${sam.id}/notes/`, { as: sam.token })).status).toBe(403)
  })

  test('are deleted with the room', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    await add(staff, sam, 'Prefers the phone.')
    const room = env.SUPPORT_ROOM.getByName(String(sam.id))
    expect((await room.notes(10)).length).toBe(1)
    await room.erase()
    expect(await room.notes(10)).toEqual([])
  })
})

test('the page shows the same conversations as the server selects', () => {
  const room = (fields: object) => {
    const parsed = parseRoom({ user_id: 2, username: 'Mara', unread: 0, ...fields })
    if (!parsed) throw new Error('no room')
    return parsed
  }
  const plain = room({})
  expect(isShown(plain, 'all', 'AR', 1)).toBe(true)
  expect(isShown(plain, 'all', 'x', 1)).toBe(false)
  expect((['waiting', 'mine', 'resolved'] as const).map((filter) => isShown(plain, filter, '', 1))).toEqual([false, false, false])
  expect(isShown(room({ unread: 1 }), 'waiting', '', 1)).toBe(true)
  expect(isShown(room({ alarm: { status: 'open' } }), 'waiting', '', 1)).toBe(true)
  const mine = room({ taken_by: { id: 1, username: 'sam' } })
  expect([isShown(mine, 'mine', '', 1), isShown(mine, 'mine', '', 2)]).toEqual([true, false])
  expect(isShown(room({ resolved: { by: { id: 1, username: 'sam' }, at: 't' } }), 'resolved', '', 1)).toBe(true)
})
