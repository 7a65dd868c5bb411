import { type Alarm, parseAlarm } from '#chat/desk-events.ts'
import { type AlarmState, alarmState, STATE_NAMES, viaText } from './alarm-events.ts'
import { type Api, errorText } from './api.ts'
import { BAD_STATES, DELIVERY_STATES } from './delivery-states.ts'
import { button, el, requireElement, setText, syncChildren } from './dom.ts'
import { ListRequests } from './list-requests.ts'
import { loadAlarmContext } from './person-context.ts'
import { fullTimeElement, timeElement } from './times.ts'
import { type Delivery, parsePage } from './wire.ts'

const REFRESH_INTERVAL_MS = 5_000

/** The list of alarms: who called for help, who acknowledged it, and which notifications were sent. */

const END_TEXTS: Readonly<Record<AlarmState, string>> = {
  open: '',
  acknowledged: 'acknowledged',
  safe: 'ended',
  cancelled: 'cancelled',
}

const endedBy = (alarm: Alarm, username: string): string =>
  alarmState(alarm) === 'safe' ? `: ${username} reports that they are safe` : ` by ${username}${viaText(alarm.acknowledgedVia)}`

/** The latest first. */
const withAlarm = (alarms: readonly Alarm[], alarm: Alarm): Alarm[] =>
  [alarm, ...alarms.filter(({ alarmId }) => alarmId !== alarm.alarmId)].sort(
    (a, b) => Date.parse(b.triggeredAt) - Date.parse(a.triggeredAt),
  )

export class Alarms {
  readonly #api: Api
  readonly #onChange: () => void
  readonly #feed = requireElement('alarm-feed', HTMLElement)
  readonly #cards = new Map<string, AlarmCard>()
  readonly #requests = new ListRequests<Alarm>()
  #alarms: Alarm[] = []

  constructor(api: Api, onChange: () => void) {
    this.#api = api
    this.#onChange = onChange
    // The server sends no event when a delivery changes its state, so this list polls while it is visible.
    setInterval(() => {
      if (document.visibilityState === 'hidden' || this.#feed.offsetParent === null) return
      for (const { alarmId } of this.open) this.#cards.get(alarmId)?.reload()
    }, REFRESH_INTERVAL_MS)
  }

  get open(): readonly Alarm[] {
    return this.#alarms.filter(({ status }) => status === 'open')
  }

  of(userId: number): readonly Alarm[] {
    return this.#alarms.filter((alarm) => alarm.userId === userId)
  }

  has(alarmId: string): boolean {
    return this.#alarms.some((alarm) => alarm.alarmId === alarmId)
  }

  /** Reloads the whole list. Returns the open alarms that were not in it before. */
  async load(): Promise<readonly Alarm[]> {
    const answer = await this.#requests.send(() => this.#api('GET', '/console/api/alarms/'))
    if (!answer || answer.isOutdated) return []
    const { items } = parsePage(answer.response, 'alarms', parseAlarm)
    const newAlarms = items.filter(({ alarmId, status }) => status === 'open' && !this.has(alarmId))
    this.#alarms = answer.updates.reduce(withAlarm, [...items])
    this.#render()
    return newAlarms
  }

  put(alarm: Alarm): void {
    this.#requests.record([alarm])
    this.#alarms = withAlarm(this.#alarms, alarm)
    this.#cards.get(alarm.alarmId)?.reload()
    this.#render()
  }

  clear(): void {
    this.#requests.cancel()
    this.#alarms = []
    this.#render()
  }

  async acknowledge(userId: number, alarmId: string): Promise<void> {
    await this.#api('POST', `/api/v1/event/alarms/${userId}/${encodeURIComponent(alarmId)}/ack/`, {})
    await this.load()
    this.#cards.get(alarmId)?.reload()
  }

  #render(): void {
    const cards = this.#alarms.map((alarm) => {
      const card =
        this.#cards.get(alarm.alarmId) ??
        alarmCard(
          alarm,
          () => this.acknowledge(alarm.userId, alarm.alarmId),
          () => loadAlarmContext(this.#api, alarm),
        )
      this.#cards.set(alarm.alarmId, card)
      card.update(alarm)
      return card.element
    })
    syncChildren(this.#feed, cards.length > 0 ? cards : [el('p', { class: 'empty' }, 'No alarms yet.')])
    this.#onChange()
  }
}

