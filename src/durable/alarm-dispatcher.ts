import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import type { Carriers, Message, Outcome } from '../domain/alarms/carriers.ts'
import { addressOf, channelAt } from '../domain/alarms/channels.ts'
import type { Acknowledgement, AlarmStatus, AlarmView, DeskEvent, Dispatcher, Trigger, Triggered } from '../domain/alarms/dispatcher.ts'
import { noteAlarms } from '../domain/alarms/rearm.ts'
import { type AlarmRule, retryDelay, stepAfter, tellsPeople } from '../domain/alarms/schedule.ts'
import { announcement, wordsFor } from '../domain/alarms/texts.ts'
import { newObjectId } from '../domain/object-id.ts'
import type { Env } from '../env.ts'
import { type Alarm, AlarmTables, type Delivery, type Due, type NewDelivery, triggeredFrom } from './alarm-tables.ts'
import { eraseAll } from './erase-all.ts'

/** Where the object may be cut off. Nothing happens at these; the tests let something happen. */
export type Point = 'triggered' | 'attempt-begun' | 'attempt-made' | 'attempt-written' | 'step-taken' | 'round-done' | 'armed'

/** What the object is made of besides its tables. A field and no method, so that nobody reaches it from outside. */
interface Parts {
  readonly now: () => number
  readonly random: () => number
  readonly rule: AlarmRule
  readonly carriers: Carriers
  readonly note: (accountId: number, open: boolean) => Promise<void>
  readonly pass: (point: Point) => void
}

/** More than this in an hour is no person in trouble any more: what they go on triggering joins what rings already. */
const ALARMS_AN_HOUR = 20
const HOUR_MS = 60 * 60_000

/** What is served side by side, and how often in one go: a thousand rows must not keep the object from its next alarm. */
const AT_ONCE = 50
/** As many connections as the platform opens at once: what waits for one waits here, where "I am safe" still stops it. */
const SIDE_BY_SIDE = 6
const ROUNDS = 20

/**
 * One per person. A trigger is on disk, with one delivery per recipient, before it is answered; sending is the business
 * of the object's own alarm. The platform gives an object one alarm and, when that fails, six retries: so what is to be
 * done stands in a table of ours (`due`), each row of it is served and retried by itself, and the one alarm is set for
 * whichever is the earliest.
 */
