import { type Alarm, parseAlarm } from '#chat/desk-events.ts'
import { isRecord } from '#chat/values.ts'
import { type Api, errorText } from './api.ts'
import { button, el } from './dom.ts'
import { type AlarmWithDeliveries, parsePersonDetails, pastAlarmsElement, personElement } from './person-details.ts'
import { type Delivery, parseDelivery, parseList, valueAt } from './wire.ts'

/** Loads and shows what is known about a person: details, contacts, who was notified of the last alarm, and past alarms. */

const REFRESH_INTERVAL_MS = 5000

export class PersonContext {
  readonly element: HTMLDetailsElement
  readonly #userId: number
  readonly #api: Api
  readonly #onAlarms: (alarms: readonly Alarm[]) => void
  readonly #body = el('div', { class: 'context-body' })
  readonly #timer: ReturnType<typeof setInterval>
  #hasOpenAlarm = false
  #closed = false

  constructor(userId: number, api: Api, onAlarms: (alarms: readonly Alarm[]) => void) {
    this.#userId = userId
    this.#api = api
    this.#onAlarms = onAlarms
    this.element = el('details', { class: 'context' }, el('summary', {}, 'About this person'), this.#body)
    // On a phone the messages need the place, unless there is an alarm.
    this.element.open = matchMedia('(min-width: 60rem)').matches
    void this.load()
    // The server sends no event when a notification changes its state.
    this.#timer = setInterval(() => {
      if (this.#hasOpenAlarm && document.visibilityState === 'visible') void this.load()
    }, REFRESH_INTERVAL_MS)
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#timer)
  }

  async load(): Promise<void> {
    try {
      const [personResponse, alarmsResponse] = await Promise.all([
        this.#api('GET', `/console/api/rooms/${this.#userId}/person/`),
        this.#api('GET', `/api/v1/event/alarms/${this.#userId}/`),
      ])
      const person = parsePersonDetails(personResponse)
      if (this.#closed || !person) return
      const alarms = parseAlarms(alarmsResponse, { userId: this.#userId, username: person.username })
      const latest = alarms[0] ?? null
      const isOpen = latest?.alarm.status === 'open'
      if (isOpen && !this.#hasOpenAlarm) this.element.open = true
      this.#hasOpenAlarm = isOpen
      this.#body.replaceChildren(
        personElement(person, latest),
        el('section', {}, el('h3', {}, 'Alarms'), pastAlarmsElement(alarms.map(({ alarm }) => alarm))),
      )
      this.#onAlarms(alarms.map(({ alarm }) => alarm))
    } catch (error) {
      if (this.#closed) return
      this.#body.replaceChildren(
        el('p', { class: 'error', role: 'alert' }, errorText(error)),
        button('Try again', () => void this.load()),
      )
    }
  }
}

/** The response lists the alarms of one person, so it does not repeat who that is. */
const parseAlarms = (response: unknown, person: Pick<Alarm, 'userId' | 'username'>): AlarmWithDeliveries[] =>
  parseList(valueAt(response, 'alarms'), (value) => {
    const alarm = parseAlarm(value)
    if (!alarm || !isRecord(value)) return null
    return { alarm: { ...alarm, ...person }, deliveries: parseList(value.deliveries, parseDelivery) }
  })

interface AlarmContext {
  readonly deliveries: readonly Delivery[]
  readonly elements: readonly HTMLElement[]
}

/** What the list of alarms shows beside one alarm. */
export const loadAlarmContext = async (api: Api, { userId, alarmId }: Alarm): Promise<AlarmContext> => {
  const [personResponse, alarmsResponse] = await Promise.all([
    api('GET', `/console/api/rooms/${userId}/person/`),
    api('GET', `/api/v1/event/alarms/${userId}/`),
  ])
  const person = parsePersonDetails(personResponse)
  if (!person) return { deliveries: [], elements: [] }
  const alarms = parseAlarms(alarmsResponse, { userId, username: person.username })
  const shown = alarms.find(({ alarm }) => alarm.alarmId === alarmId) ?? null
  const others = alarms.map(({ alarm }) => alarm).filter((alarm) => alarm.alarmId !== alarmId)
  return {
    deliveries: shown?.deliveries ?? [],
    elements: [personElement(person, shown), el('section', {}, el('h4', {}, 'Other alarms of this person'), pastAlarmsElement(others))],
  }
}
