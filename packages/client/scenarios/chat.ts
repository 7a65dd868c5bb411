import assert from 'node:assert/strict'
import { createClient } from '@concord/client'
import {
  type ChatMessage,
  type ChatStorage,
  connectChat,
  createHelpCall,
  downloadChatFile,
  helpRequest,
  type Notice,
  type ReceivedCall,
  uploadChatFile,
} from '@concord/client/chat'
import { getUserDetails } from '@concord/client/mindharmony'
import { listAlarms, logIn, openSupportChat, register } from '@concord/client/recovery'
import { baseUrl, newUsername, PASSWORD } from './origin.ts'

const client = createClient({ baseUrl })
const username = newUsername()
const newToken = async (): Promise<string> =>
  (await logIn({ client, body: { username, password: PASSWORD }, throwOnError: true })).data.token

/** Waits until a condition holds. */
const until = async (isDone: () => boolean, description: string): Promise<void> => {
  for (const deadline = Date.now() + 20_000; !isDone(); ) {
    if (Date.now() > deadline) throw new Error(`timeout: ${description}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

await register({ client, body: { username, password: PASSWORD }, throwOnError: true })
const token = await newToken()
client.setToken(token)
const { id } = (await getUserDetails({ client, throwOnError: true })).data.user
const { websocket_url: url } = (await openSupportChat({ client, path: { id }, throwOnError: true })).data

// Two devices of one person, and what an app keeps.
const items = new Map<string, string>()
const storage: ChatStorage = {
  getItem: async (key) => items.get(key) ?? null,
  setItem: async (key, value) => items.set(key, value),
  removeItem: async (key) => items.delete(key),
}
const received: ChatMessage[] = []
const notices: Notice[] = []
const typing: boolean[] = []
const reads: number[] = []
const phone = connectChat({ url, token, storage, onNotice: (notice) => notices.push(notice) })
const laptop = connectChat({
  url,
  token: await newToken(),
  onMessage: (message) => received.push(message),
  onTyping: ({ fromAdmin }) => typing.push(fromAdmin),
  onRead: ({ id: read }) => reads.push(read),
})

const first = phone.send('I can not sleep.')
const second = phone.send('Is anybody there?')
assert.equal(phone.outbox.length, 2)
assert.deepEqual([(await first).text, (await second).id > (await first).id], ['I can not sleep.', true])
await until(() => received.length === 2 && notices.length === 1, 'the messages and the automatic answer')
assert.deepEqual(
  received.map(({ text, fromAdmin }) => [text, fromAdmin]),
  [
    ['I can not sleep.', false],
    ['Is anybody there?', false],
  ],
)
assert.equal(notices[0]?.after, (await first).id)
assert.deepEqual([phone.outbox, items.size], [[], 0])
await assert.rejects(phone.send('a'.repeat(5_000)), /no more than 4000 characters/)
assert.equal(phone.outbox[0]?.state, 'rejected')
phone.discard(phone.outbox[0].clientId)

phone.typing()
await until(() => typing.length === 1, 'typing')
const { id: lastId } = await second
phone.read(lastId)
await until(() => reads.includes(lastId), 'the read mark')

const file = await uploadChatFile({ baseUrl, token, userId: id }, new Blob(['Breathe in.'], { type: 'text/plain' }), 'exercises.txt')
await phone.sendFile(file)
await until(() => received.at(-1)?.file !== undefined, 'the file')
assert.equal(await (await downloadChatFile({ baseUrl, token, userId: id }, file)).text(), 'Breathe in.')

// A second start of the app: only what it has not seen arrives.
const later: string[] = []
const restarted = connectChat({ url, token, lastSeen: (await first).id, onMessage: ({ text }) => later.push(text) })
await until(() => later.length === 2, 'the replay')
assert.equal(later[0], 'Is anybody there?')
restarted.close()

const call = await new Promise<ReceivedCall>((resolve) => {
  createHelpCall({ userId: id, storage, trigger: helpRequest({ baseUrl, token }), onReceived: resolve }).press()
})
const { alarms } = (await listAlarms({ client, path: { id }, throwOnError: true })).data
assert.deepEqual(
  alarms.map(({ alarm_id, status }) => [alarm_id, status]),
  [[call.alarmId, 'open']],
)

// The laptop logs in again, and goes on where it was.
const unsent = laptop.send('I am back.')
laptop.setToken(await newToken())
assert.equal((await unsent).text, 'I am back.')
phone.close()
laptop.close()
