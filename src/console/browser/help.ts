import { type Api, ApiError, errorText } from './api.ts'
import { reconnectDelay } from './backoff.ts'
import { deliveryTexts } from './delivery-texts.ts'
import { announceUrgently, button, el, setText, syncChildren } from './dom.ts'
import { asText, type OwnAlarm, parseList, parseOwnAlarm, valueAt } from './wire.ts'

/** The button that must always work: it calls for help, and afterwards the person can report that they are safe. */

const MAX_RETRIES = 8
const REFRESH_INTERVAL_MS = 8_000
/** While messages are being sent. */
const FAST_REFRESH_INTERVAL_MS = 1_000

export class Help {
  readonly #userId: number
  readonly #api: Api
  readonly #container: HTMLElement
  readonly #status = el('p', { class: 'help-status', role: 'status' })
  /** What the response to the call contains. */
  readonly #results = el('ul', { class: 'help-results' })
  /** Who was told. */
  readonly #people = el('ul', { class: 'help-results' })
  readonly #callButton = button('Call for help', () => void this.#trigger(), { class: 'urgent' })
  readonly #safeButton = button('I am safe', () => void this.#acknowledge(), { class: 'safe' })
  /** The alarms after which the person has not said yet that they are safe. Staff may have acknowledged them. */
  #alarms: readonly OwnAlarm[] = []
  /** The alarms that the person has ended on this page. */
  readonly #endedIds = new Set<string>()
  #refreshTimer: ReturnType<typeof setTimeout> | undefined
  #refreshCount = 0
  /** Whether messages are still being sent. */
  #isSending = false
  #stopped = false

  constructor(userId: number, api: Api, container: HTMLElement) {
    this.#userId = userId
    this.#api = api
    this.#container = container
    this.#render()
    void this.#refresh()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#refreshTimer)
    syncChildren(this.#container, [])
  }

  #render(): void {
    if (this.#stopped) return
    const safeButton = this.#alarms.length > 0 ? [this.#safeButton] : []
    syncChildren(this.#container, [this.#callButton, ...safeButton, this.#status, this.#results, this.#people])
  }

  /**
   * Also finds an alarm from before the page was loaded, so that the person can still press "I am safe". Staff may
   * acknowledge an alarm: the person should know that someone has seen it.
   */
  async #refresh(): Promise<void> {
    clearTimeout(this.#refreshTimer)
    this.#refreshCount++
    const refresh = this.#refreshCount
    const response = document.visibilityState === 'visible' ? await this.#api('GET', '/support/help/').catch(() => null) : null
    // A newer refresh has started: this response may be from before the call for help.
    if (this.#stopped || refresh !== this.#refreshCount) return
    if (response !== null) this.#show(parseList(valueAt(response, 'alarms'), parseOwnAlarm))
    const delay = this.#isSending ? FAST_REFRESH_INTERVAL_MS : REFRESH_INTERVAL_MS
    this.#refreshTimer = setTimeout(() => void this.#refresh(), delay)
  }

  #show(alarms: readonly OwnAlarm[]): void {
    const [before] = this.#alarms
    this.#alarms = alarms.filter(({ alarmId, status, isSafe }) => status !== 'cancelled' && !isSafe && !this.#endedIds.has(alarmId))
    const ended = alarms.filter(({ alarmId }) => this.#endedIds.has(alarmId))
    const [current] = this.#alarms
    if (current && current.status !== 'open') {
      setText(this.#status, `${current.acknowledgedBy ?? 'Someone'} has seen your alarm. You are not alone: you can write to us below.`)
    } else if (current && !before) {
      setText(this.#status, 'We have received your call for help. Your alarm is open.')
    }
    const deliveries = (current ? this.#alarms : ended).flatMap((alarm) => alarm.deliveries)
    const texts = deliveryTexts(deliveries, current ? 'alarm' : 'all-clear')
    if (current && deliveries.length === 0) texts.push('Only the support team is told: there is nobody else to tell.')
    this.#isSending = deliveries.some(({ state }) => state === 'pending')
    const shown = [...this.#people.children].map(({ textContent }) => textContent)
    // Replaced only if it changes: a screen reader may be reading it.
    if (JSON.stringify(shown) !== JSON.stringify(texts)) this.#people.replaceChildren(...texts.map((text) => el('li', {}, text)))
    this.#render()
  }

  async #trigger(): Promise<void> {
    this.#callButton.disabled = true
    this.#results.replaceChildren()
    setText(this.#status, 'Calling for help…')
    try {
      const response = await this.#requestWithRetry('POST', '/support/help/')
      const alarmId = asText(valueAt(response, 'alarm_id'))
      if (!this.#alarms.some((alarm) => alarm.alarmId === alarmId)) {
        this.#alarms = [{ alarmId, status: 'open', acknowledgedBy: null, isSafe: false, deliveries: [] }, ...this.#alarms]
      }
      setText(this.#status, 'We have received your call for help. Please stay here: our support team can read what you write.')
      announceUrgently('We have received your call for help.')
      this.#results.replaceChildren(...resultItems(response))
      void this.#refresh()
    } catch (error) {
      setText(this.#status, `${errorText(error)} If you are in danger, call 112, 911 or 999. You can also write to us below.`)
    }
    this.#callButton.disabled = false
    this.#render()
    if (this.#alarms.length > 0) this.#safeButton.focus()
  }

  /** Ends all alarms: a person who called twice and is safe has nothing more to call for. */
  async #acknowledge(): Promise<void> {
    this.#safeButton.disabled = true
    try {
      for (const { alarmId } of this.#alarms) {
        await this.#requestWithRetry('POST', `/api/v1/event/alarms/${this.#userId}/${encodeURIComponent(alarmId)}/ack/`)
        this.#endedIds.add(alarmId)
      }
      this.#alarms = []
      this.#results.replaceChildren()
      this.#people.replaceChildren()
      setText(this.#status, 'Good to know that you are safe. Your alarm has ended. Everybody who was told of it is told that you are safe.')
      this.#callButton.focus()
      void this.#refresh()
    } catch (error) {
      setText(this.#status, `${errorText(error)} Please press "I am safe" again in a moment.`)
    }
    this.#safeButton.disabled = false
    this.#render()
  }

  /** Repeats the request until the server has answered. Both requests are idempotent: a repeated trigger joins the same alarm. */
  async #requestWithRetry(method: string, path: string): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#api(method, path, {})
      } catch (error) {
        const isFinal = error instanceof ApiError && error.status < 500
        if (isFinal || this.#stopped || attempt === MAX_RETRIES) throw error
        setText(this.#status, 'No connection yet. Trying again…')
        await new Promise((resolve) => setTimeout(resolve, reconnectDelay(attempt, Math.random())))
      }
    }
  }
}

const resultItems = (response: unknown): HTMLLIElement[] => {
  const url = webUrl(asText(valueAt(response, 'music_url')))
  const unreachable = parseList(valueAt(response, 'unreachable'), asText)
  return [
    ...(url === null ? [] : [el('li', {}, el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, 'Play your music'))]),
    ...unreachable.map((name) =>
      el('li', {}, `${name} could not be told: there is no e-mail address and no phone number that can be dialled.`),
    ),
  ]
}

/** Accepts only http and https: a `javascript:` URL would run a script. */
const webUrl = (value: string): string | null => {
  const url = URL.canParse(value) ? new URL(value) : null
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}
