import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import { systemContext } from '../domain/access.ts'
import type { Carriers, Message, Outcome } from '../domain/alarms/carriers.ts'
import { addressOf, channelAt } from '../domain/alarms/channels.ts'
import type { Acknowledgement, AlarmStatus, AlarmView, DeskEvent, Dispatcher, Trigger, Triggered } from '../domain/alarms/dispatcher.ts'
import { updateOpenAlarmIndex } from '../domain/alarms/rearm.ts'
import { type AlarmSettings, nextStep, notifiesRecipients, retryDelay } from '../domain/alarms/schedule.ts'
import { alarmEvent, messageFor } from '../domain/alarms/texts.ts'
import { newObjectId } from '../domain/object-id.ts'
import type { Env } from '../env.ts'
import { type Alarm, AlarmTables, type Delivery, type DueItem, type NewDelivery, triggerResult } from './alarm-tables.ts'
import { eraseAll } from './erase-all.ts'

/** Places in the code where a crash is tested. Nothing happens there in production; the tests inject a crash or an error. */
export type Checkpoint =
  | 'triggered'
  | 'attempt-started'
  | 'attempt-sent'
  | 'attempt-recorded'
  | 'step-started'
  | 'items-handled'
  | 'alarm-set'

/** What the object uses besides its tables. A field and not a method, because methods are callable through RPC. */
interface Dependencies {
  readonly now: () => number
  readonly random: () => number
  readonly settings: AlarmSettings
  readonly carriers: Carriers
  readonly updateIndex: (accountId: number, open: boolean) => Promise<void>
  readonly checkpoint: (checkpoint: Checkpoint) => void
}

/** More alarms in an hour are not a person in trouble any more. Further triggers join the alarm that is open. */
const MAX_ALARMS_PER_HOUR = 20
const HOUR_MS = 60 * 60_000

/** Due items are read in batches, and a run handles a limited number of batches: a thousand items must not delay the next alarm. */
const BATCH_SIZE = 50
/**
 * The platform opens at most this many connections at once. A delivery that would wait for a connection waits in our own
 * queue instead, where "I am safe" can still stop it.
 */
const CONCURRENCY = 6
const MAX_BATCHES = 20

/**
 * One object per person. A trigger is stored, with one delivery per recipient, before it is answered. The messages are
 * sent later, by the object's own alarm. The platform gives an object only one alarm, with six retries if it fails. So
 * the work is stored in a table of our own (`due`), each row is handled and retried by itself, and the one alarm is set
 * for the earliest row.
 */
