import { type Api, ApiError, errorText } from './api.ts'
import { reconnectDelay } from './backoff.ts'
import { announceUrgently, button, el, setText, syncChildren } from './dom.ts'
import { asText, parseAlarm, parseList, valueAt } from './wire.ts'

/** The button that must always work: it calls for help, and afterwards the person can report that they are safe. */

const MAX_RETRIES = 8
const REFRESH_INTERVAL_MS = 8_000

export class Help {
  readonly #userId: number
  readonly #api: Api
  readonly #container: HTMLElement
  readonly #status = el('p', { class: 'help-status', role: 'status' })
  readonly #results = el('ul', { class: 'help-results' })
  readonly #callButton = button('Call for help', () => void this.#trigger(), { class: 'urgent' })
  readonly #safeButton = button('I am safe', () => void this.#acknowledge(), { class: 'safe' })
  #alarmId: string | null = null
  readonly #refreshTimer: ReturnType<typeof setInterval>
  #stopped = false

  constructor(userId: number, api: Api, container: HTMLElement) {
    this.#userId = userId
    this.#api = api
    this.#container = container
    this.#render()
    void this.#refresh()
    // Staff may acknowledge the alarm. The person should know that someone has seen it.
    this.#refreshTimer = setInterval(() => {
      if (this.#alarmId !== null && document.visibilityState === 'visible') void this.#refresh()
    }, REFRESH_INTERVAL_MS)
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#refreshTimer)
    syncChildren(this.#container, [])
  }

  #render(): void {
    if (this.#stopped) return
    syncChildren(this.#container, [this.#callButton, ...(this.#alarmId === null ? [] : [this.#safeButton]), this.#status, this.#results])
  }

  /** Also finds an alarm from before the page was loaded, so that the person can still press "I am safe". */
  async #refresh(): Promise<void> {
    const response = await this.#api('GET', `/api/v1/event/alarms/${this.#userId}/`).catch(() => null)
    const alarms = parseList(valueAt(response, 'alarms'), parseAlarm)
    const open = alarms.find(({ status }) => status === 'open')
    const current = alarms.find(({ alarmId }) => alarmId === this.#alarmId)
    if (this.#alarmId === null && open) {
      this.#alarmId = open.alarmId
      setText(this.#status, 'We have received your call for help. Your alarm is open.')
    } else if (current && current.status !== 'open') {
      this.#alarmId = null
      this.#results.replaceChildren()
      setText(this.#status, `${current.acknowledgedBy ?? 'Someone'} has seen your alarm. You are not alone: you can write to us below.`)
    }
    this.#render()
  }

  async #trigger(): Promise<void> {
    this.#callButton.disabled = true
    this.#results.replaceChildren()
    setText(this.#status, 'Calling for help…')
    try {
      const response = await this.#requestWithRetry('POST', '/support/help/')
      this.#alarmId = asText(valueAt(response, 'alarm_id')) || null
      setText(this.#status, 'We have received your call for help. Please stay here: our support team can read what you write.')
      announceUrgently('We have received your call for help.')
      this.#results.replaceChildren(...resultItems(response))
    } catch (error) {
      setText(this.#status, `${errorText(error)} If you are in danger, call 112, 911 or 999. You can also write to us below.`)
    }
    this.#callButton.disabled = false
    this.#render()
    if (this.#alarmId !== null) this.#safeButton.focus()
  }

  async #acknowledge(): Promise<void> {
    if (this.#alarmId === null) return
    this.#safeButton.disabled = true
    try {
      await this.#requestWithRetry('POST', `/api/v1/event/alarms/${this.#userId}/${encodeURIComponent(this.#alarmId)}/ack/`)
      this.#alarmId = null
      this.#results.replaceChildren()
      // The server tells only the support desk that an alarm has ended. It sends nothing to the person's contacts.
      setText(
        this.#status,
        'Good to know that you are safe. Your alarm has ended. If your contacts were notified, please let them know, too.',
      )
      this.#callButton.focus()
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
