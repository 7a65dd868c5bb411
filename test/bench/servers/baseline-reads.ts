import { LISTED_FRIEND_STATUSES } from '../../../src/model/friend.ts'
import { NAME_PREFIX_MAX } from '../../../src/model/profile.ts'
import { isoDay, isoTime } from '../../../src/model/time.ts'
import { findFriendships } from '../../../src/store/friends.ts'
import { findPlans } from '../../../src/store/plans.ts'
import { findPracticeSessions } from '../../../src/store/practice-sessions.ts'
import { findFacilityProfile, findMeetupProfile, findPeople, findPracticeProfile } from '../../../src/store/profiles.ts'
import { findRecoveryProfile } from '../../../src/store/recovery-profiles.ts'
import { type Baseline, type Claimed, json, text, textOrNull } from './baseline-request.ts'
import { accountOf, checkedStatementsOf } from './checked-statements.ts'

const practiceProfile = checkedStatementsOf({}, (store, id) => findPracticeProfile(store, id, { id, isStaff: false }))

export const mindharmonyMe: Baseline<Claimed> = async ({ env, caller }) => {
  const {
    results: [[row = []] = []],
  } = await practiceProfile(env.DB, caller, {})
  const { id, username, email, profilePicture, createdAt } = accountOf(row)
  return json({ user: { id, username, email }, bio: text(row[18]), profile_picture: profilePicture, created_at: isoTime(createdAt) })
}

const facilityProfile = checkedStatementsOf({}, (store, id) => findFacilityProfile(store, id))

export const facilityMe: Baseline<Claimed> = async ({ env, caller }) => {
  const {
    bearer,
    results: [[row = []] = []],
  } = await facilityProfile(env.DB, caller, {})
  const { id, username, firstName, lastName, profilePicture } = bearer
  const [, displayName, facilityId, consent, theme = 'light', textSize = 'txt-base'] = row
  const user = { id, username, firstName, lastName, display_name: text(displayName), facility_id: text(facilityId) }
  const preferences = { theme, text_size: textSize }
  return json({ data: { user: { ...user, profile_picture: profilePicture ?? '', consent: consent === 1, preferences } } })
}

const noStatement = checkedStatementsOf({}, async () => undefined)

export const matrimonyMe: Baseline<Claimed> = async ({ env, caller }) => {
  const { bearer } = await noStatement(env.DB, caller, {})
  return json({
    user_id: bearer.id,
    date_joined: isoTime(bearer.createdAt),
    username: bearer.username,
    password: '********',
    email: bearer.email,
    phone_number: bearer.phoneNumber,
    first_name: bearer.firstName,
    last_name: bearer.lastName,
    joined_date: isoDay(bearer.createdAt),
    last_login: isoDay(bearer.lastLoginAt ?? bearer.createdAt),
    created_on: isoDay(bearer.createdAt),
    updated_on: isoDay(bearer.updatedAt),
    is_active: bearer.isActive,
    is_superuser: bearer.isSuperuser,
    is_staff: bearer.isStaff,
    is_admin: bearer.isAdmin,
    role: bearer.isAdmin ? 'admin' : bearer.isSuspended ? 'suspended' : 'user',
    subscription_plan: bearer.subscriptionPlanId,
    groups: [],
    user_permissions: [],
  })
}

const recoveryProfile = checkedStatementsOf({}, (store, id) => findRecoveryProfile(store, id))

export const recoveryMe: Baseline<Claimed> = async ({ env, url, caller }) => {
  const requestedId = Number(url.pathname.split('/')[4])
  if (requestedId !== caller.accountId) return json({ error: 'User not found' }, 404)
  const {
    results: [[row = []] = []],
  } = await recoveryProfile(env.DB, caller, {})
  const [id, username, age, location, militaryStatus, ptsdLevel, music, therapist, scenario] = row
  return json({
    id,
    user: id,
    username,
    age,
    location,
    military_status: militaryStatus === 1,
    ptsd_level: ptsdLevel,
    music,
    therapist_contact: therapist,
    scenario,
  })
}

const meetupProfile = checkedStatementsOf({}, (store, id) => findMeetupProfile(store, id))

