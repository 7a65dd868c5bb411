import { parseUser, type User } from '#chat/messages.ts'
import { asText } from '#chat/values.ts'
import { returnEvent } from './alarm-events.ts'
import { createApi, errorText, isUnauthenticated } from './api.ts'
import { showConnection } from './connection-label.ts'
import { requireElement, setText } from './dom.ts'
import { Help } from './help.ts'
import { loadPart } from './load-part.ts'
import { LoginForm } from './login-form.ts'
import { MessageSound } from './message-sound.ts'
import { clearUnsentTexts, loadAccount, loadToken, saveAccount, saveToken } from './saved-state.ts'
import { SharedSession } from './shared-session.ts'
import { Thread } from './thread.ts'
import { parseList, valueAt } from './wire.ts'

/**
 * The support page for one person. It uses a token and no cookie: inside a frame on another site, browsers do not send the
 * cookie. And because the browser never sends the token by itself, the other site cannot misuse it. The token lasts as long
 * as the tab: other tabs of this browser get it from each other while one of them is open.
 */

const setToken = (value: string | null): void => {
  token = value
  saveToken(value)
}

let token = loadToken()
let thread: Thread | null = null
let help: Help | null = null
let contacts: HTMLElement | null = null

const TITLE = document.title
const api = createApi(() => token)
const sessionBar = requireElement('session', HTMLElement)
const registerSection = requireElement('register-section', HTMLElement)
const chatSection = requireElement('chat', HTMLElement)
const helpSection = requireElement('help', HTMLElement)
const connection = requireElement('connection', HTMLElement)
const deskState = requireElement('desk-state', HTMLElement)
const soundSettings = requireElement('sound-settings', HTMLElement)
const sound = new MessageSound()

const logInWith = async (newToken: string): Promise<void> => {
  setToken(newToken)
  await start()
}

const loginForm = new LoginForm(async (username, password) => {
  const response = await createApi(() => null)('POST', '/api/v1/user/login/', { username, password })
  await logInWith(asText(valueAt(response, 'token')))
  shareSession()
})

const parts = loadPart<typeof import('./support-parts.ts')>('support-parts')
const registerForm = parts.then(
  ({ supportParts: { RegisterForm } }) =>
    new RegisterForm(async (newToken) => {
      await logInWith(newToken)
      shareSession()
    }),
)

const session = new SharedSession({
  token: () => token,
  onToken: (shared) => void logInWith(shared).catch(onStartFailed),
  onLoggedOut: () => {
    clearUnsentTexts()
    showLogin('You were logged out in another tab.')
  },
})

const shareSession = (): void => {
  if (token !== null) session.loggedIn(token)
}

/** After a log-in, or after a reload with a token from before. */
const start = async (): Promise<void> => {
  const known = loadAccount()
  if (known) showChat(known)
  const me = parseUser(valueAt(await api('GET', '/api/users/me/'), 'data', 'user'))
  if (!me) return
  saveAccount(me)
  if (!known) showChat(me)
}

const showChat = (me: User): void => {
  loginForm.hide()
  registerSection.hidden = true
  setText(requireElement('current-user', HTMLElement), me.username)
  for (const section of [sessionBar, chatSection, helpSection, soundSettings]) section.hidden = false
  help = new Help({
    userId: me.id,
    api,
    container: requireElement('help-actions', HTMLElement),
    onLoggedOut: () => showLogin('You were logged out.'),
    onSlow: () => thread?.checkConnection(),
  })
  void parts.then(({ supportParts: { contactAnswers } }) => {
    contacts?.remove()
    contacts = contactAnswers(api)
    helpSection.append(contacts)
  })
  thread = new Thread({
    userId: me.id,
    isAdmin: false,
    otherName: 'Support',
    api,
    token,
    historyPath: '/support/messages/',
    onState: (state) => {
      showConnection(state)
      if (state === 'open') help?.onConnected()
      // Not known without a connection. The server sends it again on each connection.
      else showDesk(null)
    },
    onDesk: showDesk,
    onNewMessage: () => sound.onMessage(),
    onUnread: showUnread,
    onLoggedOut: () => showLogin('You were logged out.'),
    onError: (message) => setText(connection, message),
  })
  chatSection.replaceChildren(thread.element)
  void loadReturns(thread)
}

/** When the conversation went back to the queue before. What happens while the page is open arrives over the socket. */
const loadReturns = async (shown: Thread): Promise<void> => {
  const response = await api('GET', '/support/messages/returns/').catch(() => null)
  shown.addReturns(parseList(valueAt(response, 'returns'), (at) => returnEvent(asText(at), null)))
}

/** Shows only whether staff are connected, and not how soon they answer. */
const showDesk = (isStaffed: boolean | null): void => {
  if (isStaffed === null) setText(deskState, '')
  else setText(deskState, isStaffed ? 'Support is online now.' : 'Support is not online right now.')
  deskState.classList.toggle('staffed', isStaffed === true)
}

const showUnread = (count: number): void => {
  document.title = count > 0 ? `(${count}) ${TITLE}` : TITLE
}

const UNSENT_CALL = 'Your call for help has not been sent. Log in to send it, or call one of the numbers above.'

const showLogin = (message: string): void => {
  const isCallWaiting = help?.isWaiting === true
  thread?.close()
  help?.stop()
  contacts?.remove()
  thread = null
  help = null
  setToken(null)
  saveAccount(null)
  chatSection.replaceChildren()
  registerSection.hidden = true
  showDesk(null)
  showUnread(0)
  for (const section of [sessionBar, chatSection, helpSection, soundSettings]) section.hidden = true
  loginForm.show(isCallWaiting ? `${message} ${UNSENT_CALL}`.trim() : message)
}

requireElement('logout', HTMLButtonElement).addEventListener('click', async () => {
  // The page deletes its token in any case. If the server can be reached, it revokes the token as well.
  // First the other tabs: after the request, the server closes their connections, and they would not know why.
  if (token !== null) session.loggedOut(token)
  await api('POST', '/api/v1/user/logout/').catch(() => undefined)
  clearUnsentTexts()
  // The server has closed the connection, and that may have shown the log-in already, with its text about a call that was not sent.
  if (token !== null) showLogin('')
})

requireElement('show-register', HTMLButtonElement).addEventListener('click', () => {
  void registerForm.then((form) => {
    if (token !== null) return
    loginForm.hide()
    form.show()
  })
})

requireElement('show-login', HTMLButtonElement).addEventListener('click', () => {
  registerSection.hidden = true
  loginForm.show()
})

const onStartFailed = (error: unknown): void => {
  if (isUnauthenticated(error)) showLogin('')
  // The page is usable without this response, and its connection reports by itself whether the token is still valid.
  else if (!help) loginForm.show(errorText(error))
}

if (token === null) {
  loginForm.show()
  session.ask()
} else start().catch(onStartFailed)
