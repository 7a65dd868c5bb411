import { asText, isRecord } from '#chat/values.ts'

/**
 * Shares the log-in between the open tabs of this browser. The token is not in `localStorage`: there it would stay after the last
 * tab was closed, for the next user of this computer. A new tab asks the others instead. Only pages of this origin receive these
 * messages, and in frames only those on the same site.
 */

const CHANNEL = 'concord.session'

interface SharedSessionOptions {
  /** The token of this tab; null if no user is logged in. */
  token(): string | null
  /** Another tab is logged in. Called only while this one is not. */
  onToken(token: string): void
  /** Another tab has logged out. */
  onLoggedOut(): void
}

export class SharedSession {
  readonly #options: SharedSessionOptions
  readonly #channel = openChannel()

  constructor(options: SharedSessionOptions) {
    this.#options = options
    this.#channel?.addEventListener('message', ({ data }) => this.#onMessage(data))
  }

  /** This tab was opened without a token. */
  ask(): void {
    this.#channel?.postMessage({ type: 'ask' })
  }

  /** A user has logged in in this tab. */
  loggedIn(token: string): void {
    this.#channel?.postMessage({ type: 'token', token })
  }

  loggedOut(token: string): void {
    this.#channel?.postMessage({ type: 'logged-out', token })
  }

  #onMessage(message: unknown): void {
    if (!isRecord(message)) return
    const own = this.#options.token()
    const token = asText(message.token)
    if (message.type === 'ask' && own !== null) this.loggedIn(own)
    else if (message.type === 'token' && own === null && token !== '') this.#options.onToken(token)
    else if (message.type === 'logged-out' && token !== '' && token === own) this.#options.onLoggedOut()
  }
}

/** Null where the browser has no such channel, or blocks it in a frame. Then each tab has to log in. */
const openChannel = (): BroadcastChannel | null => {
  try {
    return new BroadcastChannel(CHANNEL)
  } catch {
    return null
  }
}
