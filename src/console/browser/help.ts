import { type Api, Refused, wordsOf } from './api.ts'
import { reconnectDelay } from './backoff.ts'
import { alarm, arrange, button, el, say } from './dom.ts'
import { alarmFrom, inside, isRecord, listFrom, text } from './wire.ts'

/** The one button that must work: call for help, and then say that one is safe. */

const TRIES = 8
const LOOK_EVERY_MS = 8_000

export class Help {
  readonly #userId: number
  readonly #api: Api
  readonly #place: HTMLElement
  readonly #status = el('p', { class: 'help-status', role: 'status' })
  readonly #told = el('ul', { class: 'told' })
  readonly #call = button('Call for help', () => void this.#ring(), { class: 'urgent' })
  readonly #safe = button('I am safe', () => void this.#acknowledge(), { class: 'safe' })
  #alarmId: string | null = null
  readonly #clock: ReturnType<typeof setInterval>
  #ended = false

  constructor(userId: number, api: Api, place: HTMLElement) {
    this.#userId = userId
    this.#api = api
    this.#place = place
    this.#draw()
    void this.#look()
    // Somebody may answer for the alarm: whoever rang should know that they were heard.
    this.#clock = setInterval(() => {
      if (this.#alarmId !== null && document.visibilityState === 'visible') void this.#look()
    }, LOOK_EVERY_MS)
  }

  end(): void {
    this.#ended = true
    clearInterval(this.#clock)
    arrange(this.#place, [])
  }

  #draw(): void {
    if (!this.#ended) arrange(this.#place, [this.#call, ...(this.#alarmId === null ? [] : [this.#safe]), this.#status, this.#told])
  }

  /** Whoever rang, and comes back to the page, must still be able to say that they are safe. */
  async #look(): Promise<void> {
    const answer = await this.#api('GET', `/api/v1/event/alarms/${this.#userId}/`).catch(() => null)
    const alarms = listFrom(inside(answer, 'alarms'), alarmFrom)
    const open = alarms.find(({ status }) => status === 'open')
    const mine = alarms.find(({ alarmId }) => alarmId === this.#alarmId)
    if (this.#alarmId === null && open) {
      this.#alarmId = open.alarmId
      say(this.#status, 'Your alarm is open. Help was called.')
    } else if (mine && mine.status !== 'open') {
      this.#alarmId = null
      this.#told.replaceChildren()
      say(this.#status, `${mine.acknowledgedBy ?? 'Somebody'} has seen your alarm, and knows. Write below: you are not alone.`)
    }
    this.#draw()
  }

  async #ring(): Promise<void> {
    this.#call.disabled = true
    this.#told.replaceChildren()
    say(this.#status, 'Calling for help…')
    try {
      const answer = await this.#persistently('POST', `/api/v1/event/trigger/${this.#userId}/`)
      this.#alarmId = text(inside(answer, 'alarm_id')) || null
      say(this.#status, 'Help was called. Stay here: somebody reads what you write.')
      alarm('Help was called.')
      this.#told.replaceChildren(...whatWasDone(inside(answer, 'messages')))
    } catch (error) {
      say(this.#status, `${wordsOf(error)} If you are in danger, call 112, 911 or 999, or write below.`)
    }
    this.#call.disabled = false
    this.#draw()
    if (this.#alarmId !== null) this.#safe.focus()
  }

  async #acknowledge(): Promise<void> {
    if (this.#alarmId === null) return
    this.#safe.disabled = true
    try {
      await this.#persistently('POST', `/api/v1/event/alarms/${this.#userId}/${encodeURIComponent(this.#alarmId)}/ack/`)
      this.#alarmId = null
      this.#told.replaceChildren()
      say(this.#status, 'Good to know that you are safe. Everybody who was called is told so.')
      this.#call.focus()
    } catch (error) {
      say(this.#status, `${wordsOf(error)} Press it again in a moment.`)
    }
    this.#safe.disabled = false
    this.#draw()
  }

  /** Until it has arrived: the server takes the same call for help twice as one. */
  async #persistently(method: string, path: string): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#api(method, path, {})
      } catch (error) {
        const final = error instanceof Refused && error.status < 500
        if (final || this.#ended || attempt === TRIES) throw error
        say(this.#status, 'No connection yet. Trying again…')
        await new Promise((resolve) => setTimeout(resolve, reconnectDelay(attempt, Math.random())))
      }
    }
  }
}

const whatWasDone = (messages: unknown): HTMLLIElement[] =>
  listFrom(messages, (value) => {
    if (typeof value === 'string') return el('li', {}, value)
    const url = isRecord(value) ? webAddress(text(value.music_url)) : null
    if (!url) return null
    return el('li', {}, el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, 'Play your music'))
  })

/** Only what leads to the web: an address can name a script too. */
const webAddress = (given: string): string | null => {
  const url = URL.canParse(given) ? new URL(given) : null
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}
