import { expect, test } from 'vitest'
import { type Alarm, type AlarmSettings, type Delivery, MAX_ALARMS_PER_HOUR, type Outcome, type Trigger } from '../../src/model/alarm.ts'
import {
  afterAttempt,
  afterFinding,
  type DeliveryChange,
  decideAcknowledgement,
  decideTrigger,
  isWanted,
  nextAction,
  type PlannedDelivery,
  planStep,
} from '../../src/model/alarm-machine.ts'
import { planNotices } from '../../src/model/alarm-notices.ts'
import { HOUR, MINUTE } from '../support/alarm-settings.ts'

/** Runs the alarm machine through random events, with arrays in place of the object's tables, and checks after each event what must hold. */

const SETTINGS: AlarmSettings = {
  dedupeMs: 30_000,
  cancelMs: 20_000,
  stepsMs: [5 * MINUTE, 15 * MINUTE],
  remindEveryMs: 15 * MINUTE,
  remindForMs: HOUR,
  retryForMs: 2 * HOUR,
  channels: ['email', 'sms'],
  outboxIsChannel: true,
}

const TRIGGER: Trigger = {
  accountId: 7,
  username: 'sam',
  displayName: 'Sam',
  location: '',
  scenario: 'Pattern 2',
  recipients: [
    { key: 'contact-1', name: 'Ann', relationship: 'sister', email: 'ann@example.com', phone: '+1555' },
    { key: 'contact-2', name: 'Bob', relationship: 'friend', email: null, phone: '+1556' },
  ],
  messages: [],
}

const SENT: Outcome = { type: 'sent', reference: null }

/** Mulberry32: the same seed gives the same events. */
const randomFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** In place of `expect`, which is too slow for millions of checks. */
const check = (holds: boolean, violation: string): void => {
  if (!holds) throw new Error(violation)
}

