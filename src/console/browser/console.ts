import { Alarms } from './alarms.ts'
import { createApi, isSignedOut, Refused, wordsOf } from './api.ts'
import { Conversation } from './conversation.ts'
import { alarm as alarmed, announce, button, el, need, say } from './dom.ts'
import { outboxFeed, reportFeed } from './feed.ts'
import { Inbox } from './inbox.ts'
import { Door } from './login-form.ts'
import { Line, type LineState } from './reconnecting-socket.ts'
import { routeOf } from './routes.ts'
import { forgetWords, keepEvent, keptEvent } from './saved-state.ts'
import { type Alarm, alarmFrom, idFrom, inside, messageFrom, roomFrom, type Somebody, somebodyFrom, text } from './wire.ts'

/** The desk: staff log in here, see who needs help, and answer. The browser's cookie is the credential. */

const api = createApi(() => null)
const VIEWS = ['inbox', 'alarms', 'outbox', 'reports'] as const

const sections = need('sections', HTMLElement)
const session = need('session', HTMLElement)
const link = need('link', HTMLElement)
const banner = need('banner', HTMLElement)
const pane = need('conversation', HTMLElement)
const nobodyChosen = el('p', { class: 'empty' }, 'Choose somebody from the inbox.')

/** Who wrote of harm to the assistant, and nobody here has looked yet. */
const crises = new Map<number, string>()

let me: Somebody | null = null
let desk: Line | null = null
let conversation: Conversation | null = null
let lastEvent = keptEvent()
let stale: ReturnType<typeof setTimeout> | undefined

/** The newest of what was heard: a replay may overlap with what came live. */
const heard = new Set<number>()
const HEARD_MOST = 1000

const inbox = new Inbox(api, () => show())
const alarms = new Alarms(api, () => show())
const outbox = outboxFeed(api)
const reports = reportFeed(api)

const door = new Door(async (username, password) => {
  await api('POST', '/api/sessions/', { username, password })
  await enter()
})

/** Who is staff is known by what they may read. */
const enter = async (): Promise<void> => {
  try {
    me = somebodyFrom(inside(await api('GET', '/api/users/me/'), 'data', 'user'))
    await inbox.load()
  } catch (error) {
    const stranger = error instanceof Refused && error.status === 403 ? me : null
    leave()
    if (stranger) throw new Error(`${stranger.username} is not staff, and this page is for staff only. Yours is /support.`)
    throw error
  }
  door.close()
  sections.hidden = false
  session.hidden = false
  say(need('who', HTMLElement), me?.username ?? '')
  void lookForReports()
  desk = new Line({
    path: () => `/ws/admin/${lastEvent > 0 ? `?since=${lastEvent}` : ''}`,
    onOpen: refresh,
    onFrame: hear,
    onState: showLink,
    onRefused: (because) => void (because === 'unknown' ? checkSession() : signedOut('You were logged out.')),
  })
  desk.begin()
  route()
}

const leave = (): void => {
  desk?.end()
  desk = null
  conversation?.end()
  conversation = null
  lastEvent = 0
  keepEvent(0)
  me = null
  clearTimeout(stale)
  inbox.clear()
  alarms.clear()
  heard.clear()
  crises.clear()
  bannered = ''
  banner.replaceChildren()
  pane.replaceChildren(nobodyChosen)
  sections.hidden = true
  session.hidden = true
  for (const view of VIEWS) need(`view-${view}`, HTMLElement).hidden = true
  say(link, '')
}

const signedOut = (why: string): void => {
  if (!me) return
  leave()
  door.open(why)
}

const checkSession = async (): Promise<void> => {
  await api('GET', '/console/api/rooms?limit=1').catch((error: unknown) => {
    if (isSignedOut(error)) signedOut('You were logged out.')
    else if (error instanceof Refused && error.status === 403) signedOut('This page is for staff only.')
  })
}