export class AlarmDispatcher extends DurableObject<Env> implements Dispatcher {
  dependencies: Dependencies
  #tables: AlarmTables

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const context = systemContext(createContext(env, state))
    this.dependencies = {
      now: context.now,
      random: Math.random,
      settings: context.settings.alarm,
      carriers: context.carriers,
      updateIndex: (accountId, open) => updateOpenAlarmIndex(context, accountId, open),
      checkpoint: () => {},
    }
    this.#tables = new AlarmTables(state.storage.sql)
    // A new instance has no attempt in progress. So an attempt that has not ended was interrupted.
    this.#tables.markInterrupted(context.now())
    state.blockConcurrencyWhile(async () => {
      if ((await state.storage.getAlarm()) === null) this.#scheduleAlarm()
    })
  }

  /**
   * There is no await between reading the last alarm and writing the new one, and the object runs one request at a time:
   * of fifty concurrent triggers, one starts an alarm and the others join it. The response waits until the alarm is on disk.
   */
  async trigger(trigger: Trigger): Promise<Triggered | { readonly throttledFor: number }> {
    const { settings } = this.dependencies
    const now = this.dependencies.now()
    const latest = this.#tables.latestAlarm()
    if (latest?.status === 'open' && now - latest.triggeredAt < settings.dedupeMs) return triggerResult(latest)
    const recent = this.#tables.countSince(now - HOUR_MS)
    if (recent.count >= MAX_ALARMS_PER_HOUR) {
      if (latest?.status === 'open') return triggerResult(latest)
      return { throttledFor: Math.max(1, Math.ceil(((recent.first ?? now) + HOUR_MS - now) / 1000)) }
    }

    const alarm: Alarm = {
      ...trigger,
      alarmId: newObjectId(now),
      triggeredAt: now,
      startsAt: now + settings.cancelMs,
      status: 'open',
      acknowledgedAt: null,
      acknowledgedBy: null,
    }
    this.ctx.storage.transactionSync(() => {
      this.#tables.setValue('account', String(trigger.accountId))
      this.#tables.addAlarm(alarm)
      this.#startStep(alarm, 1, now, alarm.startsAt)
      this.dependencies.checkpoint('triggered')
    })
    this.#scheduleAlarm()
    return triggerResult(alarm)
  }

  async list(): Promise<readonly AlarmView[]> {
    return this.#tables.list()
  }

  async acknowledge({ alarmId, by, note }: Acknowledgement): Promise<{ readonly alarmId: string; readonly status: AlarmStatus } | null> {
    const alarm = this.#tables.alarm(alarmId)
    if (!alarm) return null
    if (alarm.status !== 'open') return { alarmId, status: alarm.status }
    const now = this.dependencies.now()
    const status = now < alarm.startsAt ? 'cancelled' : 'acknowledged'
    this.ctx.storage.transactionSync(() => {
      this.#tables.closeAlarm(alarmId, { status, by, note, now })
      // The desk and the webhook were notified of the alarm, so they are notified that it is over. For an alarm that was
      // cancelled in time, no notification was sent.
      if (status === 'acknowledged') {
        const closed: Alarm = { ...alarm, status, acknowledgedAt: now, acknowledgedBy: by.username }
        for (const delivery of this.#announcements(closed, 'ack', 0, now)) this.#tables.addDelivery({ ...delivery, alarmId: null }, now)
      }
    })
    this.#scheduleAlarm()
    return { alarmId, status }
  }

  async notifyDesk(accountId: number, key: string, event: DeskEvent): Promise<void> {
    const now = this.dependencies.now()
    this.ctx.storage.transactionSync(() => {
      this.#tables.setValue('account', String(accountId))
      this.#tables.addDelivery({ ...TO_DESK, id: key, alarmId: null, accountId, step: 0, body: JSON.stringify(event), createdAt: now }, now)
    })
    this.#scheduleAlarm()
  }

  async rearm(): Promise<boolean> {
    this.#scheduleAlarm()
    const hasWork = this.#tables.nextDue() !== null
    // If the answer is false, the caller deletes this account from the index. New work must then be indexed again.
    if (!hasWork) this.#tables.setValue('noted', '')
    return hasWork
  }

  async erase(): Promise<number> {
    const rows = await eraseAll(this.ctx.storage)
    this.#tables = new AlarmTables(this.ctx.storage.sql)
    return rows
  }

  /** Handles the due items, each by itself. An item that fails is postponed and does not block the others. */
  override async alarm(): Promise<void> {
    const errors: unknown[] = []
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const items = this.#tables.dueBy(this.dependencies.now(), BATCH_SIZE)
      if (items.length === 0) break
      errors.push(...(await this.#handleAll(items)))
    }
    this.dependencies.checkpoint('items-handled')
    errors.push(...(await this.#updateIndex()))
    // This must come last: a new alarm that is set earlier would hide from the platform that this run failed.
    this.#scheduleAlarm()
    this.dependencies.checkpoint('alarm-set')
    // Only the names of the errors: a database error contains the stored values, and these are health data.
    if (errors.length > 0) throw new Error(`due items failed (${errors.length}): ${errors.map(nameOf).join(', ')}`)
  }

  async #handleAll(items: readonly DueItem[]): Promise<unknown[]> {
    const errors: unknown[] = []
    const queue = [...items]
    const work = async (): Promise<void> => {
      for (let item = queue.shift(); item; item = queue.shift()) {
        try {
          await (item.kind === 'step' ? this.#handleStep(item) : this.#handleDelivery(item))
        } catch (error) {
          errors.push(error)
          this.#tables.postpone(item, this.dependencies.now() + retryDelay(item.faults + 1, this.dependencies.random()))
        }
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, work))
    return errors
  }

  async #handleStep(item: DueItem): Promise<void> {
    const now = this.dependencies.now()
    const alarm = this.#tables.alarm(item.alarmId)
    this.ctx.storage.transactionSync(() => {
      this.#tables.removeDue(item)
      if (alarm?.status !== 'open') return
      this.#startStep(alarm, Number(item.ref), now, now)
      this.dependencies.checkpoint('step-started')
    })
  }

  /** Stores one delivery per recipient of a step, and schedules the next step. */
  #startStep(alarm: Alarm, step: number, now: number, at: number): void {
    if (!this.#tables.startStep(alarm.alarmId, step, now)) return
    const { settings } = this.dependencies
    const messages = notifiesRecipients(settings, step) ? this.#messages(alarm, step, now) : []
    for (const delivery of [...messages, ...this.#announcements(alarm, String(step), step, now)]) this.#tables.addDelivery(delivery, at)
    const next = nextStep(settings, alarm.startsAt, step, now)
    if (next) this.#tables.schedule({ kind: 'step', ref: String(next.step), alarmId: alarm.alarmId }, next.at)
  }

  #messages(alarm: Alarm, step: number, now: number): NewDelivery[] {
    const { alarmId, accountId, displayName, location, triggeredAt } = alarm
    const steps = this.dependencies.settings.stepsMs.length + 1
    return alarm.recipients.flatMap((recipient) => {
      const channel = channelAt(recipient, step)
      if (!channel) return []
      const reference = `${alarmId.slice(-6)}-${step}`
      const message = messageFor(recipient, channel, { displayName, location, triggeredAt, step, steps, reference })
      const id = `${alarmId}.${recipient.key}.${step}`
      const address = addressOf(recipient, channel)
      return [{ id, alarmId, accountId, step, channel, recipient: recipient.name, address, ...message, createdAt: now }]
    })
  }

  /** The desk is notified of every step, and so is the webhook, if there is one. */
  #announcements(alarm: Alarm, key: string, step: number, now: number): NewDelivery[] {
    const { alarmId, accountId } = alarm
    const body = JSON.stringify(alarmEvent({ ...alarm, step }))
    const common = { alarmId, accountId, step, body, createdAt: now }
    const desk = { ...TO_DESK, ...common, id: `${alarmId}.desk.${key}` }
    return this.dependencies.carriers.webhook ? [desk, { ...desk, id: `${alarmId}.webhook.${key}`, channel: 'webhook' }] : [desk]
  }

  async #handleDelivery(item: DueItem): Promise<void> {
    const delivery = this.#tables.delivery(item.ref)
    const carrier = delivery && this.dependencies.carriers[delivery.channel]
    if (!delivery || !carrier || delivery.state === 'sent' || !this.#isDue(delivery)) return this.#tables.removeDue(item)
    // The first attempt is always made, even after the deadline.
    if (delivery.attempts > 0 && this.dependencies.now() > this.#deadline(delivery)) return this.#giveUp(delivery, item)

    const { id: key, accountId, recipient, address, subject, body, createdAt } = delivery
    const message: Message = { key, accountId, recipient, address, subject, body, createdAt }
    // It is unknown whether the message was sent, and this provider has no idempotency keys: look for the message at the
    // provider before sending it a second time.
    if (delivery.state === 'uncertain' && carrier.find) {
      const isFound = await carrier.find(message)
      if (isFound === null) return this.#retry(delivery, item, null)
      if (isFound) return this.#recordOutcome(delivery, item, { type: 'sent', reference: 'found' })
      // The alarm may have been acknowledged while we waited for the provider.
      if (!this.#isDue(delivery)) return
    }

    const attempt = this.#tables.startAttempt(delivery.id, carrier.name, this.dependencies.now())
    this.dependencies.checkpoint('attempt-started')
    let outcome: Outcome = { type: 'uncertain', reason: 'failed while sending' }
    try {
      outcome = await carrier.send(message)
      this.dependencies.checkpoint('attempt-sent')
    } finally {
      this.#tables.finishAttempt(attempt, outcome, this.dependencies.now())
      this.#recordOutcome(delivery, item, outcome)
    }
    this.dependencies.checkpoint('attempt-recorded')
  }

  /** Updates the delivery after an attempt. The alarm may have been acknowledged while the attempt was in progress. */
  #recordOutcome(attempted: Delivery, item: DueItem, outcome: Outcome): void {
    const now = this.dependencies.now()
    const delivery = this.#tables.delivery(attempted.id)
    if (!delivery) return
    if (outcome.type === 'sent' || outcome.type === 'refused') {
      this.#tables.removeDue(item)
      if (outcome.type === 'sent') this.#tables.setState(delivery.id, 'sent', now)
      else if (delivery.state === 'pending' || delivery.state === 'uncertain') this.#tables.setState(delivery.id, 'failed', now)
      return
    }
    if (outcome.type === 'uncertain') this.#tables.setState(delivery.id, 'uncertain', now)
    if (this.#isDue(delivery)) this.#retry(delivery, item, outcome.type === 'retry' ? outcome.afterMs : null)
  }

  #isDue(delivery: Delivery): boolean {
    return delivery.alarmId === null || this.#tables.alarm(delivery.alarmId)?.status === 'open'
  }

  #retry(delivery: Delivery, item: DueItem, afterMs: number | null): void {
    const now = this.dependencies.now()
    const nextAt = now + retryDelay(delivery.attempts, this.dependencies.random(), afterMs)
    const { kind, ref, alarmId } = item
    if (nextAt > this.#deadline(delivery)) this.#giveUp(delivery, item)
    else this.#tables.schedule({ kind, ref, alarmId }, nextAt)
  }

  /** The deadline has passed. A delivery that may have been sent stays `uncertain`, because that is all we know. */
  #giveUp(delivery: Delivery, item: DueItem): void {
    this.#tables.removeDue(item)
    if (this.#tables.delivery(delivery.id)?.state === 'pending') this.#tables.setState(delivery.id, 'failed', this.dependencies.now())
  }

  #deadline(delivery: Delivery): number {
    return delivery.createdAt + this.dependencies.settings.cancelMs + this.dependencies.settings.retryForMs
  }

  /** Updates this account's entry in the index of open alarms, if the entry may be wrong. */
  async #updateIndex(): Promise<unknown[]> {
    const indexed = this.#tables.nextDue() === null ? '' : 'open'
    const account = Number(this.#tables.getValue('account') ?? 0)
    if (account === 0 || this.#tables.getValue('noted') === indexed) return []
    try {
      await this.dependencies.updateIndex(account, indexed !== '')
      this.#tables.setValue('noted', indexed)
      return []
    } catch (error) {
      return [error]
    }
  }

  /** Not awaited: the platform puts it into the same write as the statements before it, and the response waits for that write anyway. */
  #scheduleAlarm(): void {
    const next = this.#tables.nextDue()
    if (next !== null) this.ctx.waitUntil(this.ctx.storage.setAlarm(next))
  }
}

const TO_DESK = { channel: 'desk', recipient: 'Support desk', address: '', subject: '' } as const

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)