class Simulation {
  now = 0
  readonly alarms: Alarm[] = []
  readonly deliveries = new Map<string, Delivery>()
  /** When the items are due: a delivery by its id, a step by `<alarm id> <step>`. */
  readonly due = new Map<string, number>()
  /** Attempts whose outcome has not arrived yet. */
  readonly inProgress = new Map<string, Outcome>()
  /** Messages that the recipient may have got. */
  readonly possiblyTold = new Set<string>()
  /** How often the provider accepted each message. */
  readonly accepted = new Map<string, number>()
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = randomFrom(seed)
  }

  pick<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.#random() * values.length)]
  }

  chance(probability: number): boolean {
    return this.#random() < probability
  }

  trigger(): void {
    const recent = this.alarms.filter(({ triggeredAt }) => triggeredAt > this.now - HOUR)
    const latest = this.alarms.at(-1) ?? null
    const history = { latest, count: recent.length, firstAt: recent[0]?.triggeredAt ?? null }
    const decision = decideTrigger(history, TRIGGER, { alarmId: `alarm${this.alarms.length}`, settings: SETTINGS, now: this.now })
    const mustJoin = latest?.status === 'open' && this.now - latest.triggeredAt < SETTINGS.dedupeMs
    if (decision.type === 'start') {
      check(!mustJoin, 'a second alarm within 30 seconds')
      check(recent.length < MAX_ALARMS_PER_HOUR, 'too many alarms in an hour')
      this.alarms.push(decision.alarm)
      this.#startStep(decision.alarm, 1, decision.alarm.startsAt)
    } else if (decision.type === 'join') {
      check(decision.alarm === latest && latest.status === 'open', 'joined another alarm than the open one')
    } else {
      // After the time in the response, a trigger starts an alarm.
      const then = this.now + decision.seconds * 1000
      const count = this.alarms.filter(({ triggeredAt }) => triggeredAt > then - HOUR).length
      check(count < MAX_ALARMS_PER_HOUR, 'throttled again after the time that the client was told')
      check(latest?.status !== 'open', 'throttled although an alarm is open')
    }
  }

  acknowledge(): void {
    const alarm = this.pick(this.alarms)
    const by = this.chance(0.7) ? { id: 7, username: 'sam' } : { id: 8, username: 'rosa' }
    const closing = alarm && decideAcknowledgement(alarm, by, false, this.now)
    if (!alarm || !closing) return
    check(closing.isSafe === (by.id === 7), 'somebody else said that the person is safe')
    const attempted = this.#deliveriesOf(alarm).some(({ attempts }) => attempts > 0)
    check(closing.status !== 'cancelled' || !attempted, 'a cancelled alarm has notified somebody')
    const acknowledgedBy = alarm.acknowledgedBy ?? by.username
    const closed = { ...alarm, status: closing.status, acknowledgedBy, safeAt: closing.isSafe ? this.now : null }
    this.alarms[this.alarms.indexOf(alarm)] = closed
    for (const key of this.due.keys()) if (key.startsWith(`${alarm.alarmId} `)) this.due.delete(key)
    for (const delivery of this.#deliveriesOf(alarm)) {
      this.due.delete(delivery.id)
      if (delivery.state === 'pending') this.deliveries.set(delivery.id, { ...delivery, state: 'stopped' })
    }
    this.#add(closing.announcements, this.now)
    this.#addNotices(closed)
  }

  /** Adds the notices that do not exist yet, as the host does after each change. */
  #addNotices(alarm: Alarm | undefined): void {
    if (!alarm) return
    const notices = planNotices(alarm, this.#deliveriesOf(alarm), { settings: SETTINGS, now: this.now })
    this.#add(
      notices.filter(({ id }) => !this.deliveries.has(id)),
      this.now,
    )
  }

  /**
   * Starts what is due. The outcome of each attempt arrives with a later event. An alarm may be acknowledged while its items
   * wait in the object's queue, or while it is waiting for the provider.
   */
  run(outcome: () => Outcome): void {
    for (const [key, at] of [...this.due]) {
      if (at > this.now || this.inProgress.has(key)) continue
      if (this.chance(0.05)) this.acknowledge()
      const delivery = this.deliveries.get(key)
      if (delivery) this.#handle(delivery, outcome)
      else this.#handleStep(key)
    }
  }

  #handleStep(key: string): void {
    this.due.delete(key)
    const [alarmId, step] = key.split(' ')
    const alarm = this.#alarm(alarmId ?? null)
    if (alarm?.status === 'open') this.#startStep(alarm, Number(step), this.now)
  }

  #handle(delivery: Delivery, outcome: () => Outcome): void {
    // The e-mail provider has no idempotency keys, and can be searched.
    const canFind = delivery.channel === 'email'
    let action = nextAction(delivery, { wanted: this.#isWanted(delivery), canFind, settings: SETTINGS, now: this.now })
    if (action.type === 'find') {
      const found = this.chance(0.7) ? this.accepted.has(delivery.id) : null
      if (this.chance(0.05)) this.acknowledge()
      action = afterFinding(delivery, found, this.#isWanted(delivery), this.#timing())
    }
    if (action.type === 'change') this.#change(delivery, action.change)
    else this.#send(delivery, outcome())
  }

  #send(delivery: Delivery, result: Outcome): void {
    check(delivery.state !== 'sent' && delivery.state !== 'kept', 'sent twice')
    const alarm = this.#alarm(delivery.alarmId)
    check(delivery.purpose !== 'alarm' || !alarm || alarm.status === 'open', 'sent after the alarm was acknowledged')
    check(delivery.purpose === 'all-clear' || typeof alarm?.safeAt !== 'number', 'sent after "I am safe"')
    check(delivery.purpose !== 'all-clear' || typeof alarm?.safeAt === 'number', 'an all-clear, but nobody said that they are safe')
    const age = this.now - delivery.createdAt
    check(delivery.attempts === 0 || age <= SETTINGS.cancelMs + SETTINGS.retryForMs, 'retried after the deadline')
    this.deliveries.set(delivery.id, { ...delivery, attempts: delivery.attempts + 1 })
    const arrived = result.type === 'sent' || (result.type === 'uncertain' && this.chance(0.5))
    if (arrived) this.accepted.set(delivery.id, (this.accepted.get(delivery.id) ?? 0) + 1)
    this.inProgress.set(delivery.id, result)
  }

  /** The outcomes of some of the attempts arrive. */
  finish(probability: number): void {
    for (const [id, outcome] of [...this.inProgress]) {
      const delivery = this.deliveries.get(id)
      if (!delivery || !this.chance(probability)) continue
      this.inProgress.delete(id)
      this.#change(delivery, afterAttempt(delivery, outcome, this.#isWanted(delivery), this.#timing()))
    }
  }

  /** The object stops: the outcomes of its attempts never arrive. The next instance marks them as uncertain. */
  crash(): void {
    for (const id of this.inProgress.keys()) {
      const delivery = this.deliveries.get(id)
      if (delivery?.state === 'pending' || delivery?.state === 'stopped') this.deliveries.set(id, { ...delivery, state: 'uncertain' })
      this.possiblyTold.add(id)
    }
    this.inProgress.clear()
    for (const alarm of this.alarms) this.#addNotices(alarm)
  }

  #change(delivery: Delivery, { state, due }: DeliveryChange): void {
    check(delivery.state !== 'sent' || state === null || state === 'sent', 'a delivery that was sent has another state')
    if (state !== null) this.deliveries.set(delivery.id, { ...delivery, state })
    if (state === 'sent' || state === 'uncertain' || state === 'kept') this.possiblyTold.add(delivery.id)
    if (state !== null) this.#addNotices(this.#alarm(delivery.alarmId))
    if (due === 'remove') this.due.delete(delivery.id)
    if (typeof due === 'number') {
      check(due > this.now, 'a retry without a delay')
      this.due.set(delivery.id, due)
    }
  }

  #startStep(alarm: Alarm, step: number, at: number): void {
    const { deliveries, next } = planStep(alarm, step, { settings: SETTINGS, hasWebhook: false, now: this.now })
    this.#add(deliveries, at)
    if (!next) return
    check(next.at >= this.now, 'a step in the past')
    this.due.set(`${alarm.alarmId} ${next.step}`, next.at)
  }

  #add(planned: readonly PlannedDelivery[], at: number): void {
    for (const delivery of planned) {
      check(!this.deliveries.has(delivery.id), 'two deliveries with one key')
      this.deliveries.set(delivery.id, { ...delivery, body: '', state: 'pending', attempts: 0 })
      this.due.set(delivery.id, at)
    }
  }

  #isWanted(delivery: Delivery): boolean {
    return isWanted(delivery, this.#alarm(delivery.alarmId) ?? null)
  }

  #alarm(id: string | null): Alarm | undefined {
    return this.alarms.find(({ alarmId }) => alarmId === id)
  }

  #deliveriesOf({ alarmId }: Alarm): Delivery[] {
    return [...this.deliveries.values()].filter((delivery) => delivery.alarmId === alarmId)
  }

  #timing() {
    return { settings: SETTINGS, now: this.now, random: this.#random() }
  }
}

