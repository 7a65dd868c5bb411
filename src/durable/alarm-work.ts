import { deskEventFrame } from '../dialects/recovery/frames.ts'
import type { Context } from '../domain/context.ts'
import type { Alarm, AlarmSettings, Delivery, DeskEvent, NewDelivery, Outcome } from '../model/alarm.ts'
import type { DailyLimits } from '../model/alarm-limits.ts'
import {
  afterAttempt,
  afterFinding,
  type DeliveryChange,
  isWanted,
  nextAction,
  type PlannedDelivery,
  planStep,
  type RetryTiming,
  withdrawn,
} from '../model/alarm-machine.ts'
import { planNotices } from '../model/alarm-notices.ts'
import { plainLocation } from '../model/alarm-texts.ts'
import type { Escalation, EscalationRecipient } from '../model/escalation.ts'
import { retryDelay } from '../model/retry.ts'
import { escalationMessages } from './alarm-escalation.ts'
import { AlarmRecipients } from './alarm-recipients.ts'
import type { AlarmTables, DueItem } from './alarm-tables.ts'
import { AlarmUsage } from './alarm-usage.ts'

/** Carries out what the alarm machine decides: stores the deliveries of a step, and handles the items that are due. */

/** Places in the code where a crash is tested. Nothing happens there in production; the tests inject a crash or an error. */
export type Checkpoint =
  | 'triggered'
  | 'attempt-started'
  | 'attempt-sent'
  | 'attempt-recorded'
  | 'step-started'
  | 'escalated'
  | 'acknowledged'
  | 'items-handled'
  | 'alarm-set'

/** What the object uses besides its tables. */
export interface Dependencies {
  readonly now: () => number
  readonly random: () => number
  readonly settings: AlarmSettings
  readonly limits: DailyLimits
  /** Whether the limit of all accounts together allows one more message to a person. */
  readonly allowsMessage: () => Promise<boolean>
  readonly carriers: Context['carriers']
  /** The number of an account in the contract. What is sent to the webhook names people by it. */
  readonly numberOf: (accountId: number) => number
  /** Who else is notified of an alarm that no one acknowledges. */
  readonly escalation: readonly Escalation[]
  readonly prepareEscalation: (alarm: Alarm, entry: Escalation) => Promise<readonly EscalationRecipient[]>
  /** Whether the person has still not seen the reply that a delivery announces. */
  readonly isReplyUnseen: (delivery: Delivery) => Promise<boolean>
  readonly updateIndex: (accountId: number, open: boolean) => Promise<void>
  readonly count: Context['count']
  readonly checkpoint: (checkpoint: Checkpoint) => void
}

type Carrier = Dependencies['carriers']['desk']

/** Due items are read in batches, and a run handles a limited number of batches: a thousand items must not delay the next alarm. */
const BATCH_SIZE = 50
const MAX_BATCHES = 20
/**
 * The platform opens at most this many connections at once. A delivery that would wait for a connection waits in our own
 * queue instead, where "I am safe" can still stop it.
 */
const CONCURRENCY = 6

/** A message above the limit of all accounts waits for 5 to 10 seconds, like one that has failed twice. */
const WAITING_STEPS = 2

/** Short-lived: the object makes one for each call, with the dependencies of that moment. */
export class AlarmWork {
  readonly #storage: DurableObjectStorage
  readonly #tables: AlarmTables
  readonly #dependencies: Dependencies

  constructor(storage: DurableObjectStorage, tables: AlarmTables, dependencies: Dependencies) {
    this.#storage = storage
    this.#tables = tables
    this.#dependencies = dependencies
  }