interface AlarmCard {
  readonly element: HTMLElement
  update(alarm: Alarm): void
  reload(): void
}

const alarmCard = (
  { alarmId, userId, username }: Alarm,
  acknowledge: () => Promise<void>,
  loadContext: () => ReturnType<typeof loadAlarmContext>,
): AlarmCard => {
  const status = el('span', { class: 'badge' })
  const summary = el('p', {})
  const error = el('p', { class: 'error', role: 'alert' })
  // The element that scrolls is kept when its table is reloaded, so that the keyboard focus stays on it.
  const deliveries = el('div', {
    class: 'deliveries table-wrapper',
    tabindex: '0',
    role: 'group',
    'aria-label': 'Person and notifications',
  })
  const details = el('details', {}, el('summary', {}, 'Person and notifications'), deliveries)
  const ackButton = button('Acknowledge', () => void onAcknowledge(), {
    class: 'primary',
    'aria-label': `Acknowledge the alarm of ${username}`,
  })

  const onAcknowledge = async (): Promise<void> => {
    ackButton.disabled = true
    await acknowledge().catch((failure: unknown) => setText(error, errorText(failure)))
    ackButton.disabled = false
  }

  const reload = async (): Promise<void> => {
    if (!details.open) return
    try {
      const context = await loadContext()
      deliveries.replaceChildren(...context.elements, deliveryTable(context.deliveries))
    } catch (failure) {
      deliveries.replaceChildren(
        el('p', { class: 'error' }, errorText(failure)),
        button('Try again', () => void reload()),
      )
    }
  }
  details.addEventListener('toggle', () => void reload())

  let updatedBefore = false
  return {
    element: el(
      'article',
      { class: 'card', 'data-alarm': alarmId, 'aria-label': `Alarm of ${username}` },
      el('header', { class: 'row' }, el('h3', {}, el('a', { href: `#/room/${userId}` }, username)), status, ackButton),
      summary,
      error,
      details,
    ),
    update: (alarm) => {
      const isOpen = alarm.status === 'open'
      setText(status, STATE_NAMES[alarmState(alarm)])
      status.classList.toggle('urgent', isOpen)
      ackButton.hidden = !isOpen
      summary.replaceChildren(
        `${alarm.scenario} · started `,
        fullTimeElement(alarm.triggeredAt),
        ...(alarm.acknowledgedAt ? [` · ${END_TEXTS[alarmState(alarm)]} `, fullTimeElement(alarm.acknowledgedAt)] : []),
        ...(alarm.acknowledgedBy ? [endedBy(alarm, alarm.acknowledgedBy)] : []),
      )
      // For an open alarm, staff need to see at once whether anyone was reached.
      if (isOpen && !updatedBefore) details.open = true
      updatedBefore = true
    },
    reload: () => void reload(),
  }
}

const deliveryTable = (deliveries: readonly Delivery[]): HTMLElement => {
  if (deliveries.length === 0) {
    return el('p', { class: 'hint' }, 'There was no one else to notify: only the support desk was notified.')
  }
  const columns = ['Recipient', 'Channel', 'Step', 'State', 'Attempts', 'Updated']
  return el(
    'table',
    {},
    el('thead', {}, el('tr', {}, ...columns.map((name) => el('th', { scope: 'col' }, name)))),
    el(
      'tbody',
      {},
      ...deliveries.map(({ recipient, channel, step, state, attempts, updatedAt }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, recipient),
          el('td', {}, channel),
          el('td', {}, step === 0 ? 'end' : String(step)),
          el('td', { class: `state-${BAD_STATES.has(state) ? 'bad' : 'good'}` }, DELIVERY_STATES[state] ?? state),
          el('td', {}, String(attempts)),
          el('td', {}, timeElement(updatedAt)),
        ),
      ),
    ),
  )
}
