import type { Acknowledged, Recipient, Trigger, Triggered } from '../../../src/model/alarm.ts'
import type { PersonRef } from '../../../src/model/support.ts'
import { recordOpenAlarm } from '../../../src/store/alarms.ts'
import type { World } from './world.ts'

/** A call for help, repeated until it is answered. */
export interface HelpCall {
  readonly callId: string
  readonly person: PersonRef
  readonly startedAt: number
  answer: Triggered | { readonly throttledFor: number } | null
  answeredAt: number
}

/** "I am safe", or staff who answer an alarm: repeated until it is answered. */
export interface AcknowledgeCall {
  readonly alarmId: string
  readonly person: PersonRef
  readonly by: PersonRef
  answer: Acknowledged | null
  answeredAt: number
}

const REPEAT_MS = 2000
/** A person whose page was closed meanwhile. */
const LATE_REPEAT_MS = 90_000

/** Those who trigger and acknowledge alarms. */
export class AlarmClients {
  readonly calls: HelpCall[] = []
  readonly acknowledgements: AcknowledgeCall[] = []
  readonly #world: World
  readonly #contacts = new Map<number, readonly Recipient[]>()

  constructor(world: World) {
    this.#world = world
  }

  get hasOpenCalls(): boolean {
    return this.calls.some(({ answer }) => !answer) || this.acknowledgements.some(({ answer }) => !answer)
  }

  /** The contacts of a person stay the same. No two people have an address in common. */
  #contactsOf({ id }: PersonRef): readonly Recipient[] {
    const { random } = this.#world
    const known = this.#contacts.get(id)
    if (known) return known
    const contacts = Array.from({ length: random.integer(1, 3) }, (_, index) => {
      const channels = random.pick(['email', 'sms', 'both'])
      return {
        key: `contact-${index}`,
        name: `Contact ${index}`,
        relationship: 'friend',
        email: channels === 'sms' ? null : `contact${index}.of${id}@example.com`,
        phone: channels === 'email' ? null : `+1555${String(id * 10 + index).padStart(7, '0')}`,
      }
    })
    this.#contacts.set(id, contacts)
    return contacts
  }

  call(person: PersonRef): void {
    const help: HelpCall = {
      callId: `call-${this.calls.length}`,
      person,
      startedAt: this.#world.scheduler.now,
      answer: null,
      answeredAt: 0,
    }
    this.calls.push(help)
    const trigger: Trigger = {
      accountId: person.id,
      username: person.username,
      displayName: person.username,
      location: 'Kyiv',
      scenario: 'Pattern 3',
      recipients: this.#contactsOf(person),
      messages: [],
    }
    const attempt = (): Promise<HelpCall['answer']> =>
      this.#world.request(async (context) => {
        const triggered = await context.alarms.dispatcher(person.id).trigger(trigger, help.callId)
        // As domain/alarms/trigger.ts does.
        if (!('throttledFor' in triggered)) context.waitUntil(recordOpenAlarm(context.store, person.id, context.now()))
        return triggered
      })
    this.#repeat(async () => {
      const answer = await attempt()
      Object.assign(help, { answer, answeredAt: this.#world.scheduler.now })
      if (!answer || 'throttledFor' in answer) return
      this.#world.checkAlarmStored(help, answer.alarmId)
      this.#planAcknowledgement(person, answer.alarmId)
      this.#repeatLater(help, answer.alarmId, attempt)
    })
  }

  /** A page that was closed before it could note the answer repeats the call. */
  #repeatLater({ callId }: HelpCall, alarmId: string, attempt: () => Promise<HelpCall['answer']>): void {
    const { scheduler, random } = this.#world
    if (!random.chance(0.1)) return
    scheduler.plain(random.between(0, LATE_REPEAT_MS), () => {
      this.#repeat(async () => {
        const answer = await attempt()
        const isSame = answer !== null && 'alarmId' in answer && answer.alarmId === alarmId
        if (!isSame) this.#world.fail(`the repeated ${callId} has another alarm than before`)
      })
    })
  }

  #planAcknowledgement(person: PersonRef, alarmId: string): void {
    const { random, scheduler, staff } = this.#world
    // At once: a person who has pressed the button by mistake, while the first messages are being sent.
    const isSafeAfter = random.chance(0.6) ? random.between(0, random.chance(0.4) ? 100 : 5 * 60_000) : null
    const answeredAfter = random.chance(0.4) ? random.between(0, 4 * 60_000) : null
    if (isSafeAfter !== null) scheduler.plain(isSafeAfter, () => this.acknowledge(person, alarmId, person))
    if (answeredAfter !== null) scheduler.plain(answeredAfter, () => this.acknowledge(person, alarmId, random.pick(staff)))
  }

  acknowledge(person: PersonRef, alarmId: string, by: PersonRef): void {
    const call: AcknowledgeCall = { alarmId, person, by, answer: null, answeredAt: 0 }
    this.acknowledgements.push(call)
    this.#repeat(async () => {
      const answer = await this.#world.request((context) => context.alarms.dispatcher(person.id).acknowledge({ alarmId, by, note: '' }))
      Object.assign(call, { answer: answer ?? { alarmId, status: 'unknown' }, answeredAt: this.#world.scheduler.now })
      if (!answer) this.#world.fail(`alarm ${alarmId} is unknown to its object`)
    })
  }

  #repeat(attempt: () => Promise<void>): void {
    const { scheduler, random } = this.#world
    const again = () => this.#repeat(attempt)
    const within = random.chance(0.2) ? LATE_REPEAT_MS : REPEAT_MS
    attempt().catch(() => scheduler.plain(random.between(100, within), again))
  }
}
