import type { MemberContext } from '../../domain/context.ts'
import { Failure } from '../../domain/failures.ts'
import { answerRequest } from '../../domain/friends/answer-request.ts'
import { askFriend } from '../../domain/friends/ask-friend.ts'
import { addPlan } from '../../domain/plans/add-plan.ts'
import { addRsvp } from '../../domain/rsvps/add-rsvp.ts'
import type { Cast } from './people.ts'

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR

/** Rachel and Ross are not friends yet: whoever tries the examples of the document makes them so. */
const FRIENDS: readonly (readonly [string, string])[] = [
  ['rachel.green', 'monica.geller'],
  ['phoebe.buffay', 'rachel.green'],
  ['ross.geller', 'chandler.bing'],
  ['chandler.bing', 'joey.tribbiani'],
]
const ASKED: readonly (readonly [string, string])[] = [['joey.tribbiani', 'rachel.green']]

interface SeedPlan {
  readonly by: string
  readonly title: string
  readonly description: string
  readonly inDays: number
  readonly visibility: 'public' | 'friends' | 'private'
  readonly capacity: number | null
  readonly answers: readonly string[]
}

const PLANS: readonly SeedPlan[] = [
  {
    by: 'ross.geller',
    title: 'Museum of natural history',
    description: 'A tour of the dinosaurs.',
    inDays: 3,
    visibility: 'public',
    capacity: null,
    answers: ['chandler.bing', 'rachel.green'],
  },
  {
    by: 'chandler.bing',
    title: 'Game Night',
    description: 'Lots of fun and laughters with friends.',
    inDays: 5,
    visibility: 'public',
    capacity: 4,
    answers: ['joey.tribbiani', 'monica.geller'],
  },
  {
    by: 'monica.geller',
    title: 'Dinner',
    description: 'Five courses. Be on time.',
    inDays: 7,
    visibility: 'friends',
    capacity: 6,
    answers: ['rachel.green'],
  },
  { by: 'rachel.green', title: 'Shopping', description: '', inDays: 1, visibility: 'private', capacity: null, answers: [] },
]

const LOCATION = { address1: '90 Bedford St', city: 'New York', state: 'NY', zipcode: '10014' }

const must = <T>(outcome: T | Failure): T => {
  if (outcome instanceof Failure) throw new Error(`the seed was refused: ${outcome.code}`)
  return outcome
}

const befriend = async (from: MemberContext, to: MemberContext, accept: boolean): Promise<void> => {
  const { id } = must(await askFriend(from, to.actor.account.objectId))
  if (accept) must(await answerRequest(to, { id, status: 'accepted' }))
}

/** Only for a whole cast: a second run finds everybody there, and their plans with them. */
export const seedMeetups = async (cast: Cast): Promise<string> => {
  const member = (name: string): MemberContext | undefined => cast.get(name)
  for (const [accept, pairs] of [
    [true, FRIENDS],
    [false, ASKED],
  ] as const) {
    for (const [one, other] of pairs) {
      const [from, to] = [member(one), member(other)]
      if (from && to) await befriend(from, to, accept)
    }
  }
  let made = 0
  for (const { by, inDays, answers, ...entry } of PLANS) {
    const creator = member(by)
    if (!creator) continue
    const startTime = Math.ceil(creator.now() / HOUR) * HOUR + inDays * DAY
    const plan = must(await addPlan(creator, { ...entry, location: LOCATION, startTime, endTime: startTime + 3 * HOUR }))
    made++
    for (const name of answers) {
      const guest = member(name)
      if (guest) must(await addRsvp(guest, { planId: plan.id }))
    }
  }
  return `${made} plans, with friends who come`
}
