import type { PersonRef } from '../../../src/model/support.ts'
import type { Accepted } from './providers.ts'
import type { World } from './world.ts'

/** What must hold for the alarms when everything has come to rest: compared with what the providers really accepted. */

/** The step 1 of an alarm in a calm world is sent this soon. */
const CALM_ALARM_MS = 1000
/** No alarm joins one that is older. */
const JOIN_MS = 30_000

type Row = Readonly<Record<string, unknown>>

interface Delivery {
  readonly id: string
  readonly alarmId: string
  readonly purpose: string
  readonly step: number
  readonly channel: string
  readonly recipient: string
  readonly address: string
  readonly body: string
  readonly state: string
}

const rowsOf = (world: World, person: PersonRef, query: string): Row[] => world.dispatcher(person).storage.database.prepare(query).all()

const deliveriesOf = (world: World, person: PersonRef): Delivery[] =>
  rowsOf(world, person, 'SELECT * FROM deliveries ORDER BY number').map((row) => ({
    id: String(row.id),
    alarmId: String(row.alarm_id ?? ''),
    purpose: String(row.purpose),
    step: Number(row.step),
    channel: String(row.channel),
    recipient: String(row.recipient),
    address: String(row.address),
    body: String(row.body),
    state: String(row.state),
  }))

/** What the provider has of a message: its idempotency key, and for an SMS only the text, which has a reference of its own. */
const messageKeyOf = ({ id, channel, address, body }: Delivery): string => (channel === 'sms' ? `sms ${address} ${body}` : id)
const messageKey = ({ channel, to, text, key }: Accepted): string => (channel === 'sms' ? `sms ${to} ${text}` : (key ?? ''))

/** What the providers have done with each message. */
class Outcomes {
  readonly #accepted = new Map<string, Accepted[]>()
  readonly #attempted = new Map<string, Accepted[]>()

  constructor({ providers }: World) {
    for (const one of providers.accepted) this.#accepted.set(messageKey(one), [...(this.#accepted.get(messageKey(one)) ?? []), one])
    for (const one of providers.attempts) this.#attempted.set(messageKey(one), [...(this.#attempted.get(messageKey(one)) ?? []), one])
  }

  accepted(delivery: Delivery): number {
    return this.#accepted.get(messageKeyOf(delivery))?.length ?? 0
  }

  attempts(delivery: Delivery): readonly Accepted[] {
    return this.#attempted.get(messageKeyOf(delivery)) ?? []
  }
}

/** Every call for help that was answered has one alarm, and calls at the same time have the same one. */
const checkCalls = (world: World, person: PersonRef): void => {
  const alarms = rowsOf(world, person, 'SELECT * FROM alarms ORDER BY number')
  const known = new Set(alarms.map(({ id }) => id))
  for (const { answer, callId } of world.alarms.calls.filter((call) => call.person === person)) {
    if (answer && !('throttledFor' in answer) && !known.has(answer.alarmId)) world.fail(`the alarm of ${callId} is lost`)
  }
  const answered = new Set(world.alarms.calls.flatMap(({ answer }) => (answer && !('throttledFor' in answer) ? [answer.alarmId] : [])))
  for (const { id } of alarms) if (!answered.has(String(id))) world.fail(`alarm ${id} was triggered by a repeated call`)
  if (world.faults.kinds.has('clocks')) return
  for (const [index, alarm] of alarms.entries()) {
    const before = alarms[index - 1]
    const wasOpen = before && (before.acknowledged_at === null || Number(before.acknowledged_at) > Number(alarm.triggered_at))
    if (wasOpen && Number(alarm.triggered_at) - Number(before.triggered_at) < JOIN_MS)
      world.fail(`two alarms of ${person.username} at once`)
  }
}

/** No message of an alarm is unsent, or sent twice, or sent after the alarm was acknowledged. */
const checkMessages = (world: World, person: PersonRef, outcomes: Outcomes): void => {
  const open = rowsOf(world, person, 'SELECT count(*) AS count FROM due')[0]
  if (Number(open?.count) > 0) world.fail(`the alarms of ${person.username} still have work that is due, and nothing wakes their object up`)
  const alarms = new Map(rowsOf(world, person, 'SELECT * FROM alarms').map((row) => [String(row.id), row]))
  const acknowledgedAt = new Map<string, number>()
  for (const { alarmId, answer, answeredAt } of world.alarms.acknowledgements) {
    if (answer) acknowledgedAt.set(alarmId, Math.min(answeredAt, acknowledgedAt.get(alarmId) ?? Number.POSITIVE_INFINITY))
  }
  for (const delivery of deliveriesOf(world, person)) {
    const { id, purpose, channel, state, alarmId } = delivery
    if (state === 'pending') world.fail(`message ${id} is still to be sent`)
    const closed = alarms.get(alarmId)
    if (channel === 'desk' || channel === 'webhook') {
      // The person has read the reply meanwhile.
      const isClosed = purpose === 'reply' || (closed !== undefined && closed.status !== 'open')
      if (state !== 'sent' && !isClosed) world.fail(`the event ${id} for the ${channel} is ${state}`)
      continue
    }
    const times = outcomes.accepted(delivery)
    if (times > 1) world.fail(`message ${id} was sent ${times} times`)
    if (state === 'sent' && times === 0) world.fail(`message ${id} counts as sent, and no provider has accepted it`)
    if (state === 'failed' && !world.providers.refused.has(messageKeyOf(delivery))) world.fail(`message ${id} was given up`)
    // A message that was refused may have arrived before, with an attempt whose outcome is unknown.
    const isGivenUp = state === 'stopped' || (state === 'uncertain' && !world.providers.refused.has(messageKeyOf(delivery)))
    if (purpose === 'alarm' && isGivenUp && closed?.status === 'open') {
      world.fail(`message ${id} of an open alarm is ${state}`)
    }
    const late = outcomes.attempts(delivery).find(({ at }) => at > (acknowledgedAt.get(alarmId) ?? Number.POSITIVE_INFINITY))
    if (purpose === 'alarm' && late) world.fail(`message ${id} was sent after the alarm was acknowledged`)
  }
  for (const [id, { status, recipients, begins_at: beginsAt, triggered_at: triggeredAt }] of alarms) {
    if (status !== 'open') continue
    const people: unknown[] = JSON.parse(String(recipients))
    const sent = deliveriesOf(world, person).filter(
      (one) => one.alarmId === id && one.purpose === 'alarm' && one.step >= 1 && one.step <= 3,
    )
    const personal = sent.filter(({ channel }) => channel === 'email' || channel === 'sms')
    if (personal.length !== people.length * 3)
      world.fail(`alarm ${id} has ${personal.length} messages for ${people.length} people and 3 steps`)
    if (Number(beginsAt) < Number(triggeredAt)) world.fail(`alarm ${id} begins before it was triggered`)
  }
}

