import type { MemberContext } from '../../domain/access.ts'
import { answerRequest, requestFriendship } from '../../domain/friends.ts'
import { addPlan } from '../../domain/plans.ts'
import { addRsvp } from '../../domain/rsvps.ts'
import { Failure } from '../../model/result.ts'
import { DAY, HOUR } from '../../model/time.ts'
import type { SeedMembers } from './people.ts'

/** Rachel and Ross are not friends yet, so that a reader can try the examples of the OpenAPI document. */
const FRIENDS: readonly (readonly [string, string])[] = [
  ['rachel.green', 'monica.geller'],
  ['phoebe.buffay', 'rachel.green'],
  ['ross.geller', 'chandler.bing'],
  ['chandler.bing', 'joey.tribbiani'],
]
const PENDING_REQUESTS: readonly (readonly [string, string])[] = [['joey.tribbiani', 'rachel.green']]

interface SeedPlan {
  readonly creator: string
  readonly title: string
  readonly description: string
  readonly inDays: number
  readonly visibility: 'public' | 'friends' | 'private'
  readonly capacity: number | null
  readonly guests: readonly string[]
}

const PLANS: readonly SeedPlan[] = [
  {
    creator: 'ross.geller',
    title: 'Museum of natural history',
    description: 'A tour of the dinosaurs.',
    inDays: 3,
    visibility: 'public',
    capacity: null,
    guests: ['chandler.bing', 'rachel.green'],
  },
  {
    creator: 'chandler.bing',
    title: 'Game Night',
    description: 'Lots of fun and laughters with friends.',
    inDays: 5,
    visibility: 'public',
    capacity: 4,
    guests: ['joey.tribbiani', 'monica.geller'],
  },
  {
    creator: 'monica.geller',
    title: 'Dinner',
    description: 'Five courses. Be on time.',
    inDays: 7,
    visibility: 'friends',
    capacity: 6,
    guests: ['rachel.green'],
  },
  { creator: 'rachel.green', title: 'Shopping', description: '', inDays: 1, visibility: 'private', capacity: null, guests: [] },
]

const LOCATION = { address1: '90 Bedford St', city: 'New York', state: 'NY', zipcode: '10014' }

const must = <T>(outcome: T | Failure): T => {
  if (outcome instanceof Failure) throw new Error(`seeding failed: ${outcome.code}`)
  return outcome
}

const befriend = async (from: MemberContext, to: MemberContext, accept: boolean): Promise<void> => {
  const { id } = must(await requestFriendship(from, (await to.actor.load()).objectId))
  if (accept) must(await answerRequest(to, { id, status: 'accepted' }))
}

/** Adds friendships, plans and RSVPs for the accounts that this run created. On a second run all of these exist already. */
export const seedMeetups = async (members: SeedMembers): Promise<string> => {
  const member = (name: string): MemberContext | undefined => members.get(name)
  for (const [accept, pairs] of [
    [true, FRIENDS],
    [false, PENDING_REQUESTS],
  ] as const) {
    for (const [one, other] of pairs) {
      const [from, to] = [member(one), member(other)]
      if (from && to) await befriend(from, to, accept)
    }
  }
  let created = 0
  for (const { creator: creatorName, inDays, guests, ...entry } of PLANS) {
    const creator = member(creatorName)
    if (!creator) continue
    const startTime = Math.ceil(creator.now() / HOUR) * HOUR + inDays * DAY
    const plan = must(await addPlan(creator, { ...entry, location: LOCATION, startTime, endTime: startTime + 3 * HOUR }))
    created++
    for (const name of guests) {
      const guest = member(name)
      if (guest) must(await addRsvp(guest, { planId: plan.id }))
    }
  }
  return `${created} plans, with friends and RSVPs`
}
