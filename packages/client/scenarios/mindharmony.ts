import assert from 'node:assert/strict'
import { createClient } from '@concord/client'
import {
  changeProfile,
  changeSession,
  deleteSession,
  getProfile,
  getSessionSummary,
  getUserDetails,
  listSessions,
  logIn,
  logOut,
  recordSession,
  register,
  validateToken,
} from '@concord/client/mindharmony'
import { baseUrl, newUsername, PASSWORD } from './origin.ts'

const client = createClient({ baseUrl })
const username = newUsername()
const body = { username, email: `${username}@example.com`, password: PASSWORD }

const registered = await register({ client, body, throwOnError: true })
assert.equal(registered.data.user.username, username)

// The errors of each field are a list of texts under its name.
const again = await register({ client, body })
assert.equal(again.response?.status, 400)
assert.ok(again.error && 'username' in again.error)
assert.deepEqual(again.error.username, ['A user with that username already exists.'])

const wrong = await logIn({ client, body: { username, password: 'another horse 8' } })
assert.equal(wrong.response?.status, 400)
assert.equal(wrong.data, undefined)

const anonymous = await getUserDetails({ client })
assert.equal(anonymous.response?.status, 401)
assert.ok(anonymous.error?.detail)

const login = await logIn({ client, body: { username, password: PASSWORD }, throwOnError: true })
client.setToken(login.data.token)
const details = await getUserDetails({ client, throwOnError: true })
assert.equal(details.data.user.username, username)

const id = login.data.user.id
await changeProfile({ client, path: { id }, body: { bio: 'Reads, walks.' }, throwOnError: true })
const profile = await getProfile({ client, path: { id }, throwOnError: true })
assert.equal(profile.data.bio, 'Reads, walks.')

const recorded = await recordSession({ client, body: { name: 'Body scan', date: '2026-01-05', duration: 20 }, throwOnError: true })
await recordSession({ client, body: { name: 'Walking', date: '2026-01-06', duration: 15 }, throwOnError: true })
await changeSession({ client, path: { id: recorded.data.id }, body: { duration: 25 }, throwOnError: true })
const summary = await getSessionSummary({ client, throwOnError: true })
assert.deepEqual([summary.data.count, summary.data.total_minutes, summary.data.longest_streak_days], [2, 40, 2])
const sessions = await listSessions({ client, throwOnError: true })
assert.deepEqual(sessions.data.map(({ name }) => name).sort(), ['Body scan', 'Walking'])

const invalid = await recordSession({ client, body: { name: '', date: '2026-02-31', duration: -1 } })
assert.deepEqual([invalid.response?.status, Object.keys(invalid.error ?? {}).sort()], [400, ['date', 'duration', 'name']])

const deleted = await deleteSession({ client, path: { id: recorded.data.id } })
assert.equal(deleted.response?.status, 204)
await assert.rejects(deleteSession({ client, path: { id: recorded.data.id }, throwOnError: true }), { detail: /\w/ })

await logOut({ client, throwOnError: true })
const expired = await getUserDetails({ client })
assert.equal(expired.response?.status, 401)
const validation = await validateToken({ client, headers: { Authorization: `Token ${client.token}` } })
assert.equal(validation.response?.status, 401)
client.setToken(null)