  /** Stores one delivery per recipient of a step, and schedules the next step. The caller opens the transaction. */
  startStep(alarm: Alarm, step: number, now: number, at: number): void {
    if (!this.#tables.startStep(alarm.alarmId, step, now)) return
    const { settings, carriers } = this.#dependencies
    const { deliveries, next } = planStep(alarm, step, { settings, hasWebhook: carriers.webhook !== null, now })
    this.addDeliveries(deliveries, at)
    if (step === 1) {
      for (const [entry, { afterMs }] of this.#dependencies.escalation.entries()) {
        this.#tables.schedule({ kind: 'escalation', ref: String(entry), alarmId: alarm.alarmId }, alarm.startsAt + afterMs)
      }
    }
    if (next) this.#tables.schedule({ kind: 'step', ref: String(next.step), alarmId: alarm.alarmId }, next.at)
  }

  addDeliveries(deliveries: readonly PlannedDelivery[], at: number): void {
    for (const delivery of deliveries) this.#tables.addDelivery(written(delivery, this.#dependencies.numberOf), at)
  }

  /** Adds the notices at the end of an alarm that do not exist yet. Does nothing while the alarm is open. */
  addNotices(alarmId: string): void {
    const alarm = this.#tables.alarm(alarmId)
    if (alarm?.status !== 'acknowledged') return
    const { settings, now } = this.#dependencies
    const notices = planNotices(alarm, this.#tables.deliveriesOf(alarmId), { settings, now: now() })
    this.addDeliveries(notices, now())
  }

  /** Handles the due items, each by itself. An item that fails is postponed and does not block the others. Returns the errors. */
  async handleDueItems(): Promise<unknown[]> {
    const errors: unknown[] = []
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const items = this.#tables.dueBy(this.#dependencies.now(), BATCH_SIZE)
      if (items.length === 0) break
      errors.push(...(await this.#handleAll(items)))
    }
    return errors
  }

  /** Handles only what is due to the desk. Returns the errors. */
  handleDeskItems(): Promise<unknown[]> {
    return this.#handleAll(this.#tables.dueBy(this.#dependencies.now(), BATCH_SIZE).filter(({ channel }) => channel === 'desk'))
  }

  async #handleAll(items: readonly DueItem[]): Promise<unknown[]> {
    const errors: unknown[] = []
    const handle = async (item: DueItem): Promise<void> => {
      try {
        if (item.kind === 'step') await this.#handleStep(item)
        else if (item.kind === 'escalation') await this.#handleEscalation(item)
        else await this.#handleDelivery(item)
      } catch (error) {
        errors.push(error)
        this.#tables.postpone(item, this.#dependencies.now() + retryDelay(item.faults + 1, this.#dependencies.random()))
      }
    }
    // The desk needs no connection, so it never waits behind providers that respond slowly.
    const toDesk = items.filter(({ channel }) => channel === 'desk')
    const queue = items.filter(({ channel }) => channel !== 'desk')
    const work = async (): Promise<void> => {
      for (let item = queue.shift(); item; item = queue.shift()) await handle(item)
    }
    await Promise.all([...toDesk.map(handle), ...Array.from({ length: CONCURRENCY }, work)])
    return errors
  }

  async #handleStep(item: DueItem): Promise<void> {
    const now = this.#dependencies.now()
    const alarm = this.#tables.alarm(item.alarmId)
    this.#storage.transactionSync(() => {
      this.#tables.removeDue(item)
      if (alarm?.status !== 'open') return
      this.startStep(alarm, Number(item.ref), now, now)
      this.#dependencies.checkpoint('step-started')
    })
  }

  /** The messages are stored and the item is removed in one write: each entry notifies its recipients once. */
  async #handleEscalation(item: DueItem): Promise<void> {
    const alarm = this.#tables.alarm(item.alarmId)
    const messages = alarm ? await escalationMessages(alarm, Number(item.ref), this.#dependencies) : []
    const now = this.#dependencies.now()
    this.#storage.transactionSync(() => {
      this.#tables.removeDue(item)
      // Read again: the alarm may have been acknowledged meanwhile.
      if (this.#tables.alarm(item.alarmId)?.status !== 'open') return
      this.addDeliveries(messages, now)
      this.#dependencies.checkpoint('escalated')
    })
  }

  async #handleDelivery(item: DueItem): Promise<void> {
    const delivery = this.#tables.delivery(item.ref)
    const carrier = delivery && this.#dependencies.carriers[delivery.channel]
    if (!delivery || !carrier) return this.#tables.removeDue(item)
    const { settings, now, isReplyUnseen } = this.#dependencies
    if (delivery.purpose === 'reply' && !(await isReplyUnseen(delivery))) return this.#change(delivery, item, withdrawn(delivery))
    const canFind = carrier.find !== undefined
    const next = () => nextAction(delivery, { wanted: this.#isWanted(delivery), canFind, settings, now: now() })
    if (countsForAll(delivery) && next().type === 'send' && !(await this.#dependencies.allowsMessage())) return this.#wait(item)
    let action = next()
    if (action.type === 'find') {
      const found = (await carrier.find?.(messageOf(delivery))) ?? null
      action = afterFinding(delivery, found, this.#isWanted(delivery), this.#timing())
    }
    // Between the decision and the start of the attempt nothing is awaited: an acknowledgement cannot come in between.
    if (action.type === 'change') return this.#change(delivery, item, action.change)
    if (delivery.purpose === 'invitation' && delivery.attempts === 0) {
      const at = new AlarmUsage(this.#storage.sql).invitationAt(settings, this.#dependencies.limits, now())
      if (at > now()) return this.#tables.schedule(item, at)
    }
    await this.#attempt(delivery, item, carrier)
  }

  /** The item stays due. If the alarm is closed meanwhile, it is removed then. */
  #wait(item: DueItem): void {
    const { now, random } = this.#dependencies
    this.#tables.schedule(item, now() + retryDelay(WAITING_STEPS, random()))
  }

  async #attempt(delivery: Delivery, item: DueItem, carrier: Carrier): Promise<void> {
    const { now, checkpoint } = this.#dependencies
    const attempt = this.#tables.startAttempt(delivery.id, carrier.name, now())
    checkpoint('attempt-started')
    let outcome: Outcome = { type: 'uncertain', reason: 'failed while sending' }
    try {
      outcome = await carrier.send(messageOf(delivery))
      checkpoint('attempt-sent')
    } finally {
      this.#tables.finishAttempt(attempt, outcome, now())
      // Read again: the alarm may have been acknowledged while the attempt was in progress.
      const attempted = this.#tables.delivery(delivery.id)
      if (attempted) this.#change(attempted, item, afterAttempt(attempted, outcome, this.#isWanted(attempted), this.#timing()))
    }
    checkpoint('attempt-recorded')
  }

  #isWanted(delivery: Delivery): boolean {
    return isWanted(delivery, delivery.alarmId === null ? null : this.#tables.alarm(delivery.alarmId))
  }

  #timing(): RetryTiming {
    const { settings, now, random } = this.#dependencies
    return { settings, now: now(), random: random() }
  }

  #change({ id, alarmId, purpose, channel }: Delivery, item: DueItem, { state, due }: DeliveryChange): void {
    if (due === 'remove') this.#tables.removeDue(item)
    if (due === 'remove' && purpose === 'invitation') new AlarmRecipients(this.#storage).clearBody(id)
    if (state !== null) {
      this.#tables.setState(id, state, this.#dependencies.now())
      this.#dependencies.count({ name: 'delivery', labels: [state, channel, purpose] })
    }
    if (typeof due === 'number') this.#tables.schedule(item, due)
    // The attempt may have started before "I am safe", and succeeded after it. In the same write as the state: a crash
    // cannot come in between.
    if (alarmId !== null && state !== null) this.addNotices(alarmId)
  }
}

/** Writes an event in the form of its channel: the webhook gets the frame that staff get, the desk gets the event itself. */
const written = ({ body, ...delivery }: PlannedDelivery, numberOf: Dependencies['numberOf']): NewDelivery => {
  if (typeof body === 'string') return { ...delivery, body }
  const event = delivery.channel === 'webhook' ? deskEventFrame({ ...withPlainLocation(body), accountId: numberOf(body.accountId) }) : body
  return { ...delivery, body: JSON.stringify(event) }
}

/** Notices do not count for the limit of all accounts: every recipient of an alarm gets the notice of its end without delay. */
const countsForAll = ({ purpose, channel }: Delivery): boolean =>
  (purpose === 'alarm' || purpose === 'reply' || purpose === 'invitation') && (channel === 'email' || channel === 'sms')

/** Staff see a location as it was written. What the webhook gets may be shown to others. */
const withPlainLocation = (event: DeskEvent): DeskEvent =>
  event.type === 'alarm' ? { ...event, location: plainLocation(event.location) } : event

const messageOf = ({ id: key, accountId, recipient, address, subject, body, createdAt }: Delivery) => ({
  key,
  accountId,
  recipient,
  address,
  subject,
  body,
  createdAt,
})
