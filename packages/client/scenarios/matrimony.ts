import assert from 'node:assert/strict'
import { createClient } from '@concord/client'
import {
  blockUser,
  type CreatePreferenceData,
  createPreference,
  createProfile,
  createUser,
  getAccount,
  getProfile,
  listBestMatches,
  listConversation,
  listProfiles,
  listReceivedMessages,
  logIn,
  logOut,
  patchProfile,
  scoreMatch,
  sendMessage,
} from '@concord/client/matrimony'
import { baseUrl, newUsername, PASSWORD, picture } from './origin.ts'

/** Creates an account and logs it in. */
const join = async () => {
  const client = createClient({ baseUrl })
  const username = newUsername()
  const body = { username, password: PASSWORD, email: `${username}@example.com`, first_name: 'Anjali', last_name: 'Nair' }
  await createUser({ client, body, throwOnError: true })
  const login = await logIn({ client, body: { username, password: PASSWORD }, throwOnError: true })
  client.setToken(login.data.token)
  const account = await getAccount({ client, throwOnError: true })
  return { client, username, id: account.data.user_id }
}

const [anjali, arun] = [await join(), await join()]
const { client } = anjali

const wrong = await logIn({ client, body: { username: anjali.username, password: 'another horse 8' } })
assert.deepEqual([wrong.response?.status, typeof wrong.error], [401, 'object'])

const missing = await getProfile({ client })
assert.equal(missing.response?.status, 404)

// With a file the request is a form, in which numbers are texts, and null is empty.
const fields = {
  Gender: 'Female',
  Date_of_Birth: '1998-04-12',
  Height: 165,
  Weight: null,
  Location: 'Kochi',
  Bio: 'Books, rain & “long walks”.',
}
const noPicture = await createProfile({ client, body: { ...fields, Profile_img: new Blob(['no picture']) } })
assert.deepEqual([noPicture.response?.status, noPicture.data], [400, undefined])
await createProfile({ client, body: { ...fields, Profile_img: picture }, throwOnError: true })
const twice = await createProfile({ client, body: { ...fields, Profile_img: picture } })
assert.equal(twice.response?.status, 409)
await createProfile({
  client: arun.client,
  body: { Gender: 'Male', Date_of_Birth: '1995-02-01', Profile_img: picture },
  throwOnError: true,
})

const profile = await getProfile({ client, throwOnError: true })
assert.deepEqual([profile.data.Height, profile.data.Weight, profile.data.Bio], [165, null, fields.Bio])
const image = await fetch(profile.data.Profile_img_url)
assert.deepEqual([image.status, image.headers.get('Content-Type')], [200, 'image/png'])

// Without one it is JSON.
const patched = await patchProfile({ client, body: { Height: null, Weight: 58 }, throwOnError: true })
assert.deepEqual([patched.data.Height, patched.data.Weight, patched.data.Profile_img], [null, 58, profile.data.Profile_img])
const replaced = await patchProfile({ client, body: { Profile_img: picture, Height: 166, Weight: 59 }, throwOnError: true })
assert.notEqual(replaced.data.Profile_img, profile.data.Profile_img)
assert.deepEqual([replaced.data.Height, replaced.data.Weight], [166, 59])

const preference = {
  Age: [25, 40],
  Height: [160, 190],
  Weight: [50, 90],
  Religion: ['Hindu'],
  Location: ['Kochi'],
} satisfies CreatePreferenceData['body']
for (const one of [anjali, arun]) await createPreference({ client: one.client, body: preference, throwOnError: true })
const score = await scoreMatch({ client, query: { user1_id: anjali.id, user2_id: arun.id }, throwOnError: true })
assert.deepEqual([score.data.user1, score.data.user2], [anjali.username, arun.username])
assert.equal(score.data.status, score.data.match_score >= 70 ? 'accepted' : 'pending')
const matches = await listBestMatches({ client, throwOnError: true })
assert.equal(
  matches.data.some(({ user2_id }) => user2_id === arun.id),
  score.data.match_score > 0,
)
const profiles = await listProfiles({ client, query: { page: '1' }, throwOnError: true })
assert.ok(profiles.data.count >= 2)

// Messages need a subscription, which staff gives.
const unpaid = await sendMessage({ client, body: { receiver_id: arun.id, content: 'Hello' } })
assert.deepEqual([unpaid.response?.status, unpaid.error], [403, { error: 'You need a subscription to send messages.' }])
const received = await listReceivedMessages({ client: arun.client, throwOnError: true })
assert.deepEqual(received.data, [])
const conversation = await listConversation({ client, path: { user_id: arun.id }, query: { limit: 5 }, throwOnError: true })
assert.deepEqual(conversation.data, [])

await blockUser({ client: arun.client, path: { user_id: anjali.id }, throwOnError: true })
const withoutArun = await listBestMatches({ client, throwOnError: true })
assert.ok(!withoutArun.data.some(({ user2_id }) => user2_id === arun.id))
const blockedScore = await scoreMatch({ client, query: { user1_id: anjali.id, user2_id: arun.id } })
assert.equal(blockedScore.response?.status, 404)

await logOut({ client, throwOnError: true })
assert.equal((await getProfile({ client })).response?.status, 401)
client.setToken(null)
