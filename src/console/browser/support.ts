import { createApi, errorText, isUnauthenticated } from './api.ts'
import { showConnection } from './connection-label.ts'
import { contactAnswers } from './contact-answers.ts'
import { requireElement, setText } from './dom.ts'
import { Help } from './help.ts'
import { LoginForm } from './login-form.ts'
import { clearUnsentTexts, loadAccount, loadToken, saveAccount, saveToken } from './saved-state.ts'
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
let contacts: HTMLElement | null = null

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
  setText(requireElement('current-user', HTMLElement), me.username)
  for (const section of [sessionBar, chatSection, helpSection]) section.hidden = false
  help = new Help({
    userId: me.id,
    api,
    container: requireElement('help-actions', HTMLElement),
    onLoggedOut: () => showLogin('You were logged out.'),
    onSlow: () => thread?.checkConnection(),
  })
  contacts = contactAnswers(api)
  helpSection.append(contacts)
  thread = new Thread({
    userId: me.id,
    isAdmin: false,
    otherName: 'Support',
    api,
    token,
    onState: (state) => {
      showConnection(state)
      if (state === 'open') help?.onConnected()
    },
    onLoggedOut: () => showLogin('You were logged out.'),
    onError: (message) => setText(connection, message),
  })
  chatSection.replaceChildren(thread.element)
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
  for (const section of [sessionBar, chatSection, helpSection]) section.hidden = true
  loginForm.show(isCallWaiting ? `${message} ${UNSENT_CALL}`.trim() : message)
}

requireElement('logout', HTMLButtonElement).addEventListener('click', async () => {
  // The page deletes its token in any case. If the server can be reached, it revokes the token as well.
  await api('POST', '/api/v1/user/logout/').catch(() => undefined)
  clearUnsentTexts()
  showLogin('')
})

const onStartFailed = (error: unknown): void => {
  if (isUnauthenticated(error)) showLogin('')
  // The page is usable without this response, and its connection reports by itself whether the token is still valid.
  else if (!help) loginForm.show(errorText(error))
}

if (token === null) loginForm.show()
else start().catch(onStartFailed)
