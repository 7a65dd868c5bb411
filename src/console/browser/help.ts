import { reconnectDelay } from '#chat/backoff.ts'
import { type CallState, createHelpCall, type HelpCall } from '#chat/help-call.ts'
import { asText } from '#chat/values.ts'
import { viaText } from './alarm-events.ts'
import { type Api, ApiError, errorText } from './api.ts'
import { deliveryTexts } from './delivery-texts.ts'
import { announceUrgently, button, el, setText, syncChildren } from './dom.ts'
import { timeElement } from './times.ts'
import { type OwnAlarm, parseList, parseOwnAlarm, valueAt } from './wire.ts'

/** The button that must always work: it calls for help, and afterwards the person can report that they are safe. */

const MAX_RETRIES = 8
const SLOW_AFTER_MS = 1_500
const STILL_OPEN = 'No connection yet. Your alarm is still open. Trying again…'
const REFRESH_INTERVAL_MS = 8_000
/** While messages are being sent. */
const FAST_REFRESH_INTERVAL_MS = 1_000

interface HelpOptions {
  readonly userId: number
  readonly api: Api
  readonly container: HTMLElement
  onLoggedOut(): void
  /** The server does not respond to a call. */
  onSlow(): void
}

export class Help {
  readonly #userId: number
  readonly #api: Api
  readonly #container: HTMLElement
  readonly #sender: HelpCall
  #call: CallState = { type: 'none' }
  readonly #status = el('p', { class: 'help-status', role: 'status' })
  /** What the response to the call contains. */
  readonly #results = el('ul', { class: 'help-results' })
  /** Who was notified. */
  readonly #people = el('ul', { class: 'help-results' })
  readonly #callButton = button('Call for help', () => this.#sender.press(), { class: 'urgent' })
  readonly #safeButton = button('I am safe', () => void this.#acknowledge(), { class: 'safe' })
  readonly #withdrawButton = button('Do not call', () => this.#withdraw())
  /** The alarms after which the person has not reported yet that they are safe. Staff may have acknowledged them. */
  #alarms: readonly OwnAlarm[] = []
  /** The alarms that the person has ended on this page. */
  readonly #endedIds = new Set<string>()
  #refreshTimer: ReturnType<typeof setTimeout> | undefined
  #refreshCount = 0
  /** Whether messages are still being sent. */
  #isSending = false
  #stopped = false