const OUTCOMES: readonly Outcome[] = [
  SENT,
  SENT,
  { type: 'retry', reason: 'HTTP 500', afterMs: null },
  { type: 'retry', reason: 'HTTP 429', afterMs: 90_000 },
  { type: 'uncertain', reason: 'no response' },
  { type: 'refused', reason: 'HTTP 422' },
  { type: 'kept' },
]

const EVENTS = ['trigger', 'trigger', 'acknowledge', 'run', 'run', 'finish', 'finish', 'crash', 'wait', 'wait'] as const
const WAITS = [1, 999, 10_000, 20_000, 30_000, MINUTE, 5 * MINUTE, 3 * HOUR]

const runRandomEvents = (seed: number): Simulation => {
  const simulation = new Simulation(seed)
  const outcome = () => simulation.pick(OUTCOMES) ?? SENT
  for (let n = 0; n < 30; n++) {
    const event = simulation.pick(EVENTS)
    if (event === 'trigger') simulation.trigger()
    else if (event === 'acknowledge') simulation.acknowledge()
    else if (event === 'run') simulation.run(outcome)
    else if (event === 'finish') simulation.finish(0.5)
    else if (event === 'crash') simulation.crash()
    else simulation.now += simulation.pick(WAITS) ?? 0
  }
  return simulation
}

