import { subscription } from '../models/matrimony.ts'
import { type ContractAnswers, question, SOME_DAY, shownText, wireTime } from './contract.ts'
import { ANY, Rows } from './expected.ts'
import type { Facts, Person } from './facts.ts'
import { COLLECT_MESSAGES, messageQuestions, NOTIFICATIONS, notificationQuestions } from './matrimony-messages.ts'
import { COLLECT_PROFILES, preferenceQuestion, profileQuestions } from './matrimony-profiles.ts'

/** matrimony: the user, the profile, the preference, messages, notifications and subscription plans. */

const dayOf = (time: unknown): string => wireTime(time).slice(0, 'YYYY-MM-DD'.length)

const userOf = ({ number, name, fields, phoneNumber, flags, isActive }: Person, facts: Facts) => {
  const joined = dayOf(fields.date_joined)
  const isSuspended = fields.role === 'suspended' && !isActive
  return {
    user_id: number,
    date_joined: wireTime(fields.date_joined),
    username: name,
    password: '********',
    email: shownText(fields.email).trim(),
    phone_number: phoneNumber,
    first_name: shownText(fields.first_name),
    last_name: shownText(fields.last_name),
    joined_date: joined,
    // The column of the original has the day of the last change.
    last_login: joined,
    created_on: joined,
    updated_on: SOME_DAY,
    is_active: isActive,
    is_superuser: flags.includes('superuser'),
    is_staff: flags.includes('staff'),
    is_admin: flags.includes('admin'),
    role: flags.includes('admin') ? 'admin' : isSuspended ? 'suspended' : 'user',
    subscription_plan: facts.idOf(subscription, fields.subscription_plan),
    groups: [],
    user_permissions: [],
  }
}

const PLAN_TYPES = ['basic', 'premium', 'platinum']

/** The newest version writes the types with a capital letter. */
const planType = (type: unknown): string => PLAN_TYPES.find((known) => known === shownText(type).toLowerCase()) ?? shownText(type)

const DURATION = /^(\d+) (day|month|year)s?$/

/** The newest version has a duration instead of dates: `3 months`, `10 days`. */
const endOf = (start: Date, duration: string): string => {
  const [, count = '', unit] = DURATION.exec(duration.trim().toLowerCase()) ?? []
  const [years, months, days] = unit === 'year' ? [Number(count), 0, 0] : unit === 'month' ? [0, Number(count), 0] : [0, 0, Number(count)]
  return dayOf(Date.UTC(start.getUTCFullYear() + years, start.getUTCMonth() + months, start.getUTCDate() + days, start.getUTCHours()))
}

const planDates = (fields: Person['fields']) => {
  const { created_on: created, duration } = fields
  if (typeof duration !== 'string' || !(created instanceof Date)) {
    return { start_date: shownText(fields.start_date), end_date: shownText(fields.end_date), status: shownText(fields.status) }
  }
  return { start_date: dayOf(created), end_date: endOf(created, duration), status: fields.is_active === true ? 'active' : 'expired' }
}

const planRows = (facts: Facts): Rows =>
  new Rows(
    'subscription',
    'subscription_id',
    facts.all('subscription').map(({ id, fields }) => ({
      id,
      row: {
        subscription_id: Number(id),
        plan_type: planType(fields.plan_type),
        ...planDates(fields),
        created_on: wireTime(fields.created_on),
        updated_on: wireTime(fields.updated_on),
      },
    })),
  )

export const MATRIMONY: ContractAnswers = {
  collect: {
    [subscription.name]: ({ record: { fields }, target }, facts) => facts.add('subscription', target, null, fields),
    ...COLLECT_PROFILES,
    ...COLLECT_MESSAGES,
  },
  questions: (person, facts) => [
    question('/users/byId/', userOf(person, facts)),
    ...profileQuestions(person, facts),
    preferenceQuestion(person, facts),
    ...messageQuestions(person, facts),
    ...notificationQuestions(person, facts.of(person, NOTIFICATIONS)),
  ],
  shared: (facts) => [question('/subscription/list', { count: ANY, next: ANY, previous: null, results: planRows(facts) })],
  closed: { status: 400, body: { detail: 'User inactive or deleted.' } },
}