  constructor({ userId, api, container, onLoggedOut, onSlow }: HelpOptions) {
    this.#userId = userId
    this.#api = api
    this.#container = container
    this.#sender = createHelpCall({
      userId,
      trigger: (callId) => api('POST', '/support/help/', { call_id: callId }),
      onState: (state) => this.#onCallState(state),
      onReceived: (response) => this.#onReceived(response),
      onRefused: (message) => this.#onRefused(message),
      onLoggedOut,
      onSlow,
    })
    this.#render()
    void this.#refresh()
  }

  /** Whether the person has pressed the button, and the call was not received. */
  get isWaiting(): boolean {
    return this.#sender.isWaiting
  }

  /** The connection is back. */
  onConnected(): void {
    this.#sender.retryNow()
    void this.#refresh()
  }

  stop(): void {
    this.#stopped = true
    this.#sender.close()
    clearTimeout(this.#refreshTimer)
    syncChildren(this.#container, [])
  }

  #render(): void {
    if (this.#stopped) return
    const safeButton = this.#alarms.length > 0 ? [this.#safeButton] : []
    const isUnsent = this.#call.type === 'waiting' || this.#call.type === 'expired'
    this.#status.classList.toggle('unsent', isUnsent)
    const withdrawButton = isUnsent ? [this.#withdrawButton] : []
    syncChildren(this.#container, [this.#callButton, ...safeButton, ...withdrawButton, this.#status, this.#results, this.#people])
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
    // While a call is on its way, the status is about that call.
    if (this.#call.type === 'none') this.#showStatus(current, before)
    const deliveries = (current ? this.#alarms : ended).flatMap((alarm) => alarm.deliveries)
    const texts = deliveryTexts(deliveries, current ? 'alarm' : 'all-clear')
    if (current && deliveries.length === 0) texts.push('Only the support team is notified: there is no one else to notify.')
    this.#isSending = deliveries.some(({ state }) => state === 'pending')
    const shown = [...this.#people.children].map(({ textContent }) => textContent)
    // Replaced only if it changes: a screen reader may be reading it.
    if (JSON.stringify(shown) !== JSON.stringify(texts)) this.#people.replaceChildren(...texts.map((text) => el('li', {}, text)))
    this.#render()
  }

  #showStatus(current: OwnAlarm | undefined, before: OwnAlarm | undefined): void {
    if (current && current.status !== 'open') {
      setText(
        this.#status,
        `${current.acknowledgedBy ?? 'Someone'} has seen your alarm${viaText(current.acknowledgedVia)}. You are not alone: you can write to us below.`,
      )
    } else if (current && !before) {
      setText(this.#status, 'We have received your call for help. Your alarm is open.')
    }
  }

  #onCallState(state: CallState): void {
    const previous = this.#call
    this.#call = state
    this.#results.replaceChildren()
    if (state.type === 'none') setText(this.#status, '')
    else if (state.type === 'sending') setText(this.#status, 'Calling for help…')
    else if (state.type === 'waiting') {
      setText(this.#status, unsentText(state.reason))
      if (previous.type !== 'waiting') announceUrgently('Your call for help has not reached us yet. Call one of the numbers above.')
    } else {
      this.#status.replaceChildren(
        'You pressed "Call for help" at ',
        timeElement(new Date(state.pressedAt).toISOString()),
        ', and it has not reached us. Do you still need help? Then press the button again.',
      )
    }
    setText(this.#withdrawButton, state.type === 'expired' ? 'No, I do not need help now' : 'Do not call')
    this.#render()
  }

  #onReceived(response: unknown): void {
    this.#call = { type: 'none' }
    const alarmId = asText(valueAt(response, 'alarm_id'))
    if (!this.#alarms.some((alarm) => alarm.alarmId === alarmId)) {
      this.#alarms = [{ alarmId, status: 'open', acknowledgedBy: null, isSafe: false, deliveries: [] }, ...this.#alarms]
    }
    setText(this.#status, 'We have received your call for help. Please stay here: our support team can read what you write.')
    announceUrgently('We have received your call for help.')
    this.#results.replaceChildren(...resultItems(response))
    // The focus stays: a second press of the key must not report that the person is safe.
    this.#render()
    void this.#refresh()
  }

  #onRefused(message: string): void {
    this.#call = { type: 'none' }
    setText(this.#status, `${message} If you are in danger, call one of the numbers above. You can also write to us below.`)
    this.#render()
  }

  /** A request may have been received although its response was lost. Then its alarm is open, and "I am safe" appears. */
  #withdraw(): void {
    this.#sender.withdraw()
    setText(this.#status, 'Your call for help is not sent.')
    this.#callButton.focus()
    void this.#refresh()
  }

  /** Ends all alarms: a person who called twice and is safe has nothing more to call for. */
  async #acknowledge(): Promise<void> {
    this.#safeButton.disabled = true
    const slowTimer = setTimeout(() => setText(this.#status, STILL_OPEN), SLOW_AFTER_MS)
    try {
      for (const { alarmId } of this.#alarms) {
        await this.#requestWithRetry('POST', `/api/v1/event/alarms/${this.#userId}/${encodeURIComponent(alarmId)}/ack/`)
        this.#endedIds.add(alarmId)
      }
      this.#alarms = []
      this.#results.replaceChildren()
      this.#people.replaceChildren()
      setText(
        this.#status,
        'Good to know that you are safe. Your alarm has ended. Everyone who was notified of it is notified that you are safe.',
      )
      this.#callButton.focus()
      void this.#refresh()
    } catch (error) {
      setText(this.#status, `${errorText(error)} Please press "I am safe" again in a moment.`)
    }
    clearTimeout(slowTimer)
    this.#safeButton.disabled = false
    this.#render()
  }

  /** Repeats the request until the server has answered. */
  async #requestWithRetry(method: string, path: string): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#api(method, path, {})
      } catch (error) {
        const isFinal = error instanceof ApiError && error.status < 500
        if (isFinal || this.#stopped || attempt === MAX_RETRIES) throw error
        setText(this.#status, STILL_OPEN)
        await new Promise((resolve) => setTimeout(resolve, reconnectDelay(attempt, Math.random())))
      }
    }
  }
}

const unsentText = (reason: string): string =>
  `${reason} Your call for help has not reached us yet. It is kept on this device, and is sent as soon as we can be reached. Do not wait for it: call one of the numbers above.`

const resultItems = (response: unknown): HTMLLIElement[] => {
  const url = webUrl(asText(valueAt(response, 'music_url')))
  const unreachable = parseList(valueAt(response, 'unreachable'), asText)
  return [
    ...(url === null ? [] : [el('li', {}, el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, 'Play your music'))]),
    ...unreachable.map((name) =>
      el('li', {}, `${name} could not be notified: there is no e-mail address and no phone number that can be dialled.`),
    ),
  ]
}

/** Accepts only http and https: a `javascript:` URL would run a script. */
const webUrl = (value: string): string | null => {
  const url = URL.canParse(value) ? new URL(value) : null
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}