/** Exactly the recipients who may have been notified of an alarm have got exactly one all-clear by each of those channels. Returns their number. */
const checkAllClears = (simulation: Simulation): number => {
  let count = 0
  for (const { alarmId, safeAt, status, recipients } of simulation.alarms) {
    const own = [...simulation.deliveries.values()].filter((delivery) => delivery.alarmId === alarmId)
    const allClears = own.filter(({ purpose }) => purpose === 'all-clear')
    const told = own.filter(({ id, purpose }) => purpose === 'alarm' && simulation.possiblyTold.has(id))
    const isOver = safeAt !== null && status === 'acknowledged'
    for (const { name } of recipients) {
      for (const channel of ['email', 'sms']) {
        const received = allClears.filter((one) => one.recipient === name && one.channel === channel).length
        const states = told.filter((one) => one.recipient === name && one.channel === channel).map(({ state }) => state)
        check(received === (isOver && states.length > 0 ? 1 : 0), `${received} all-clears to ${name} by ${channel}`)
        count += received
      }
    }
  }
  return count
}

test('10,000 random sequences of events: nothing is sent twice, too late or after "I am safe", and everything ends', () => {
  let allClears = 0
  const seen = { sent: 0, uncertain: 0, kept: 0, failed: 0, stopped: 0, withheld: 0, pending: 0 }
  for (let seed = 1; seed <= 10_000; seed++) {
    const simulation = runRandomEvents(seed)
    // Then all providers work again, and the object runs at each time for which something is due.
    for (let runs = 0; simulation.due.size > 0; runs++) {
      check(runs < 500, 'it does not end')
      simulation.now = Math.max(simulation.now, Math.min(...simulation.due.values()))
      simulation.run(() => SENT)
      simulation.finish(1)
    }
    for (const { id, channel, alarmId, state } of simulation.deliveries.values()) {
      seen[state]++
      const times = simulation.accepted.get(id) ?? 0
      // A provider that can be searched gets each message once, whatever crashed or timed out.
      check(channel !== 'email' || times <= 1, 'the provider got a message twice')
      check(state !== 'sent' || times > 0, 'recorded as sent, and never sent')
      check(state !== 'stopped' || simulation.alarms.find((one) => one.alarmId === alarmId)?.status !== 'open', 'stopped without a reason')
    }
    allClears += checkAllClears(simulation)
  }
  expect(seen.pending).toBe(0)
  expect(allClears).toBeGreaterThan(1000)
  for (const state of ['sent', 'uncertain', 'kept', 'failed', 'stopped'] as const) expect(seen[state]).toBeGreaterThan(100)
})

test('a person who triggers alarms all day has at most 20 in any hour', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const simulation = new Simulation(seed)
    for (let n = 0; n < 200; n++) {
      simulation.trigger()
      if (simulation.chance(0.5)) simulation.acknowledge()
      simulation.now += 1 + Math.floor((simulation.pick(WAITS.slice(0, 5)) ?? 0) * 2)
    }
    for (const [index, { triggeredAt }] of simulation.alarms.entries()) {
      const later = simulation.alarms[index + MAX_ALARMS_PER_HOUR]
      check(!later || later.triggeredAt - triggeredAt >= HOUR, 'more than 20 alarms in an hour')
    }
  }
})
