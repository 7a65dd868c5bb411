import { type Api, wordsOf } from './api.ts'
import { arrange, button, el, need, say } from './dom.ts'
import { fullTime, timeElement } from './times.ts'
import { type Alarm, alarmFrom, type Delivery, deliveryFrom, inside, listFrom, pageFrom, text } from './wire.ts'

const LOOK_EVERY_MS = 5_000

/** Who rang, who answers for it, and who was told by which way. */

const STATES: Readonly<Record<string, string>> = {
  pending: 'on its way',
  sent: 'sent',
  uncertain: 'sent, perhaps: the carrier did not say',
  failed: 'failed',
  stopped: 'stopped: no longer needed',
}

export class Alarms {
  readonly #api: Api
  readonly #changed: () => void
  readonly #feed = need('alarm-feed', HTMLElement)
  readonly #cards = new Map<string, AlarmCard>()
  #alarms: Alarm[] = []

  constructor(api: Api, changed: () => void) {
    this.#api = api
    this.#changed = changed
    // Nobody is told when a carrier has taken a message, so whoever looks at it is shown how it stands.
    setInterval(() => {
      if (document.visibilityState === 'hidden' || this.#feed.offsetParent === null) return
      for (const { alarmId } of this.open) this.#cards.get(alarmId)?.reload()
    }, LOOK_EVERY_MS)
  }

  get open(): readonly Alarm[] {
    return this.#alarms.filter(({ status }) => status === 'open')
  }

  knows(alarmId: string): boolean {
    return this.#alarms.some((alarm) => alarm.alarmId === alarmId)
  }

  /** The whole list anew; which of the open ones nobody here had heard of. */
  async load(): Promise<readonly Alarm[]> {
    const { items } = pageFrom(await this.#api('GET', '/console/api/alarms/'), 'alarms', alarmFrom)
    const news = items.filter(({ alarmId, status }) => status === 'open' && !this.knows(alarmId))
    this.#alarms = [...items]
    this.#draw()
    return news
  }

  put(alarm: Alarm): void {
    const others = this.#alarms.filter(({ alarmId }) => alarmId !== alarm.alarmId)
    this.#alarms = [alarm, ...others].sort((a, b) => Date.parse(b.triggeredAt) - Date.parse(a.triggeredAt))
    this.#cards.get(alarm.alarmId)?.reload()
    this.#draw()
  }

  clear(): void {
    this.#alarms = []
    this.#draw()
  }

  async acknowledge(userId: number, alarmId: string): Promise<void> {
    await this.#api('POST', `/api/v1/event/alarms/${userId}/${encodeURIComponent(alarmId)}/ack/`, {})
    await this.load()
    this.#cards.get(alarmId)?.reload()
  }

  #draw(): void {
    const cards = this.#alarms.map((alarm) => {
      const card =
        this.#cards.get(alarm.alarmId) ??
        alarmCard(
          alarm,
          () => this.acknowledge(alarm.userId, alarm.alarmId),
          () => this.#deliveriesOf(alarm),
        )
      this.#cards.set(alarm.alarmId, card)
      card.show(alarm)
      return card.element
    })
    arrange(this.#feed, cards.length > 0 ? cards : [el('p', { class: 'empty' }, 'Nobody has rung.')])
    this.#changed()
  }

  async #deliveriesOf({ userId, alarmId }: Alarm): Promise<Delivery[]> {
    const answer = await this.#api('GET', `/api/v1/event/alarms/${userId}/`)
    const alarms = listFrom(inside(answer, 'alarms'), (value) => value)
    return listFrom(
      inside(
        alarms.find((each) => text(inside(each, 'alarm_id')) === alarmId),
        'deliveries',
      ),
      deliveryFrom,
    )
  }
}

interface AlarmCard {
  readonly element: HTMLElement
  show(alarm: Alarm): void
  reload(): void
}

const alarmCard = (
  { alarmId, userId, username }: Alarm,
  acknowledge: () => Promise<void>,
  deliveries: () => Promise<Delivery[]>,
): AlarmCard => {
  const status = el('span', { class: 'badge' })
  const facts = el('p', {})
  const said = el('p', { class: 'error', role: 'alert' })
  const told = el('div', { class: 'told' })
  const details = el('details', {}, el('summary', {}, 'Who was told'), told)
  const ack = button('Acknowledge', () => void confirm(), { class: 'main', 'aria-label': `Acknowledge the alarm of ${username}` })

  const confirm = async (): Promise<void> => {
    ack.disabled = true
    await acknowledge().catch((error: unknown) => say(said, wordsOf(error)))
    ack.disabled = false
  }

  const reload = async (): Promise<void> => {
    if (!details.open) return
    try {
      told.replaceChildren(deliveryTable(await deliveries()))
    } catch (error) {
      told.replaceChildren(
        el('p', { class: 'error' }, wordsOf(error)),
        button('Try again', () => void reload()),
      )
    }
  }
  details.addEventListener('toggle', () => void reload())

  let opened = false
  return {
    element: el(
      'article',
      { class: 'card', 'data-alarm': alarmId, 'aria-label': `Alarm of ${username}` },
      el('header', { class: 'line' }, el('h3', {}, el('a', { href: `#/room/${userId}` }, username)), status, ack),
      facts,
      said,
      details,
    ),
    show: (alarm) => {
      const isOpen = alarm.status === 'open'
      say(status, isOpen ? 'Open' : alarm.status === 'acknowledged' ? 'Acknowledged' : 'Cancelled')
      status.classList.toggle('urgent', isOpen)
      ack.hidden = !isOpen
      facts.replaceChildren(
        `${alarm.scenario} · rang `,
        fullTime(alarm.triggeredAt),
        ...(alarm.acknowledgedAt ? [' · answered for ', fullTime(alarm.acknowledgedAt)] : []),
        ...(alarm.acknowledgedBy ? [` by ${alarm.acknowledgedBy}`] : []),
      )
      // Of an open alarm one wants to know at once whether anybody was reached.
      if (isOpen && !opened) details.open = true
      opened = true
    },
    reload: () => void reload(),
  }
}

const deliveryTable = (deliveries: readonly Delivery[]): HTMLElement => {
  if (deliveries.length === 0) return el('p', { class: 'hint' }, 'The scenario names nobody to tell; the support desk alone was told.')
  const head = ['Who', 'How', 'Step', 'State', 'Tries', 'When']
  return el(
    'div',
    { class: 'wide' },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...head.map((name) => el('th', { scope: 'col' }, name)))),
      el(
        'tbody',
        {},
        ...deliveries.map(({ recipient, channel, step, state, attempts, updatedAt }) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, recipient),
            el('td', {}, channel),
            el('td', {}, String(step)),
            el('td', { class: `state-${state === 'failed' || state === 'uncertain' ? 'bad' : 'good'}` }, STATES[state] ?? state),
            el('td', {}, String(attempts)),
            el('td', {}, timeElement(updatedAt)),
          ),
        ),
      ),
    ),
  )
}