export const meetupsMe: Baseline<Claimed> = async ({ env, caller }) => {
  const {
    bearer,
    results: [[row = []] = []],
  } = await meetupProfile(env.DB, caller, {})
  return json({
    id: bearer.objectId,
    username: bearer.username,
    email: bearer.email,
    first_name: bearer.firstName,
    last_name: bearer.lastName,
    date_of_birth: textOrNull(row[1]),
    bio: text(row[2]),
    date_joined: isoTime(bearer.createdAt),
  })
}

const LIST_MARKERS = { limit: 900_002 }

/** One extra row shows whether there is a next page. The link to it has the same form as Concord's. */
const page = (url: URL, rows: readonly (readonly unknown[])[], cursorOf: (last: readonly unknown[]) => unknown) => {
  const limit = Number(url.searchParams.get('limit') ?? 1000)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const headers = new Headers({ 'Content-Type': 'application/json' })
  if (rows.length > limit && last) {
    const next = new URL(url)
    next.searchParams.set('cursor', btoa(encodeURIComponent(JSON.stringify(cursorOf(last)))).replaceAll('=', ''))
    headers.set('Link', `<${next.href}>; rel="next"`)
  }
  return { items, headers }
}

const limitOf = (url: URL): number => Number(url.searchParams.get('limit') ?? 1000) + 1

const sessionList = checkedStatementsOf(LIST_MARKERS, (store, id, { limit }) => findPracticeSessions(store, id, null, limit))

export const practiceSessions: Baseline<Claimed> = async ({ env, url, caller }) => {
  const {
    results: [rows = []],
  } = await sessionList(env.DB, caller, { limit: limitOf(url) })
  const { items, headers } = page(url, rows, ([id, , date]) => ({ date, id }))
  return new Response(JSON.stringify(items.map(([id, name, date, duration]) => ({ id, name, date, duration }))), { headers })
}

const planList = checkedStatementsOf(LIST_MARKERS, (store, id, { limit }) =>
  findPlans(store, { accountId: id, scope: 'all', after: { start: 0, id: '' }, until: null, limit }),
)

export const plans: Baseline<Claimed> = async ({ env, url, caller }) => {
  const {
    results: [rows = []],
  } = await planList(env.DB, caller, { limit: limitOf(url) })
  const { items, headers } = page(url, rows, ([id, , , , , start]) => ({ start: start ?? 0, id }))
  const wire = items.map(([_id, , title, description, location, start, end, , , , creator]) => ({
    _id,
    title,
    description,
    location: JSON.parse(text(location)),
    ...(start !== null && { start_time: isoTime(Number(start)) }),
    end_time: isoTime(Number(end)),
    created_by: creator,
  }))
  return new Response(JSON.stringify(wire), { headers })
}

const friendList = checkedStatementsOf(LIST_MARKERS, (store, id, { limit }) =>
  findFriendships(store, id, { after: '', limit }, LISTED_FRIEND_STATUSES),
)

export const friends: Baseline<Claimed> = async ({ env, url, caller }) => {
  const {
    bearer,
    results: [rows = []],
  } = await friendList(env.DB, caller, { limit: limitOf(url) })
  const { items, headers } = page(url, rows, ([id]) => id)
  const friends: object[] = []
  const incoming_requests: object[] = []
  const outgoing_requests: object[] = []
  for (const [requestId, id, username, status, isSender] of items) {
    if (status === 'accepted') friends.push({ id, username, request_id: requestId })
    else (isSender === 1 ? outgoing_requests : incoming_requests).push({ id, request_id: requestId, username, status })
  }
  return new Response(JSON.stringify({ current_user_id: bearer.objectId, friends, incoming_requests, outgoing_requests }), { headers })
}

const peopleList = checkedStatementsOf(LIST_MARKERS, (store, id, { limit }) =>
  findPeople(store, { readerId: id, after: 0, limit, search: '' }, NAME_PREFIX_MAX),
)

export const people: Baseline<Claimed> = async ({ env, url, caller }) => {
  const {
    results: [rows = []],
  } = await peopleList(env.DB, caller, { limit: limitOf(url) })
  const { items, headers } = page(url, rows, ([id]) => id)
  const wire = items.map(([, id, username, first_name, last_name, bio]) => ({ id, username, first_name, last_name, bio }))
  return new Response(JSON.stringify(wire), { headers })
}
