import assert from 'node:assert/strict'
import { createClient } from '@concord/client'
import {
  addPlan,
  addRsvp,
  answerFriendRequest,
  deletePlan,
  downloadPlanCalendar,
  getCalendarUrl,
  getPlan,
  getProfile,
  listFriends,
  listPlanRsvps,
  listPlans,
  logIn,
  logOut,
  patchPlan,
  refreshAccessToken,
  register,
  sendFriendRequest,
} from '@concord/client/meetups'
import { register as registerInMindharmony } from '@concord/client/mindharmony'
import { baseUrl, newUsername, PASSWORD } from './origin.ts'

const client = createClient({ baseUrl })
const username = newUsername()
const body = { username, email: `${username}@example.com`, password: PASSWORD, password_confirm: PASSWORD }

await register({ client, body, throwOnError: true })
const taken = await register({ client, body })
assert.equal(taken.response?.status, 400)
assert.ok(taken.error && 'username' in taken.error)
const wrong = await logIn({ client, body: { username, password: 'another horse 8' } })
assert.deepEqual([wrong.response?.status, Object.keys(wrong.error ?? {})], [401, ['detail']])

const { data: tokens } = await logIn({ client, body: { username, password: PASSWORD }, throwOnError: true })
client.setToken(tokens.access)
const own = await getProfile({ client, throwOnError: true })

// The token of another contract counts, too: one client, two contracts.
const friend = createClient({ baseUrl })
const friendName = newUsername()
const elsewhere = await registerInMindharmony({ client: friend, body: { username: friendName, password: PASSWORD }, throwOnError: true })
friend.setToken(elsewhere.data.token)
const friendProfile = await getProfile({ client: friend, throwOnError: true })

const request = await sendFriendRequest({ client, path: { user_id: friendProfile.data.id }, throwOnError: true })
const incoming = await listFriends({ client: friend, throwOnError: true })
const request_id = incoming.data.incoming_requests[0]?.request_id ?? ''
await answerFriendRequest({ client: friend, path: { request_id }, body: { action: 'accept' }, throwOnError: true })
assert.equal(request.response.ok, true)
const friends = await listFriends({ client, throwOnError: true })
assert.deepEqual(
  friends.data.friends.map((one) => one.username),
  [friendName],
)

const location = { address1: '90 Bedford St', city: 'New York', state: 'NY', zipcode: '10014' }
const dinner = { title: 'Dinner', location, start_time: '2031-01-01T19:00:00Z', end_time: '2031-01-01T22:00:00Z', capacity: 1 }
const { data: plan } = await addPlan({ client, body: { ...dinner, visibility: 'friends' }, throwOnError: true })
assert.equal(plan.created_by, own.data.id)
const path = { plan_id: plan.id }
await patchPlan({ client, path, body: { title: 'Late dinner' }, throwOnError: true })
const plans = await listPlans({ client: friend, query: { limit: 10, from: '2030-12-31T00:00:00Z' }, throwOnError: true })
assert.deepEqual(
  plans.data.map(({ title }) => title),
  ['Late dinner'],
)

const rsvp = await addRsvp({ client: friend, body: { plan_id: plan.id }, throwOnError: true })
assert.equal(rsvp.data.data.user_id, friendProfile.data.id)
const second = await addRsvp({ client: friend, body: { plan_id: plan.id } })
assert.equal(second.response?.status, 400)
assert.ok(second.error && 'error' in second.error)
const rsvps = await listPlanRsvps({ client, path, throwOnError: true })
assert.equal(rsvps.data.data.length, 1)
const calendar = await downloadPlanCalendar({ client, path, throwOnError: true })
assert.match(calendar.data, /^BEGIN:VCALENDAR\r\n/)
const feed = await getCalendarUrl({ client: friend, throwOnError: true })
assert.match(await (await fetch(feed.data.url)).text(), /SUMMARY:Late dinner/)

const foreign = await deletePlan({ client: friend, path })
assert.equal(foreign.response?.status, 403)
await deletePlan({ client, path, throwOnError: true })
const gone = await getPlan({ client, path })
assert.equal(gone.response?.status, 404)

const { data: refreshed } = await refreshAccessToken({ client, body: { refresh: tokens.refresh }, throwOnError: true })
client.setToken(refreshed.access)
await getProfile({ client, throwOnError: true })
await logOut({ client, body: { refresh: tokens.refresh }, throwOnError: true })
const ended = await getProfile({ client })
assert.equal(ended.response?.status, 401)
client.setToken(null)

// Without a server there is no response, and the error is the exception.
const offline = await getProfile({ client: createClient({ baseUrl: 'http://127.0.0.1:1' }) })
assert.equal(offline.response, undefined)
assert.ok(offline.error instanceof TypeError)
