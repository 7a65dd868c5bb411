import type { PersonRef } from '../../../src/model/support.ts'
import type { World } from './world.ts'

/** What must hold for the chat when everything has come to rest, and all clients are connected. */

interface StoredMessage {
  readonly id: number
  readonly message: string
  readonly client_id: string
}

const storedIn = (world: World, person: PersonRef): StoredMessage[] =>
  world
    .room(person)
    .storage.database.prepare('SELECT id, message, client_id FROM messages ORDER BY id')
    .all()
    .map(({ id, message, client_id }) => ({ id: Number(id), message: String(message), client_id: String(client_id) }))

/** Every message that was sent is stored once, and nothing else is. */
const checkNoneLost = (world: World, stored: ReadonlyMap<number, readonly StoredMessage[]>): void => {
  const sent = new Map<string, string>()
  for (const client of world.roomClients) for (const { clientId, text } of client.sent) sent.set(`${client.target.id} ${clientId}`, text)
  for (const client of world.deskClients)
    for (const message of client.sent) sent.set(`${client.recipientOf(message)} ${message.clientId}`, message.text)
  for (const [personId, messages] of stored) {
    for (const { client_id: clientId, message } of messages) {
      const key = `${personId} ${clientId}`
      if (sent.get(key) !== message) world.fail(`message ${clientId} is stored twice, or with another text`)
      sent.delete(key)
    }
  }
  if (sent.size > 0) world.fail(`${sent.size} messages are lost: ${[...sent.keys()].slice(0, 3).join(', ')}`)
}

/** All clients have the same messages, in the same order, and a sender's messages are in the order in which they were sent. */
const checkClients = (world: World, stored: ReadonlyMap<number, readonly StoredMessage[]>): void => {
  for (const client of world.roomClients) {
    const messages = stored.get(client.target.id) ?? []
    const wrong = messages.find(({ id, message }) => client.known.get(id) !== message)
    if (wrong) world.fail(`${client.name} does not know message ${wrong.id}`)
    if (client.known.size !== messages.length) world.fail(`${client.name} knows messages that are not stored`)
    const ids = client.sent.map(({ id }) => id ?? 0)
    if (ids.some((id, index) => id <= (ids[index - 1] ?? 0)))
      world.fail(`the messages of ${client.name} are not in the order in which they were sent`)
  }
}

interface DeskRoom {
  readonly line: { readonly lastMessage: { readonly id: number } | null; readonly claimedBy: PersonRef | null; readonly online: boolean }
}

const holderIn = (world: World, person: PersonRef): number | null => {
  const row = world.room(person).storage.database.prepare(`SELECT value FROM facts WHERE name = 'taken_by'`).get()
  const json = String(row?.value ?? '')
  return json === '' ? null : Number(JSON.parse(json).id)
}

/** The desk has every message once, in the order of its room, and the present state of each room. Staff have seen all of it. */
const checkDesk = (world: World, stored: ReadonlyMap<number, readonly StoredMessage[]>): void => {
  const { database } = world.desk.storage
  const events = database.prepare('SELECT event FROM events ORDER BY id').all()
  const reported = new Map<number, number[]>(world.people.map(({ id }) => [id, []]))
  for (const { event } of events) {
    const frame: { event: string; user_id: string; id: number } = JSON.parse(String(event))
    if (frame.event === 'chat_message') reported.get(Number(frame.user_id))?.push(frame.id)
  }
  for (const person of world.people) {
    const ids = (stored.get(person.id) ?? []).map(({ id }) => id)
    const atDesk = reported.get(person.id) ?? []
    if (atDesk.join() !== ids.join())
      world.fail(`the desk has other messages of ${person.username} than the room: ${differenceOf(ids, atDesk)}`)
    if (ids.length === 0) continue
    const row = database.prepare('SELECT line FROM rooms WHERE user_id = ?').get(person.id)
    const { line }: DeskRoom = { line: JSON.parse(String(row?.line)) }
    if (line.lastMessage?.id !== ids.at(-1)) world.fail(`the desk shows an old message of ${person.username}`)
    if ((line.claimedBy?.id ?? null) !== holderIn(world, person)) world.fail(`the desk shows a wrong holder for ${person.username}`)
    if (!line.online) world.fail(`the desk shows ${person.username} as offline`)
  }
  for (const client of world.deskClients) {
    const missing = [...stored]
      .flatMap(([personId, messages]) => messages.map(({ id }) => `${personId} ${id}`))
      .filter((key) => !client.seen.has(key))
    if (missing.length > 0) world.fail(`${client.name} has not seen ${missing.length} messages: ${missing.slice(0, 3).join(', ')}`)
  }
}

const differenceOf = (expected: readonly number[], actual: readonly number[]): string => {
  const index = expected.findIndex((id, at) => actual[at] !== id)
  return `${expected.length} and ${actual.length}, first difference at ${index < 0 ? expected.length : index}`
}

export const checkChat = (world: World): void => {
  const stored = new Map(world.people.map((person) => [person.id, storedIn(world, person)]))
  checkNoneLost(world, stored)
  checkClients(world, stored)
  checkDesk(world, stored)
}