/** How things stand now, whatever happened while there was no line. What the desk replays besides errorResponse how it came to that. */
const refresh = async (): Promise<void> => {
  clearTimeout(stale)
  try {
    const [, news] = await Promise.all([inbox.load(), alarms.load()])
    for (const { username } of news) alarmed(`Alarm: ${username} needs help.`)
  } catch (error) {
    if (isSignedOut(error)) signedOut('You were logged out.')
    else if (me) stale = setTimeout(() => void refresh(), 5_000)
  }
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

const hear = (frame: Readonly<Record<string, unknown>>): void => {
  const eventId = idFrom(frame.event_id)
  if (eventId !== null) {
    if (heard.has(eventId)) return
    if (heard.size >= HEARD_MOST) heard.clear()
    heard.add(eventId)
    lastEvent = eventId
    keepEvent(eventId)
  }
  const userId = idFrom(frame.user_id)
  const kind = text(frame.event)
  if (kind === 'room') {
    const room = roomFrom(frame.room)
    if (room) inbox.put([room])
  } else if (kind === 'alarm') {
    hearAlarm(alarmFrom(frame))
  } else if (kind === 'user_connected' || kind === 'user_disconnected') {
    if (userId !== null) inbox.change(userId, { online: kind === 'user_connected' })
  } else if (kind === 'chat_message' && userId !== null) {
    hearMessage(userId, frame)
  } else if (kind === 'crisis' && userId !== null) {
    crises.set(userId, text(frame.username))
    alarmed(`${text(frame.username)} wrote to the assistant of suicide or harm.`)
    show()
  }
}

const hearMessage = (userId: number, frame: Readonly<Record<string, unknown>>): void => {
  const room = inbox.find(userId)
  if (!room) {
    void refresh()
    return
  }
  const message = messageFrom(frame)
  if (!message || message.id <= (room.lastMessage?.id ?? 0)) return
  inbox.change(userId, { lastMessage: message, updatedAt: message.sentAt })
  if (!message.fromAdmin && conversation?.userId !== userId) announce(`${room.username} writes: ${message.text}`)
}

const hearAlarm = (rung: Alarm | null): void => {
  if (!rung) return
  const isNew = !alarms.knows(rung.alarmId)
  alarms.put(rung)
  const room = inbox.find(rung.userId)
  if (room) inbox.change(rung.userId, { alarm: { alarmId: rung.alarmId, status: rung.status, triggeredAt: rung.triggeredAt } })
  else void refresh()
  // The desk is told again at every step while nobody has acknowledged.
  if (rung.status === 'open') alarmed(`Alarm: ${rung.username} ${isNew ? 'needs' : 'still needs'} help.`)
}

const acknowledge = async (userId: number, alarmId: string): Promise<void> => {
  await alarms.acknowledge(userId, alarmId)
  const room = inbox.find(userId)
  if (room?.alarm) inbox.change(userId, { alarm: { ...room.alarm, status: 'acknowledged' } })
  announce('Acknowledged.')
}

/** The tab is there where the server has such a list. */
const lookForReports = async (): Promise<void> => {
  const there = await api('GET', '/console/api/reports/').then(
    () => true,
    (error: unknown) => !(error instanceof Refused && error.status === 404),
  )
  const tab = sections.querySelector<HTMLElement>('[data-view="reports"]')
  if (tab) tab.hidden = !there
}

/** Everything that follows from the two lists: counts, the strip on top, the title, the open conversation. */
const show = (): void => {
  if (!me) return
  const waiting = inbox.rooms.filter(({ unread }) => unread > 0).length
  const ringing = alarms.open
  say(need('inbox-count', HTMLElement), waiting > 0 ? String(waiting) : '')
  say(need('alarm-count', HTMLElement), ringing.length > 0 ? String(ringing.length) : '')
  const news = waiting + ringing.length + crises.size
  document.title = `${ringing.length > 0 ? 'Alarm! ' : ''}${news > 0 ? `(${news}) ` : ''}Support console`
  conversation?.show(inbox.find(conversation.userId))
  // What stands on the page already needs no strip above it.
  const elsewhere = routeOf(location.hash)?.view === 'alarms' ? [] : ringing.filter(({ userId }) => userId !== conversation?.userId)
  if (conversation) crises.delete(conversation.userId)
  showBanner(elsewhere)
}

let bannered = ''
const showBanner = (ringing: readonly Alarm[]): void => {
  const first = ringing.at(-1)
  const key = JSON.stringify([first?.alarmId, ringing.length, [...crises]])
  // Drawn again only where it errorResponse something else: somebody may be about to press a button of it.
  if (key === bannered) return
  bannered = key
  banner.replaceChildren(
    ...(first ? [alarmStrip(first, ringing.length)] : []),
    ...[...crises].map(([userId, username]) => crisisStrip(userId, username)),
  )
}

const alarmStrip = ({ userId, alarmId, username }: Alarm, open: number): HTMLElement => {
  const said = el('span', { class: 'error' })
  return el(
    'section',
    { class: 'strip', 'aria-label': 'Open alarms' },
    el('strong', {}, open > 1 ? `${open} alarms are open. First: ${username}.` : `${username} needs help.`),
    said,
    el('a', { href: `#/room/${userId}` }, 'Open the conversation'),
    button('Acknowledge', () => void acknowledge(userId, alarmId).catch((error: unknown) => say(said, wordsOf(error)))),
  )
}

/** Not an alarm: nobody rang. It stays until somebody has looked. */
const crisisStrip = (userId: number, username: string): HTMLElement =>
  el(
    'section',
    { class: 'strip', 'aria-label': 'Words of harm' },
    el('strong', {}, `${username} wrote to the assistant of suicide or harm.`),
    el('a', { href: `#/room/${userId}` }, 'Open the conversation'),
    button('Dismiss', () => {
      crises.delete(userId)
      show()
    }),
  )

const route = (): void => {
  const to = routeOf(location.hash)
  if (!me || !to) return
  for (const view of VIEWS) need(`view-${view}`, HTMLElement).hidden = view !== to.view
  for (const tab of sections.querySelectorAll<HTMLElement>('[data-view]')) {
    if (tab.dataset.view === to.view) tab.setAttribute('aria-current', 'page')
    else tab.removeAttribute('aria-current')
  }
  choose(to.view === 'inbox' ? to.userId : null)
  show()
  if (to.view === 'outbox') void outbox.load()
  if (to.view === 'reports') void reports.load()
  if (to.view !== 'inbox') need(`${to.view}-title`, HTMLElement).focus()
}

const choose = (userId: number | null): void => {
  document.body.classList.toggle('in-conversation', userId !== null)
  inbox.choose(userId ?? 0)
  if (conversation?.userId === userId || !me) return
  const before = conversation
  before?.end()
  conversation = null
  if (userId === null) {
    pane.replaceChildren(nobodyChosen)
    if (before) document.querySelector<HTMLElement>(`[data-room="${before.userId}"] a`)?.focus()
    return
  }
  conversation = new Conversation(userId, inbox.find(userId), {
    api,
    me,
    acknowledge,
    taken: (id, takenBy) => inbox.change(id, { takenBy }),
    onSignedOut: () => signedOut('You were logged out.'),
  })
  pane.replaceChildren(conversation.element)
  conversation.focus()
}

need('logout', HTMLButtonElement).addEventListener('click', async () => {
  try {
    await api('DELETE', '/api/sessions/')
  } catch (error) {
    // A log-out that did not arrive is none: the next person at this desk would be let in.
    if (!isSignedOut(error)) return say(link, `Not logged out: ${wordsOf(error)}`)
  }
  forgetWords()
  signedOut('')
})

addEventListener('hashchange', route)
enter().catch((error: unknown) => door.open(isSignedOut(error) ? '' : wordsOf(error)))
