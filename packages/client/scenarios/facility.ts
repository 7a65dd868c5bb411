import assert from 'node:assert/strict'
import { createClient, sessionTokenOf } from '@concord/client'
import { changeAccount, getAccount, logIn, logOut, register } from '@concord/client/facility'
import { baseUrl, newUsername, PASSWORD } from './origin.ts'

const client = createClient({ baseUrl })
const username = newUsername()
const body = { username, password: PASSWORD, password_confirm: PASSWORD, display_name: 'Ada', facility_id: 'north' }

const mismatch = await register({ client, body: { ...body, password_confirm: 'another horse 8' } })
assert.deepEqual([mismatch.response?.status, mismatch.error?.detail], [400, "Password fields didn't match."])

// Registering logs in.
const registered = await register({ client, body, throwOnError: true })
assert.equal(registered.data.data.user.display_name, 'Ada')
client.setToken(sessionTokenOf(registered.response))
const own = await getAccount({ client, throwOnError: true })
assert.equal(own.data.data.user.username, username)
await logOut({ client, throwOnError: true })
client.setToken(null)

const wrong = await logIn({ client, body: { username, password: 'another horse 8' } })
assert.deepEqual([wrong.response?.status, wrong.error], [401, { detail: 'Invalid credentials' }])
assert.equal(sessionTokenOf(wrong.response), null)

const login = await logIn({ client, body: { username, password: PASSWORD }, throwOnError: true })
assert.deepEqual(login.data.data.user.preferences, { theme: 'light', text_size: 'txt-base' })
client.setToken(sessionTokenOf(login.response))
assert.notEqual(client.token, null)

const changed = await changeAccount({
  client,
  body: { theme: 'dark', consent: true, profile_picture: '/pictures/3.jpg' },
  throwOnError: true,
})
const { user } = changed.data.data
assert.deepEqual([user.preferences.theme, user.consent, user.profile_picture], ['dark', true, '/pictures/3.jpg'])
const cleared = await changeAccount({ client, body: { profile_picture: null }, throwOnError: true })
assert.equal(cleared.data.data.user.profile_picture, '')

const short = await changeAccount({ client, body: { display_name: 'A' } })
assert.deepEqual([short.response?.status, short.error?.detail], [400, { display_name: 'Ensure this field has at least 2 characters.' }])

await logOut({ client, throwOnError: true })
const ended = await getAccount({ client })
assert.deepEqual([ended.response?.status, ended.data], [401, undefined])
client.setToken(null)
