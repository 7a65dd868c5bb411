import type { ConnectionState } from '#chat/reconnecting-socket.ts'
import { requireElement, setText } from './dom.ts'

const TEXTS: Readonly<Record<ConnectionState, string>> = {
  open: 'Connected',
  connecting: 'Connecting…',
  waiting: 'No connection. Trying again…',
  closed: '',
}

/** Shows the state of the connection in the bar of the page. */
export const showConnection = (state: ConnectionState): void => {
  const label = requireElement('connection', HTMLElement)
  setText(label, TEXTS[state])
  label.dataset.state = state
}
