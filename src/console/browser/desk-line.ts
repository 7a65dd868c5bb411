import { requireElement, setText } from './dom.ts'
import type { ConnectionState } from './reconnecting-socket.ts'

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

  constructor(onChange: () => void) {
    this.#onChange = onChange
    addEventListener('offline', () => {
      if (this.#status.dataset.state === 'open') this.#warn(true)
    })
    addEventListener('online', () => this.#warn(this.#status.dataset.state !== 'open'))
  }

  get isDown(): boolean {
    return !this.#warning.hidden
  }

  show(state: ConnectionState): void {
    setText(this.#status, TEXTS[state])
    this.#status.dataset.state = state
    clearTimeout(this.#timer)
    if (state === 'waiting') this.#warn(true)
    else if (state === 'connecting') this.#timer = setTimeout(() => this.#warn(true), CONNECTING_MS)
    else this.#warn(false)
  }

  #warn(isDown: boolean): void {
    if (this.isDown === isDown) return
    this.#warning.hidden = !isDown
    this.#onChange()
  }
}