/** In a calm world, the first messages leave at once. */
const checkDelays = (world: World, person: PersonRef, outcomes: Outcomes): void => {
  if (!world.faults.isCalm) return
  for (const delivery of deliveriesOf(world, person)) {
    const call = world.alarms.calls.find(({ answer }) => answer && 'alarmId' in answer && answer.alarmId === delivery.alarmId)
    const [first] = outcomes.attempts(delivery)
    if (delivery.purpose !== 'alarm' || delivery.step !== 1 || !call || !first) continue
    const delay = first.at - call.startedAt
    if (delay > CALM_ALARM_MS)
      world.fail(`the first message of alarm ${delivery.alarmId} left after ${Math.round(delay)} ms, although nothing failed`)
  }
}

/** Exactly the recipients who may have been notified of a closed alarm get an all-clear, once by each channel by which they were notified. */
const checkAllClears = (world: World, person: PersonRef, outcomes: Outcomes): number => {
  const deliveries = deliveriesOf(world, person)
  let count = 0
  for (const { id, safe_at: safeAt, status } of rowsOf(world, person, 'SELECT * FROM alarms')) {
    const own = deliveries.filter(({ alarmId, channel }) => alarmId === id && (channel === 'email' || channel === 'sms'))
    const addresses = new Set(own.map(({ channel, address }) => `${channel} ${address}`))
    for (const address of addresses) {
      const here = own.filter((one) => `${one.channel} ${one.address}` === address)
      const calls = here.filter(({ purpose }) => purpose === 'alarm')
      const mayKnow = calls.some((one) => outcomes.attempts(one).length > 0)
      const knows = calls.some((one) => outcomes.accepted(one) > 0)
      const allClears = here.filter(({ purpose }) => purpose === 'all-clear')
      const received = allClears.reduce((sum, one) => sum + outcomes.accepted(one), 0)
      const isRefused = allClears.some((one) => world.providers.refused.has(messageKeyOf(one)))
      const isOver = safeAt !== null && status === 'acknowledged'
      if (received > 0 && (!isOver || !mayKnow)) world.fail(`an all-clear of alarm ${id} to ${address}, who was not told of it`)
      if (received > 1) world.fail(`${received} all-clears of alarm ${id} to ${address}`)
      if (isOver && knows && received === 0 && !isRefused) world.fail(`no all-clear of alarm ${id} to ${address}, who was told of it`)
      count += received
    }
  }
  return count
}

/** The desk shows each alarm in its last state, and has each of its events once. */
const checkDesk = (world: World, person: PersonRef): void => {
  const { database } = world.desk.storage
  for (const { id, status } of rowsOf(world, person, 'SELECT id, status FROM alarms')) {
    const shown = database.prepare('SELECT status FROM alarms WHERE alarm_id = ?').get(String(id))
    // A cancelled alarm was never announced.
    if (status !== 'cancelled' && shown?.status !== status)
      world.fail(`the desk shows alarm ${id} as ${shown?.status}, and it is ${status}`)
  }
  for (const { id, channel, state } of deliveriesOf(world, person)) {
    if (channel !== 'desk' || state !== 'sent') continue
    const events = database.prepare('SELECT count(*) AS count FROM events WHERE key = ?').get(id)
    if (Number(events?.count) !== 1) world.fail(`the desk has the event ${id} ${events?.count} times`)
  }
}

export const checkAlarms = (world: World): void => {
  const outcomes = new Outcomes(world)
  for (const person of world.people) {
    if (rowsOf(world, person, `SELECT 1 FROM sqlite_master WHERE name = 'alarms'`).length === 0) continue
    checkCalls(world, person)
    checkMessages(world, person, outcomes)
    checkDelays(world, person, outcomes)
    world.allClears += checkAllClears(world, person, outcomes)
    checkDesk(world, person)
  }
}
