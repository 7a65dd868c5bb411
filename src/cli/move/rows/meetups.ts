import { FRIEND_STATUSES, type FriendStatus } from '../../../model/friend.ts'
import { isObjectId } from '../../../model/object-id.ts'
import type { PlanLocation } from '../../../model/plan.ts'
import { SECOND } from '../../../model/time.ts'
import { dismissal, friend, meetupProfile, plan, rsvp } from '../models/meetups.ts'
import type { Value } from '../models/values.ts'
import { targetTable } from '../target/table.ts'
import { timeIn } from './client-times.ts'
import { documentPhase, flag, NO_ACCOUNT, phaseOf, row, stays, textFrom } from './placing.ts'

/** meetups: profiles, friends, plans and RSVPs. Plans and RSVPs are whatever JSON a client sent last. */

const profiles = phaseOf(meetupProfile, targetTable('meetup_profiles'), {
  place: ({ fields: { user, date_of_birth: born, bio } }, around) => {
    const account = around.account(user)
    if (account === null) return stays(NO_ACCOUNT)
    if (!around.claim('meetup profile', `${account}`)) return stays('the account has another profile, which is older')
    return row(`${account}`, { account_id: account, date_of_birth: born, bio: textFrom(bio) })
  },
})

/** An ObjectId begins with its seconds. */
const createdAt = (id: string): number => Number.parseInt(id.slice(0, 8), 16) * SECOND

const NO_OBJECT_ID = 'its id is no ObjectId, so no client can name it'

const isStatus = (status: string): status is FriendStatus => FRIEND_STATUSES.some((known) => known === status)

/** Friends before requests, requests before refusals, and of two alike the older one. */
const RANKS: Readonly<Record<FriendStatus, number>> = { accepted: 0, pending: 1, rejected: 2 }

const friends = phaseOf(friend, targetTable('friend_records'), {
  sort: ({ key, fields: { status } }) => `${isStatus(status) ? RANKS[status] : 3} ${key}`,
  place: ({ keyText: id, fields: { sender, receiver, status, created_at: created, updated_at: updated } }, around) => {
    const [from, to] = [around.account(sender), around.account(receiver)]
    if (from === null || to === null) return stays('one of the two has no account, or one that is not imported')
    if (from === to) return stays('both are the same person')
    if (!isStatus(status)) return stays('a status that the contract does not have')
    if (!isObjectId(id)) return stays(NO_OBJECT_ID)
    const pair = `${Math.min(from, to)} ${Math.max(from, to)}`
    if (!around.claim('friends', pair)) return stays('the two have another record, and the contract has one for each pair')
    return row(id, {
      id,
      sender_id: from,
      receiver_id: to,
      status,
      created_at: created.getTime(),
      updated_at: updated.getTime(),
    })
  },
})

const isDocument = (value: Value | undefined): value is { readonly [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

const textIn = (value: Value | undefined): string =>
  typeof value === 'string' ? textFrom(value) : typeof value === 'number' ? `${value}` : ''

const ZIPCODE_DIGITS = 5

/** A numeric column has lost the leading zeros, with which the zip codes of New England begin. */
const zipcodeOf = (value: Value | undefined): string =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? `${value}`.padStart(ZIPCODE_DIGITS, '0') : textIn(value)

const PARTS = ['address1', 'city', 'state', 'zipcode']

const locationOf = (value: Value | undefined): { readonly location: PlanLocation; readonly note: string | null } => {
  if (!isDocument(value)) {
    const location = { address1: textIn(value), city: '', state: '', zipcode: '' }
    return { location, note: 'its location is a single text: it becomes the first line of the address' }
  }
  const { name, address1, address2, city, state, zipcode } = value
  return {
    location: {
      ...(name !== undefined && name !== null && { name: textIn(name) }),
      address1: textIn(address1),
      ...(address2 !== undefined && address2 !== null && { address2: textIn(address2) }),
      city: textIn(city),
      state: textIn(state),
      zipcode: zipcodeOf(zipcode),
    },
    note: PARTS.every((part) => textIn(value[part]) !== '') ? null : 'its location lacks parts: they are empty',
  }
}

const KNOWN = new Set(['title', 'description', 'location', 'start_time', 'end_time', 'created_by', 'created_at'])

const TITLE_MAX = 200

const planRows = documentPhase(plan, targetTable('plans'), ({ keyText: id, fields }, around) => {
  if (!isObjectId(id)) return stays(NO_OBJECT_ID)
  const creator = around.account(fields.created_by)
  if (creator === null) return stays('its creator has no account, or one that is not imported')
  const start = timeIn(fields.start_time)
  const end = timeIn(fields.end_time)
  if (end.time === null) return stays('it has no end that can be read')
  if (start.time !== null && start.time >= end.time) return stays('it ends before it begins')
  const { location, note } = locationOf(fields.location)
  const title = textIn(fields.title)
  const hasOther = Object.keys(fields).some((name) => !KNOWN.has(name))
  return row(
    id,
    {
      id,
      creator_id: creator,
      title,
      description: textIn(fields.description),
      location: JSON.stringify(location),
      start_time: start.time,
      end_time: end.time,
      visibility: 'public',
      capacity: null,
      sequence: 0,
      created_at: createdAt(id),
      updated_at: createdAt(id),
      is_listed: flag(around.isActive(fields.created_by)),
    },
    {
      notes: [
        note,
        start.time === null && fields.start_time !== undefined && fields.start_time !== null
          ? 'its beginning cannot be read: it has none'
          : null,
        start.note ?? end.note,
        title.length > TITLE_MAX ? 'its title is longer than the contract accepts; it is imported unchanged' : null,
        hasOther ? 'it has fields that the contract does not have' : null,
      ],
    },
  )
})

const RSVP_FIELDS = new Set(['plan_id', 'user_id', 'created_at'])

const rsvpRows = documentPhase(rsvp, targetTable('rsvps'), ({ keyText: id, fields }, around) => {
  if (!isObjectId(id)) return stays(NO_OBJECT_ID)
  const account = around.account(fields.user_id)
  if (account === null) return stays(NO_ACCOUNT)
  const planId = around.moved(plan.name, fields.plan_id)
  if (planId === null) return stays('its plan is gone, or is not imported')
  if (!around.claim('rsvp', `${planId} ${account}`)) return stays('the person has answered to this plan before')
  const created = timeIn(fields.created_at)
  return row(
    id,
    { id, plan_id: planId, account_id: account, created_at: created.time ?? createdAt(id) },
    { notes: [Object.keys(fields).some((name) => !RSVP_FIELDS.has(name)) ? 'it has fields that the contract does not have' : null] },
  )
})

const dismissals = documentPhase(
  dismissal,
  targetTable('plan_dismissals', { key: ['account_id', 'plan_id'] }),
  ({ keyText: id, fields }, around) => {
    const account = around.account(fields.user_id)
    if (account === null) return stays(NO_ACCOUNT)
    const planId = around.moved(plan.name, fields.plan_id)
    if (planId === null) return stays('its plan is gone, or is not imported')
    if (!around.claim('dismissal', `${planId} ${account}`)) return stays('the person has dismissed this plan before')
    const at = isObjectId(id) ? createdAt(id) : around.now
    return row(`${account} ${planId}`, { account_id: account, plan_id: planId, created_at: at })
  },
)

export const MEETUPS_PHASES = [profiles, friends, planRows, rsvpRows, dismissals]
