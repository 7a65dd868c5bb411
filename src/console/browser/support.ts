import { createApi, errorText, isUnauthenticated } from './api.ts'
import { requireElement, setText } from './dom.ts'
import { Help } from './help.ts'
import { LoginForm } from './login-form.ts'
import type { ConnectionState } from './reconnecting-socket.ts'
import { clearUnsentTexts, loadToken, saveToken } from './saved-state.ts'
import { Thread } from './thread.ts'
import { asText, parseUser, type User, valueAt } from './wire.ts'

/**
 * The support page for one person. It uses a token and no cookie: inside a frame on another site, browsers do not send the
 * cookie. And because the browser never sends the token by itself, the other site cannot misuse it. The token lasts as long
 * as the tab.
 */

const setToken = (value: string | null): void => {
  token = value
  saveToken(value)
}

let token = loadToken()
let thread: Thread | null = null
let help: Help | null = null

const api = createApi(() => token)
const sessionBar = requireElement('session', HTMLElement)
const chatSection = requireElement('chat', HTMLElement)
const helpSection = requireElement('help', HTMLElement)
const connection = requireElement('connection', HTMLElement)

const loginForm = new LoginForm(async (username, password) => {
  const response = await createApi(() => null)('POST', '/api/v1/user/login/', { username, password })
  setToken(asText(valueAt(response, 'token')))
  await start()
})

const start = async (): Promise<void> => {
  const me = parseUser(valueAt(await api('GET', '/api/users/me/'), 'data', 'user'))
  if (me) showChat(me)
}

const showChat = (me: User): void => {
  loginForm.hide()
  setText(requireElement('current-user', HTMLElement), me.username)
  for (const section of [sessionBar, chatSection, helpSection]) section.hidden = false
  help = new Help(me.id, api, requireElement('help-actions', HTMLElement))
  thread = new Thread({
    userId: me.id,
    isAdmin: false,
    otherName: 'Support',
    api,
    token,
    onState: showConnection,
    onLoggedOut: () => showLogin('You were logged out.'),
    onError: (message) => setText(connection, message),
  })
  chatSection.replaceChildren(thread.element)
}

const showConnection = (state: ConnectionState): void => {
  const texts: Record<ConnectionState, string> = {
    open: 'Connected',
    connecting: 'Connecting…',
    waiting: 'No connection. Trying again…',
    closed: '',
  }
  setText(connection, texts[state])
  connection.dataset.state = state
}

const showLogin = (message: string): void => {
  thread?.close()
  help?.stop()
  thread = null
  help = null
  setToken(null)
  chatSection.replaceChildren()
  for (const section of [sessionBar, chatSection, helpSection]) section.hidden = true
  loginForm.show(message)
}

requireElement('logout', HTMLButtonElement).addEventListener('click', async () => {
  // The page deletes its token in any case. If the server can be reached, it revokes the token as well.
  await api('POST', '/api/v1/user/logout/').catch(() => undefined)
  clearUnsentTexts()
  showLogin('')
})

if (token === null) loginForm.show()
else start().catch((error: unknown) => (isUnauthenticated(error) ? showLogin('') : loginForm.show(errorText(error))))
