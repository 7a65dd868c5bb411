import { createApi, isSignedOut, wordsOf } from './api.ts'
import { need, say } from './dom.ts'
import { Help } from './help.ts'
import { Door } from './login-form.ts'
import type { LineState } from './reconnecting-socket.ts'
import { forgetWords, keepToken, keptToken } from './saved-state.ts'
import { Thread } from './thread.ts'
import { inside, type Somebody, somebodyFrom, text } from './wire.ts'

/**
 * The smallest client that a person needs. It bears a token and no cookie: inside a page of another site the browser
 * sends none, and what can't be sent along by itself can't be abused by that page either. The token lasts as long as
 * the tab.
 */

const keep = (value: string | null): void => {
  token = value
  keepToken(value)
}

let token = keptToken()
let thread: Thread | null = null
let help: Help | null = null

const api = createApi(() => token)
const session = need('session', HTMLElement)
const chat = need('chat', HTMLElement)
const helping = need('help', HTMLElement)
const link = need('link', HTMLElement)

const door = new Door(async (username, password) => {
  const answer = await createApi(() => null)('POST', '/api/v1/user/login/', { username, password })
  keep(text(inside(answer, 'token')))
  await enter()
})

const enter = async (): Promise<void> => {
  const me = somebodyFrom(inside(await api('GET', '/api/users/me/'), 'data', 'user'))
  if (me) sitDown(me)
}

const sitDown = (me: Somebody): void => {
  door.close()
  say(need('who', HTMLElement), me.username)
  for (const part of [session, chat, helping]) part.hidden = false
  help = new Help(me.id, api, need('help-parts', HTMLElement))
  thread = new Thread({
    userId: me.id,
    isAdmin: false,
    other: 'Support',
    api,
    token,
    onState: showLink,
    onSignedOut: () => leave('You were logged out.'),
    onError: (words) => say(link, words),
  })
  chat.replaceChildren(thread.element)
}

const showLink = (state: LineState): void => {
  const words: Record<LineState, string> = {
    open: 'Connected',
    connecting: 'Connecting…',
    waiting: 'No connection. Trying again…',
    closed: '',
  }
  say(link, words[state])
  link.dataset.state = state
}

const leave = (why: string): void => {
  thread?.end()
  help?.end()
  thread = null
  help = null
  keep(null)
  chat.replaceChildren()
  for (const part of [session, chat, helping]) part.hidden = true
  door.open(why)
}

need('logout', HTMLButtonElement).addEventListener('click', async () => {
  // The token goes with the page; that it is dead as well is the server's to do, when it can be reached.
  await api('POST', '/api/v1/user/logout/').catch(() => undefined)
  forgetWords()
  leave('')
})

if (token === null) door.open()
else enter().catch((error: unknown) => (isSignedOut(error) ? leave('') : door.open(wordsOf(error))))
