import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import { unseenReplyToWire } from '../dialects/recovery/frames.ts'
import { systemContext } from '../domain/access.ts'
import { prepareEscalation } from '../domain/alarms/escalate.ts'
import { updateOpenAlarmIndex } from '../domain/alarms/rearm.ts'
import { newObjectId } from '../domain/object-id.ts'
import type { Dispatcher } from '../domain/ports.ts'
import { numberOf } from '../domain/support/numbers.ts'
import type { Env } from '../env.ts'
import type {
  Acknowledged,
  Acknowledgement,
  Alarm,
  AlarmRecords,
  AlarmView,
  DeskEvent,
  Invitation,
  Trigger,
  Triggered,
} from '../model/alarm.ts'
import { invitationDelivery } from '../model/alarm-invitations.ts'
import { admitRecipients, DAILY_LIMITS, withheldDeliveries } from '../model/alarm-limits.ts'
import { decideAcknowledgement, decideTrigger, deskDelivery } from '../model/alarm-machine.ts'
import { announcementKeyOf, planAnnouncement } from '../model/reply-announcement.ts'
import { HOUR } from '../model/time.ts'
import type { ReplyAnnouncement } from '../model/waiting.ts'
import { AlarmCalls } from './alarm-calls.ts'
import { deleteOldMessages, readAlarmRecords } from './alarm-history.ts'
import { AlarmRecipients } from './alarm-recipients.ts'
import { AlarmTables } from './alarm-tables.ts'
import { AlarmUsage } from './alarm-usage.ts'
import { AlarmWork, type Dependencies } from './alarm-work.ts'
import { eraseAll } from './erase-all.ts'

/**
 * One object per person. A trigger is stored, with one delivery per recipient, before it is answered. The messages are
 * sent later, by the object's own alarm. The platform gives an object only one alarm, with six retries if it fails. So
 * the work is stored in a table of our own (`due`), each row is handled and retried by itself, and the one alarm is set
 * for the earliest row. What to do is decided in model/alarm-machine.ts.
 */
