import type { ConnectionState } from '#chat/reconnecting-socket.ts'
import { requireElement, setText } from './dom.ts'

/** Shows the state of the connection to the desk, and warns while no alarm can arrive over it. */

const TEXTS: Readonly<Record<ConnectionState, string>> = {
  open: 'Connected',
  connecting: 'Connecting…',
  waiting: 'No connection. Trying again…',
  closed: '',
}
/** A connection is usually open within this time. A warning that flashes at every log-in would soon not be read any more. */
const CONNECTING_MS = 3000

export class DeskLine {
  readonly #status = requireElement('connection', HTMLElement)
  readonly #warning = requireElement('line-down', HTMLElement)
  readonly #onChange: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #state: ConnectionState = 'closed'

  constructor(onChange: () => void) {
    this.#onChange = onChange
    // The socket detects a missing network only when a ping is not answered. The device reports it at once.
    for (const event of ['offline', 'online']) addEventListener(event, () => this.#state !== 'closed' && this.show(this.#state))
  }

  get isDown(): boolean {
    return !this.#warning.hidden
  }

  show(state: ConnectionState): void {
    this.#state = state
    const shown = state === 'open' && !navigator.onLine ? 'waiting' : state
    setText(this.#status, TEXTS[shown])
    this.#status.dataset.state = shown
    clearTimeout(this.#timer)
    if (shown === 'waiting') this.#warn(true)
    else if (shown === 'connecting') this.#timer = setTimeout(() => this.#warn(true), CONNECTING_MS)
    else this.#warn(false)
  }

  #warn(isDown: boolean): void {
    if (this.isDown === isDown) return
    this.#warning.hidden = !isDown
    this.#onChange()
  }
}
