import assert from 'node:assert/strict'
import { createClient } from '@concord/client'
import { getUserDetails } from '@concord/client/mindharmony'
import {
  acknowledgeAlarm,
  addContact,
  changeUserInfo,
  downloadTranscriptAsText,
  endOtherSessions,
  getUserInfo,
  listAlarmScenarios,
  listAlarms,
  listContacts,
  listSessions,
  listSupportMessages,
  logIn,
  logOut,
  openSupportChat,
  register,
  triggerAlarmByPost,
} from '@concord/client/recovery'
import { baseUrl, newUsername, PASSWORD } from './origin.ts'

const client = createClient({ baseUrl })
const username = newUsername()

await register({ client, body: { username, email: `${username}@example.com`, password: PASSWORD }, throwOnError: true })
const tooShort = await register({ client, body: { username: newUsername(), password: 'a' } })
assert.equal(tooShort.response?.status, 400)
assert.ok(tooShort.error && 'password' in tooShort.error)

const wrong = await logIn({ client, body: { username, password: 'another horse 8' } })
assert.equal(wrong.response?.ok, false)
await logIn({ client, body: { username, password: PASSWORD }, throwOnError: true })
const login = await logIn({ client, body: { username, password: PASSWORD }, throwOnError: true })
client.setToken(login.data.token)

// This contract has no operation that returns the caller's id. The token is also valid in another contract, which has one.
const { id } = (await getUserDetails({ client, throwOnError: true })).data.user
const scenarios = await listAlarmScenarios({ client, throwOnError: true })
assert.ok(scenarios.data.length > 0)
const early = await triggerAlarmByPost({ client, path: { id } })
assert.equal(early.response?.ok, false)
await changeUserInfo({ client, path: { id }, body: { age: 32, scenario: 1, military_status: false }, throwOnError: true })
const info = await getUserInfo({ client, path: { id }, throwOnError: true })
assert.equal(info.data.age, 32)

const contact = { name: 'Monica Geller', phone: '+12125550123', email: 'monica@example.com', relationship: 'Sister' }
await addContact({ client, path: { id }, body: contact, throwOnError: true })
const invalid = await addContact({ client, path: { id }, body: { ...contact, phone: 'none' } })
assert.deepEqual([invalid.response?.status, Object.keys(invalid.error ?? {})], [400, ['phone']])
const contacts = await listContacts({ client, path: { id }, throwOnError: true })
assert.deepEqual(
  contacts.data.map(({ name }) => name),
  ['Monica Geller'],
)

const alarm = await triggerAlarmByPost({ client, path: { id }, throwOnError: true })
assert.equal(alarm.data.status, 'open')
const { alarm_id } = alarm.data
const ended = await acknowledgeAlarm({ client, path: { id, alarm_id }, body: { note: 'I am safe' }, throwOnError: true })
assert.deepEqual(ended.data, { alarm_id, status: 'acknowledged' })
const alarms = await listAlarms({ client, path: { id }, throwOnError: true })
assert.equal(alarms.data.alarms.length, 1)

const chat = await openSupportChat({ client, path: { id }, throwOnError: true })
assert.equal(chat.data.user_id, id)
const messages = await listSupportMessages({ client, path: { id }, query: { limit: 10 }, throwOnError: true })
assert.equal(messages.data.unread, 0)
const transcript = await downloadTranscriptAsText({ client, path: { id }, throwOnError: true })
assert.equal(typeof transcript.data, 'string')
const foreign = await listContacts({ client, path: { id: id + 1_000_000 } })
assert.equal(foreign.response?.ok, false)

assert.equal((await listSessions({ client, throwOnError: true })).data.length, 2)
await endOtherSessions({ client, throwOnError: true })
await logOut({ client, throwOnError: true })
assert.equal((await getUserInfo({ client, path: { id } })).response?.status, 401)
client.setToken(null)