export class AlarmDispatcher extends DurableObject<Env> implements Dispatcher {
  /** A field and not a method, because methods are callable through RPC. */
  dependencies: Dependencies
  #tables: AlarmTables
  /** Whether the object's alarm is running. It may be waiting for slow providers, and the platform starts the next one only afterwards. */
  #isRunning = false

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const context = systemContext(createContext(env, state))
    this.dependencies = {
      now: context.now,
      random: Math.random,
      settings: context.settings.alarm,
      limits: DAILY_LIMITS,
      allowsMessage: () => context.limits.allowsAlarmMessage(),
      carriers: context.carriers,
      numberOf: (accountId) => numberOf(context, accountId),
      escalation: context.settings.escalation,
      prepareEscalation: (alarm, entry) => prepareEscalation(context, alarm, entry),
      isReplyUnseen: ({ id, accountId }) => context.support.room(accountId).isReplyUnseen(announcementKeyOf(id)),
      updateIndex: (accountId, open) => updateOpenAlarmIndex(context, accountId, open),
      count: context.count,
      checkpoint: () => {},
    }
    this.#tables = new AlarmTables(state.storage.sql)
    // A new instance has no attempt in progress. So an attempt that has not ended was interrupted.
    const interrupted = this.#tables.markInterrupted(context.now())
    // Recipients of the interrupted attempts may have been notified. If the alarm is over now, they get a notice, too.
    for (const alarmId of interrupted) this.#work().addNotices(alarmId)
    state.blockConcurrencyWhile(async () => {
      if (interrupted.length > 0 || (await state.storage.getAlarm()) === null) this.#scheduleAlarm()
    })
  }

  /**
   * There is no await between reading the last alarm and writing the new one, and the object runs one request at a time:
   * of fifty concurrent triggers, one starts an alarm and the others join it. The response waits until the alarm is on disk.
   */
  async trigger(trigger: Trigger, callId: string | null): Promise<Triggered | { readonly throttledFor: number }> {
    const calls = new AlarmCalls(this.ctx.storage.sql)
    const knownId = callId === null ? null : calls.alarmIdOf(callId)
    const repeated = knownId === null ? null : this.#tables.alarm(knownId)
    if (repeated) return triggeredFrom(repeated)
    const { settings, limits } = this.dependencies
    const now = this.dependencies.now()
    const history = { latest: this.#tables.latestAlarm(), ...this.#tables.countSince(now - HOUR) }
    const decision = decideTrigger(history, trigger, { alarmId: newObjectId(now), settings, now })
    if (decision.type === 'throttle') return { throttledFor: decision.seconds }
    const usage = new AlarmUsage(this.ctx.storage.sql)
    const { alarm, withheld } =
      decision.type === 'start'
        ? admitRecipients(decision.alarm, { usage: usage.read(settings, now), limits, settings })
        : { alarm: decision.alarm, withheld: [] }
    this.ctx.storage.transactionSync(() => {
      if (callId !== null) calls.add(callId, alarm.alarmId)
      if (decision.type === 'start') {
        this.#tables.setValue('account', String(trigger.accountId))
        this.#tables.addAlarm(alarm)
        usage.addWithheld(withheldDeliveries(alarm, withheld, settings.channels))
        this.#work().startStep(alarm, 1, now, alarm.startsAt)
        this.dependencies.checkpoint('triggered')
      }
    })
    if (decision.type === 'start') {
      this.#scheduleAlarm()
      this.dependencies.count({ name: 'alarm', labels: [alarm.status] })
    }
    return triggeredFrom(alarm)
  }

  async list(): Promise<readonly AlarmView[]> {
    return this.#tables.list()
  }

  async records(after: number, limit: number): Promise<AlarmRecords> {
    return readAlarmRecords(this.ctx.storage.sql, after, limit)
  }

  async acknowledge(acknowledgement: Acknowledgement): Promise<Acknowledged | null> {
    const { alarmId, by, note, via } = acknowledgement
    const alarm = this.#tables.alarm(alarmId)
    if (!alarm) return null
    const now = this.dependencies.now()
    const closing = decideAcknowledgement(alarm, { ...by, via }, this.dependencies.carriers.webhook !== null, now)
    if (!closing) return { alarmId, status: alarm.status }
    const { status, isSafe, announcements } = closing
    this.ctx.storage.transactionSync(() => {
      if (alarm.status === 'open') this.#tables.closeAlarm(alarmId, { status, by, note, via, now })
      if (isSafe) this.#tables.setSafe(alarmId, now)
      this.#tables.stopDeliveries(alarmId, now)
      this.#work().addDeliveries(announcements, now)
      this.#work().addNotices(alarmId)
      this.dependencies.checkpoint('acknowledged')
    })
    this.#scheduleAlarm()
    if (alarm.status !== status) this.dependencies.count({ name: 'alarm', labels: [status] })
    return { alarmId, status }
  }

  async notifyDesk(key: string, event: DeskEvent): Promise<void> {
    const now = this.dependencies.now()
    this.ctx.storage.transactionSync(() => {
      this.#tables.setValue('account', String(event.accountId))
      this.#work().addDeliveries([deskDelivery(key, event, now)], now)
    })
    this.#scheduleAlarm()
  }

  async invite(invitation: Invitation): Promise<void> {
    const now = this.dependencies.now()
    this.ctx.storage.transactionSync(() => {
      this.#tables.setValue('account', String(invitation.accountId))
      this.#work().addDeliveries([invitationDelivery(invitation, now)], now)
    })
    this.#scheduleAlarm()
  }

  /** A key that was received before adds nothing: its delivery has its own entry in `due`, or is finished. */
  async announceReply(announcement: ReplyAnnouncement): Promise<void> {
    const { settings, limits, carriers, numberOf } = this.dependencies
    const now = this.dependencies.now()
    const { messages } = new AlarmUsage(this.ctx.storage.sql).read(settings, now)
    const { accountId, username } = announcement
    const deliveries = planAnnouncement(announcement, {
      allowsEmail: messages < limits.messages,
      webhookBody: carriers.webhook && JSON.stringify(unseenReplyToWire(numberOf(accountId), username, now)),
      now,
    })
    this.ctx.storage.transactionSync(() => {
      this.#tables.setValue('account', String(accountId))
      this.#work().addDeliveries(deliveries, now)
    })
    this.#scheduleAlarm()
  }

  async withdraw(addresses: readonly string[]): Promise<void> {
    await new AlarmRecipients(this.ctx.storage).withdraw(addresses, this.dependencies.now())
  }

  async rearm(): Promise<number | null> {
    this.#scheduleAlarm()
    const next = this.#tables.nextDue()
    // If there is none, the caller deletes this account from the index. New work must then be indexed again.
    if (next === null) this.#tables.setValue('noted', '')
    return next
  }

  async deleteOldMessages(before: number, limit: number): Promise<number | null> {
    return this.ctx.storage.transactionSync(() => deleteOldMessages(this.ctx.storage.sql, before, limit))
  }

  async erase(): Promise<number> {
    const rows = await eraseAll(this.ctx.storage)
    this.#tables = new AlarmTables(this.ctx.storage.sql)
    return rows
  }

  override async alarm(): Promise<void> {
    this.#isRunning = true
    const errors = await this.#work()
      .handleDueItems()
      .finally(() => {
        this.#isRunning = false
      })
    this.dependencies.checkpoint('items-handled')
    errors.push(...(await this.#updateIndex()))
    // This must come last: a new alarm that is set earlier would hide from the platform that this run failed.
    this.#scheduleAlarm()
    this.dependencies.checkpoint('alarm-set')
    // Only the names of the errors: a database error contains the stored values, and these are health data.
    if (errors.length > 0) throw new Error(`due items failed (${errors.length}): ${errors.map(nameOf).join(', ')}`)
  }

  #work(): AlarmWork {
    return new AlarmWork(this.ctx.storage, this.#tables, this.dependencies)
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
    // The desk must not wait for the run to end. If both send the same event, the desk stores it once.
    if (this.#isRunning) this.ctx.waitUntil(this.#work().handleDeskItems())
  }
}

const triggeredFrom = ({ alarmId, status, scenario, messages }: Alarm): Triggered => ({ alarmId, status, scenario, messages })

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)
