import { dismissal, friend, meetupProfile, plan, rsvp } from '../models/meetups.ts'
import type { Value } from '../models/values.ts'
import { timeIn } from '../rows/client-times.ts'
import { type ContractAnswers, type Question, question, shownText, wireTime } from './contract.ts'
import { type Expected, type ExpectedRow, Rows } from './expected.ts'
import type { Fact, Facts, Person } from './facts.ts'

/** meetups: the profile, friends, plans and RSVPs. All have the ids of the former server. */

const ID = /^[0-9a-f]{24}$/

/** A dump with natural keys contains no ids, so no id can be expected. */
const idOf = ({ key }: Person): string | RegExp => (ID.test(key) ? key : ID)

const publicOf = (person: Person, bio: string) => ({
  id: idOf(person),
  username: person.name,
  first_name: shownText(person.fields.first_name),
  last_name: shownText(person.fields.last_name),
  bio,
})

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1)

const isDocument = (value: Value | undefined): value is { readonly [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

const line = (value: Value | undefined): string => (typeof value === 'number' ? `${value}` : shownText(value))

/** A numeric column has lost the zeros with which zip codes begin. */
const zipcodeOf = (value: Value | undefined): string =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? `${value}`.padStart(5, '0') : line(value)

const locationOf = (value: Value | undefined): Expected => {
  if (!isDocument(value)) return { address1: line(value), city: '', state: '', zipcode: '' }
  const { name = null, address1, address2 = null, city, state, zipcode } = value
  return {
    ...(name !== null && { name: line(name) }),
    address1: line(address1),
    ...(address2 !== null && { address2: line(address2) }),
    city: line(city),
    state: line(state),
    zipcode: zipcodeOf(zipcode),
  }
}

const planRow = ({ id, fields }: Fact, creator: Person): ExpectedRow => {
  const start = timeIn(fields.start_time).time
  return {
    id,
    row: {
      _id: id,
      title: line(fields.title),
      description: line(fields.description),
      location: locationOf(fields.location),
      ...(start !== null && { start_time: wireTime(start) }),
      end_time: wireTime(timeIn(fields.end_time).time),
      created_by: idOf(creator),
    },
  }
}

const MILLISECONDS = 1000

/** An ObjectId begins with its seconds. */
const createdAt = (id: string): number => Number.parseInt(id.slice(0, 8), 16) * MILLISECONDS

const rsvpRow = ({ id, fields }: Fact, person: Person): ExpectedRow => ({
  id,
  row: {
    _id: id,
    plan_id: line(fields.plan_id).toLowerCase(),
    user_id: idOf(person),
    created_at: wireTime(timeIn(fields.created_at).time ?? createdAt(id)),
  },
})

const rsvpsOf = (facts: readonly Fact[], personOf: (fact: Fact) => Person | null): Rows => {
  const rows = facts.flatMap((fact) => {
    const person = personOf(fact)
    return person ? [rsvpRow(fact, person)] : []
  })
  return new Rows('rsvp', '_id', rows.sort(byId))
}

/** Closed accounts are in no list. */
const activePerson = (facts: Facts, reference: Value | undefined): Person | null => {
  const person = facts.person(reference)
  return person?.isActive ? person : null
}

const friendsOf = (person: Person, facts: Facts): Expected => {
  const all = facts.of(person, 'friend').flatMap(({ id, fields }) => {
    const other = activePerson(facts, fields.other)
    return other ? [{ id, other, status: line(fields.status), isSent: fields.isSent === true }] : []
  })
  const rowsOf = (list: typeof all, more: (status: string) => { readonly [key: string]: Expected }): Rows =>
    new Rows(
      'friend',
      'request_id',
      list
        .map(({ id, other, status }) => ({ id, row: { id: idOf(other), request_id: id, username: other.name, ...more(status) } }))
        .sort(byId),
    )
  const pending = all.filter(({ status }) => status === 'pending')
  return {
    current_user_id: idOf(person),
    friends: rowsOf(
      all.filter(({ status }) => status === 'accepted'),
      () => ({}),
    ),
    incoming_requests: rowsOf(
      pending.filter(({ isSent }) => !isSent),
      (status) => ({ status }),
    ),
    outgoing_requests: rowsOf(
      pending.filter(({ isSent }) => isSent),
      (status) => ({ status }),
    ),
  }
}

const plansOf = (facts: Facts, plans: readonly Fact[]): Rows => {
  const rows = plans.flatMap((fact) => {
    const creator = activePerson(facts, fact.fields.created_by)
    return creator ? [planRow(fact, creator)] : []
  })
  return new Rows('plan', '_id', rows.sort(byId))
}

/** One plan, which its creator and everyone else may see. */
const planQuestion = (facts: Facts, reference: Value | undefined): Question[] => {
  const found = facts.linked(plan, reference)
  if (!found) return []
  const path = `/api/plans/${found.keyText}`
  const creator = activePerson(facts, found.fields.created_by)
  if (!creator) return [question('/api/plans/{plan_id}', { error: 'Plan not found' }, { path, status: 404 })]
  const { row } = planRow({ id: found.keyText, fields: found.fields }, creator)
  return [question('/api/plans/{plan_id}', { ...row, data: row }, { path })]
}

export const MEETUPS: ContractAnswers = {
  collect: {
    [meetupProfile.name]: ({ record: { keyText, fields } }, facts) => facts.add('profile', keyText, fields.user, fields),
    [friend.name]: ({ record: { keyText, fields } }, facts) => {
      const { sender = null, receiver = null, status = '' } = fields
      facts.add('friend', keyText, sender, { other: receiver, status, isSent: true })
      facts.add('friend', keyText, receiver, { other: sender, status, isSent: false })
    },
    [plan.name]: ({ record: { keyText, fields } }, facts) => facts.add('plan', keyText, fields.created_by, fields),
    [rsvp.name]: ({ record: { keyText, fields } }, facts) => {
      facts.add('rsvp', keyText, fields.user_id, fields)
      const found = facts.linked(plan, fields.plan_id)
      if (found) facts.add('rsvp of the plan', `${found.keyText} ${keyText}`, found.fields.created_by, fields)
    },
    [dismissal.name]: ({ record: { fields } }, facts) => {
      const found = facts.linked(plan, fields.plan_id)
      if (found) facts.add('dismissal', found.keyText, fields.user_id, found.fields)
    },
  },
  questions: (person, facts) => {
    const [profile] = facts.of(person, 'profile')
    const bio = shownText(profile?.fields.bio)
    const born = profile?.fields.date_of_birth ?? null
    const dismissed = facts.of(person, 'dismissal')
    const ids = new Set(dismissed.map(({ id }) => id))
    const plans = facts.of(person, 'plan')
    const answered = facts.of(person, 'rsvp of the plan')
    const own = {
      id: idOf(person),
      username: person.name,
      email: shownText(person.fields.email).trim(),
      first_name: shownText(person.fields.first_name),
      last_name: shownText(person.fields.last_name),
      date_of_birth: typeof born === 'string' ? born : null,
      bio,
      date_joined: wireTime(person.fields.date_joined),
    }
    const rsvps = facts.of(person, 'rsvp')
    const rsvpsOfPlan = (id: string): Question => {
      const ofPlan = answered.flatMap((fact) => {
        const [planId, rsvpId = ''] = fact.id.split(' ')
        return planId === id ? [{ id: rsvpId, fields: fact.fields }] : []
      })
      const body = { data: rsvpsOf(ofPlan, ({ fields }) => activePerson(facts, fields.user_id)) }
      return question('/api/rsvp/plan/{plan_id}', body, { path: `/api/rsvp/plan/${id}` })
    }
    return [
      question('/api/profile/', own),
      question('/api/friends/', friendsOf(person, facts)),
      question(
        '/api/plans?friends=false',
        plansOf(
          facts,
          plans.filter(({ id }) => !ids.has(id)),
        ),
      ),
      question('/api/plans/dismissed', plansOf(facts, dismissed)),
      question('/api/rsvp/user', { data: rsvpsOf(rsvps, () => person) }),
      ...rsvps.flatMap(({ fields }) => planQuestion(facts, fields.plan_id)),
      ...plans.map(({ id }) => rsvpsOfPlan(id)),
      ...(ID.test(person.key) ? [question('/api/users/{user_id}/', publicOf(person, bio), { path: `/api/users/${person.key}/` })] : []),
    ]
  },
  shared: () => [],
  closed: { status: 401, body: { detail: 'User is inactive', code: 'user_inactive' } },
}