export class AlarmDispatcher extends DurableObject<Env> implements Dispatcher {
  parts: Parts
  #ledger: AlarmTables

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const context = createContext(env, state)
    this.parts = {
      now: context.now,
      random: Math.random,
      rule: context.settings.alarm,
      carriers: context.carriers,
      note: (accountId, open) => noteAlarms(context, accountId, open),
      pass: () => {},
    }
    this.#ledger = new AlarmTables(state.storage.sql)
    // A new instance has nothing under way, so whatever looks as if it were was cut off.
    this.#ledger.markCutOff(context.now())
    state.blockConcurrencyWhile(async () => {
      if ((await state.storage.getAlarm()) === null) this.#arm()
    })
  }

  /**
   * There is no await from the look at the last alarm to the writing of the new one, and the object does one thing at a
   * time: of fifty triggers at once, one rings and the others join it. Nothing is answered before it is on disk.
   */
  async trigger(given: Trigger): Promise<Triggered | { readonly throttledFor: number }> {
    const { rule } = this.parts
    const now = this.parts.now()
    const last = this.#ledger.latest()
    if (last?.status === 'open' && now - last.triggeredAt < rule.dedupeMs) return triggeredFrom(last)
    const recent = this.#ledger.since(now - HOUR_MS)
    if (recent.count >= ALARMS_AN_HOUR) {
      if (last?.status === 'open') return triggeredFrom(last)
      return { throttledFor: Math.max(1, Math.ceil(((recent.first ?? now) + HOUR_MS - now) / 1000)) }
    }

    const alarm: Alarm = {
      ...given,
      alarmId: newObjectId(now),
      triggeredAt: now,
      beginsAt: now + rule.cancelMs,
      status: 'open',
      acknowledgedAt: null,
      acknowledgedBy: null,
    }
    this.ctx.storage.transactionSync(() => {
      this.#ledger.keepFact('account', String(given.accountId))
      this.#ledger.addAlarm(alarm)
      this.#take(alarm, 1, now, alarm.beginsAt)
      this.parts.pass('triggered')
    })
    this.#arm()
    return triggeredFrom(alarm)
  }

  async list(): Promise<readonly AlarmView[]> {
    return this.#ledger.list()
  }

  async acknowledge({ alarmId, by, note }: Acknowledgement): Promise<{ readonly alarmId: string; readonly status: AlarmStatus } | null> {
    const alarm = this.#ledger.alarm(alarmId)
    if (!alarm) return null
    if (alarm.status !== 'open') return { alarmId, status: alarm.status }
    const now = this.parts.now()
    const status = now < alarm.beginsAt ? 'cancelled' : 'acknowledged'
    this.ctx.storage.transactionSync(() => {
      this.#ledger.close(alarmId, { status, by, note, now })
      // Who was told of the alarm hears that it is over. Of one that was cancelled in time nobody has heard.
      if (status === 'acknowledged') {
        const closed: Alarm = { ...alarm, status, acknowledgedAt: now, acknowledgedBy: by.username }
        for (const delivery of this.#announcements(closed, 'ack', 0, now)) this.#ledger.addDelivery({ ...delivery, alarmId: null }, now)
      }
    })
    this.#arm()
    return { alarmId, status }
  }

  async tellDesk(accountId: number, key: string, event: DeskEvent): Promise<void> {
    const now = this.parts.now()
    this.ctx.storage.transactionSync(() => {
      this.#ledger.keepFact('account', String(accountId))
      this.#ledger.addDelivery({ ...TO_DESK, id: key, alarmId: null, accountId, step: 0, body: JSON.stringify(event), createdAt: now }, now)
    })
    this.#arm()
  }

  async rearm(): Promise<boolean> {
    this.#arm()
    const open = this.#ledger.nextDue() !== null
    // Whoever asks strikes the row out: should there be something to do again, it has to be written again.
    if (!open) this.#ledger.keepFact('noted', '')
    return open
  }

  async erase(): Promise<number> {
    const rows = await eraseAll(this.ctx.storage)
    this.#ledger = new AlarmTables(this.ctx.storage.sql)
    return rows
  }

  /** Serves what is due, each row by itself; what fails is put off and keeps nothing else waiting. */
  override async alarm(): Promise<void> {
    const faults: unknown[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const rows = this.#ledger.dueBy(this.parts.now(), AT_ONCE)
      if (rows.length === 0) break
      faults.push(...(await this.#serveAll(rows)))
    }
    this.parts.pass('round-done')
    faults.push(...(await this.#note()))
    // Last of all: set any earlier, it would hide from the platform that this run failed.
    this.#arm()
    this.parts.pass('armed')
    // Said in our own words: an error of the database's holds what was written, and that is about somebody's health.
    if (faults.length > 0) throw new Error(`${faults.length} of what was due failed: ${faults.map(nameOf).join(', ')}`)
  }

  async #serveAll(rows: readonly Due[]): Promise<unknown[]> {
    const faults: unknown[] = []
    const waiting = [...rows]
    const serve = async (): Promise<void> => {
      for (let due = waiting.shift(); due; due = waiting.shift()) {
        try {
          await (due.kind === 'step' ? this.#serveStep(due) : this.#serveDelivery(due))
        } catch (fault) {
          faults.push(fault)
          this.#ledger.putOff(due, this.parts.now() + retryDelay(due.faults + 1, this.parts.random()))
        }
      }
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, serve))
    return faults
  }

  async #serveStep(due: Due): Promise<void> {
    const now = this.parts.now()
    const alarm = this.#ledger.alarm(due.alarmId)
    this.ctx.storage.transactionSync(() => {
      this.#ledger.done(due)
      if (alarm?.status !== 'open') return
      this.#take(alarm, Number(due.ref), now, now)
      this.parts.pass('step-taken')
    })
  }

  /** Writes down one delivery per recipient of a step, and when the next step is due. */
  #take(alarm: Alarm, step: number, now: number, at: number): void {
    if (!this.#ledger.takeStep(alarm.alarmId, step, now)) return
    const { rule } = this.parts
    const told = tellsPeople(rule, step) ? this.#messages(alarm, step, now) : []
    for (const delivery of [...told, ...this.#announcements(alarm, String(step), step, now)]) this.#ledger.addDelivery(delivery, at)
    const next = stepAfter(rule, alarm.beginsAt, step, now)
    if (next) this.#ledger.schedule({ kind: 'step', ref: String(next.step), alarmId: alarm.alarmId }, next.at)
  }

  #messages(alarm: Alarm, step: number, now: number): NewDelivery[] {
    const { alarmId, accountId, who, location, triggeredAt } = alarm
    return alarm.recipients.flatMap((recipient) => {
      const channel = channelAt(recipient, step)
      if (!channel) return []
      const reference = `${alarmId.slice(-6)}-${step}`
      const words = wordsFor(recipient, channel, { who, location, triggeredAt, step, steps: this.parts.rule.stepsMs.length + 1, reference })
      const id = `${alarmId}.${recipient.key}.${step}`
      const address = addressOf(recipient, channel)
      return [{ id, alarmId, accountId, step, channel, recipient: recipient.name, address, ...words, createdAt: now }]
    })
  }

  /** The desk hears of every step, and whatever listens at the webhook with it. */
  #announcements(alarm: Alarm, key: string, step: number, now: number): NewDelivery[] {
    const { alarmId, accountId } = alarm
    const body = JSON.stringify(announcement({ ...alarm, step }))
    const about = { alarmId, accountId, step, body, createdAt: now }
    const desk = { ...TO_DESK, ...about, id: `${alarmId}.desk.${key}` }
    return this.parts.carriers.webhook ? [desk, { ...desk, id: `${alarmId}.webhook.${key}`, channel: 'webhook' }] : [desk]
  }

  async #serveDelivery(due: Due): Promise<void> {
    const delivery = this.#ledger.delivery(due.ref)
    const carrier = delivery && this.parts.carriers[delivery.channel]
    if (!delivery || !carrier || delivery.state === 'sent' || !this.#isDue(delivery)) return this.#ledger.done(due)
    // However late it is: what was never tried is tried once.
    if (delivery.attempts > 0 && this.parts.now() > this.#deadline(delivery)) return this.#giveUp(delivery, due)

    const { id: key, accountId, recipient, address, subject, body, createdAt } = delivery
    const message: Message = { key, accountId, recipient, address, subject, body, createdAt }
    // Its fate is unknown, and the provider does not know messages by their key: ask before sending it a second time.
    if (delivery.state === 'uncertain' && carrier.find) {
      const found = await carrier.find(message)
      if (found === null) return this.#again(delivery, due, null)
      if (found) return this.#settle(delivery, due, { is: 'sent', reference: 'found' })
      // "I am safe" may have been said while the provider was asked.
      if (!this.#isDue(delivery)) return
    }

    const attempt = this.#ledger.begin(delivery.id, carrier.name, this.parts.now())
    this.parts.pass('attempt-begun')
    let outcome: Outcome = { is: 'uncertain', why: 'failed while sending' }
    try {
      outcome = await carrier.send(message)
      this.parts.pass('attempt-made')
    } finally {
      this.#ledger.end(attempt, outcome, this.parts.now())
      this.#settle(delivery, due, outcome)
    }
    this.parts.pass('attempt-written')
  }

  /** What an attempt means for its delivery. The alarm may have been acknowledged while it was under way. */
  #settle(before: Delivery, due: Due, outcome: Outcome): void {
    const now = this.parts.now()
    const delivery = this.#ledger.delivery(before.id)
    if (!delivery) return
    if (outcome.is === 'sent' || outcome.is === 'refused') {
      this.#ledger.done(due)
      if (outcome.is === 'sent') this.#ledger.setState(delivery.id, 'sent', now)
      else if (delivery.state === 'pending' || delivery.state === 'uncertain') this.#ledger.setState(delivery.id, 'failed', now)
      return
    }
    if (outcome.is === 'uncertain') this.#ledger.setState(delivery.id, 'uncertain', now)
    if (this.#isDue(delivery)) this.#again(delivery, due, outcome.is === 'retry' ? outcome.afterMs : null)
  }

  #isDue(delivery: Delivery): boolean {
    return delivery.alarmId === null || this.#ledger.alarm(delivery.alarmId)?.status === 'open'
  }

  #again(delivery: Delivery, due: Due, afterMs: number | null): void {
    const now = this.parts.now()
    const next = now + retryDelay(delivery.attempts, this.parts.random(), afterMs)
    const { kind, ref, alarmId } = due
    if (next > this.#deadline(delivery)) this.#giveUp(delivery, due)
    else this.#ledger.schedule({ kind, ref, alarmId }, next)
  }

  /** It was tried for as long as it means anything. What may have been sent stays uncertain: that is what we know. */
  #giveUp(delivery: Delivery, due: Due): void {
    this.#ledger.done(due)
    if (this.#ledger.delivery(delivery.id)?.state === 'pending') this.#ledger.setState(delivery.id, 'failed', this.parts.now())
  }

  #deadline(delivery: Delivery): number {
    return delivery.createdAt + this.parts.rule.cancelMs + this.parts.rule.retryForMs
  }

  /** Tells the index of open alarms what it should say, where it may say something else. */
  async #note(): Promise<unknown[]> {
    const open = this.#ledger.nextDue() === null ? '' : 'open'
    const account = Number(this.#ledger.fact('account') ?? 0)
    if (account === 0 || this.#ledger.fact('noted') === open) return []
    try {
      await this.parts.note(account, open !== '')
      this.#ledger.keepFact('noted', open)
      return []
    } catch (fault) {
      return [fault]
    }
  }

  /** Not awaited: it belongs to the same write as what stands before it, and the answer waits for that write anyway. */
  #arm(): void {
    const next = this.#ledger.nextDue()
    if (next !== null) this.ctx.waitUntil(this.ctx.storage.setAlarm(next))
  }
}

const TO_DESK = { channel: 'desk', recipient: 'Support desk', address: '', subject: '' } as const

const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : typeof fault)
