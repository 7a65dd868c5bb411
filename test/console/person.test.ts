import { describe, expect, test } from 'vitest'
import { ANN, personWithContacts } from '../support/alarms.ts'
import { at, call } from '../support/call.ts'
import { person, personWith } from '../support/people.ts'
import { joinRoom } from '../support/sockets.ts'

describe('what staff see of a person', () => {
  test('phone, place, scenario, therapist and contacts', async () => {
    const [sam, staff] = [await personWithContacts(), await personWith('is_staff')]
    await call('PATCH', `/api/v1/user/edit/${sam.id}/`, { as: sam.token, json: { location: 'Berlin, Karl-Marx-Allee 1' } })
    const response = await call('GET', `/console/api/rooms/${sam.id}/person/`, { as: staff.token })
    expect(response.status).toBe(200)
    expect(Object.keys(Object(response.json))).toEqual(['username', 'name', 'phone', 'location', 'scenario', 'therapist', 'contacts'])
    expect(response.json).toMatchObject({ username: sam.username, location: 'Berlin, Karl-Marx-Allee 1' })
    expect(at(response, 'scenario')).toMatch(/\w/)
    expect(Object.keys(Object(at(response, 'therapist')))).toEqual(['id', 'name', 'phone', 'email'])
    expect(at(response, 'contacts', 0)).toMatchObject(ANN)
    expect(at(response, 'contacts', 1)).toMatchObject({ name: 'Bob', relationship: 'friend' })
  })

  test('an account without any of this is shown, too; an unknown one is a 404', async () => {
    const [quiet, staff] = [await person('quiet'), await personWith('is_staff')]
    const response = await call('GET', `/console/api/rooms/${quiet.id}/person/`, { as: staff.token })
    expect(response.json).toMatchObject({ location: '', scenario: null, therapist: null, contacts: [] })
    for (const id of ['987654321', 'x', '0'])
      expect((await call('GET', `/console/api/rooms/${id}/person/`, { as: staff.token })).status).toBe(404)
  })
})

test('the messages name their senders, page by page; an unknown room is a 404', async () => {
  const [sam, ann, bob] = [await person('sam'), await personWith('is_staff'), await personWith('is_staff')]
  for (const [sender, message] of [
    [sam, 'Hello?'],
    [ann, 'I am Ann.'],
    [bob, 'I am Bob.'],
  ] as const) {
    const socket = await joinRoom(sam, sender)
    socket.send({ message, client_id: message })
    await socket.waitForFrame({ type: 'ack' })
  }
  const path = `/console/api/rooms/${sam.id}/messages/`
  const newest = await call('GET', `${path}?limit=2`, { as: ann.token })
  expect(at(newest, 'messages')).toMatchObject([
    { id: 2, message: 'I am Ann.', from_admin: true, sender: { id: ann.id, username: ann.username } },
    { id: 3, message: 'I am Bob.', from_admin: true, sender: { id: bob.id, username: bob.username } },
  ])
  const older = await call('GET', `${path}?before=2`, { as: ann.token })
  expect(at(older, 'messages')).toMatchObject([{ id: 1, from_admin: false, sender: { id: sam.id, username: sam.username } }])
  expect((await call('GET', '/console/api/rooms/987654321/messages/', { as: ann.token })).status).toBe(404)
  expect((await call('GET', `${path}?limit=0`, { as: ann.token })).status).toBe(400)
})
