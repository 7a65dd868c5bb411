import { AlarmSignal } from './alarm-signal.ts'
import { Alarms } from './alarms.ts'
import { ApiError, createApi, errorText, isUnauthenticated } from './api.ts'
import { Banner } from './banner.ts'
import type { Conversation } from './conversation.ts'
import { DeskLine } from './desk-line.ts'
import { announce, announceUrgently, el, requireElement, setText } from './dom.ts'
import { checkForReports, outboxFeed, reportFeed } from './feed.ts'
import { Inbox } from './inbox.ts'
import { loadPart } from './load-part.ts'
import { LoginForm } from './login-form.ts'
import { showPasskeyPage, showPasskeyStep } from './passkey-step.ts'
import { PushSettings } from './push-settings.ts'
import { ReceivedEvents } from './received-events.ts'
import { ReconnectingSocket } from './reconnecting-socket.ts'
import { parseRoute } from './routes.ts'
import { clearUnsentTexts } from './saved-state.ts'
import { type Alarm, asText, parseAlarm, parseId, parseMessage, parseRoom, parseUser, type User, valueAt } from './wire.ts'

/** The support console: staff log in, see who needs help, and answer. It authenticates with the session cookie. */

const api = createApi(() => null)
const VIEWS = ['inbox', 'alarms', 'outbox', 'reports', 'passkeys'] as const
const LOGGED_OUT = 'You were logged out. You receive no alarms.'
const REFRESH_RETRY_MS = 5_000
/** Shorter than in a conversation: until a dead connection is noticed, nobody is warned that no alarm arrives. */
const PING_INTERVAL_MS = 8_000

const tabs = requireElement('sections', HTMLElement)
const sessionBar = requireElement('session', HTMLElement)
const connection = requireElement('connection', HTMLElement)
const line = new DeskLine(() => updatePage())
const signal = new AlarmSignal()
const push = new PushSettings(api)
const conversationPane = requireElement('conversation', HTMLElement)
const noSelection = el('p', { class: 'empty' }, 'Select a conversation from the inbox.')
const loading = el('p', { class: 'empty' }, 'Loading…')

/** Account id → username. Who wrote to the assistant about suicide or harm, and no staff member here has looked yet. */
const crises = new Map<number, string>()

let me: User | null = null
let deskSocket: ReconnectingSocket | null = null
let conversation: Conversation | null = null
/** Arrives after the page: alarms must not wait for it. */
let ConversationPanel: typeof Conversation | null = null
let refreshTimer: ReturnType<typeof setTimeout> | undefined

const banner = new Banner({
  acknowledge: (userId, alarmId) => acknowledge(userId, alarmId),
  onDismissed: (userId) => {
    crises.delete(userId)
    updatePage()
  },
})
const inbox = new Inbox(api, () => updatePage())
const alarms = new Alarms(api, () => updatePage())
const received = new ReceivedEvents()
const outbox = outboxFeed(api)
const reports = reportFeed(api)

const loginForm = new LoginForm(async (username, password) => {
  await api('POST', '/api/sessions/', { username, password })
  await start()
  // The form that had the focus is gone. Without this, the Tab key would start at the top of the page.
  if (me && parseRoute(location.hash)?.view === 'inbox' && !conversation) inbox.focus()
})

/** An account is staff if it may read the inbox. */
const start = async (): Promise<void> => {
  try {
    me = parseUser(valueAt(await api('GET', '/api/users/me/'), 'data', 'user'))
    await inbox.load()
    inbox.setUser(me?.id ?? 0)
  } catch (error) {
    const notStaff = error instanceof ApiError && error.status === 403 ? me : null
    reset()
    if (!notStaff) throw error
    const isStep = await showPasskeyStep(api, notStaff, { onConfirmed: start, onLogOut: logOut })
    if (!isStep) throw new Error(`${notStaff.username} is not a staff account. This page is for staff only. Please use /support.`)
    loginForm.hide()
    return
  }
  loginForm.hide()
  tabs.hidden = false
  sessionBar.hidden = false
  setText(requireElement('current-user', HTMLElement), me?.username ?? '')
  signal.start()
  void push.start().catch(() => undefined)
  void checkForReports(api, tabs)
  deskSocket = new ReconnectingSocket({
    path: () => `/ws/admin/${received.lastId > 0 ? `?since=${received.lastId}` : ''}`,
    onOpen: refresh,
    onFrame,
    onState: (state) => line.show(state),
    pingIntervalMs: PING_INTERVAL_MS,
    onRejected: (reason) => void (reason === 'unauthenticated' ? showLogin(LOGGED_OUT) : checkSession()),
  })
  deskSocket.start()
  navigate()
}

/** With the session that there is: when the page is opened, and when its rights have changed. */
const restart = async (): Promise<void> => {
  reset()
  await start().catch((error: unknown) => loginForm.show(isUnauthenticated(error) ? '' : errorText(error)))
}

const reset = (): void => {
  deskSocket?.stop()
  deskSocket = null
  conversation?.close()
  conversation = null
  me = null
  clearTimeout(refreshTimer)
  inbox.clear()
  alarms.clear()
  signal.stop()
  received.clear()
  crises.clear()
  banner.clear()
  conversationPane.replaceChildren(noSelection)
  tabs.hidden = true
  sessionBar.hidden = true
  for (const view of VIEWS) requireElement(`view-${view}`, HTMLElement).hidden = true
  setText(connection, '')
  document.title = 'Support console'
}

const showLogin = (message: string): void => {
  if (!me) return
  reset()
  loginForm.show(message)
}

const checkSession = async (): Promise<void> => {
  await api('GET', '/console/api/rooms?limit=1').catch((error: unknown) => {
    if (isUnauthenticated(error)) showLogin(LOGGED_OUT)
    else if (error instanceof ApiError && error.status === 403) void restart()
  })
}

/** Loads the current state after each connection. The events that the desk replays only add how that state came about. */
const refresh = async (): Promise<void> => {
  clearTimeout(refreshTimer)
  try {
    const [, newAlarms] = await Promise.all([inbox.load(), alarms.load()])
    for (const { username } of newAlarms) announceUrgently(`Alarm: ${username} needs help.`)
  } catch (error) {
    if (isUnauthenticated(error)) showLogin(LOGGED_OUT)
    else if (me) refreshTimer = setTimeout(() => void refresh(), REFRESH_RETRY_MS)
  }
}

const onFrame = (frame: Readonly<Record<string, unknown>>): void => {
  const eventId = parseId(frame.event_id)
  if (eventId !== null && !received.add(eventId)) return
  const userId = parseId(frame.user_id)
  const event = asText(frame.event)
  if (event === 'room') {
    const room = parseRoom(frame.room)
    if (room) inbox.put([room])
  } else if (event === 'alarm') {
    onAlarm(parseAlarm(frame))
  } else if (event === 'user_connected' || event === 'user_disconnected') {
    if (userId !== null) inbox.update(userId, { online: event === 'user_connected' })
  } else if (event === 'chat_message' && userId !== null) {
    onMessage(userId, frame)
  } else if (event === 'crisis' && userId !== null) {
    crises.set(userId, asText(frame.username))
    announceUrgently(`${asText(frame.username)} wrote to the assistant about suicide or harm.`)
    updatePage()
  }
}

const onMessage = (userId: number, frame: Readonly<Record<string, unknown>>): void => {
  const room = inbox.find(userId)
  if (!room) {
    void refresh()
    return
  }
  const message = parseMessage(frame)
  if (!message || message.id <= (room.lastMessage?.id ?? 0)) return
  inbox.update(userId, { lastMessage: message, updatedAt: message.sentAt })
  if (!message.fromAdmin && conversation?.userId !== userId) announce(`${room.username} writes: ${message.text}`)
}

const onAlarm = (alarm: Alarm | null): void => {
  if (!alarm) return
  const isNew = !alarms.has(alarm.alarmId)
  alarms.put(alarm)
  if (conversation?.userId === alarm.userId) conversation.reloadContext()
  const room = inbox.find(alarm.userId)
  if (room) inbox.update(alarm.userId, { alarm: { alarmId: alarm.alarmId, status: alarm.status, triggeredAt: alarm.triggeredAt } })
  else void refresh()
  // The desk receives an event at every step until someone acknowledges the alarm.
  if (alarm.status === 'open') announceUrgently(`Alarm: ${alarm.username} ${isNew ? 'needs' : 'still needs'} help.`)
}

const acknowledge = async (userId: number, alarmId: string): Promise<void> => {
  await alarms.acknowledge(userId, alarmId)
  if (conversation?.userId === userId) conversation.reloadContext()
  const room = inbox.find(userId)
  if (room?.alarm) inbox.update(userId, { alarm: { ...room.alarm, status: 'acknowledged' } })
  announce('Acknowledged.')
}

/** Updates what depends on the two lists: the counts, the banner, the page title, and the open conversation. */
const updatePage = (): void => {
  if (!me) return
  const { waiting } = inbox.counts
  const openAlarms = alarms.open
  setText(requireElement('inbox-count', HTMLElement), waiting > 0 ? String(waiting) : '')
  setText(requireElement('alarm-count', HTMLElement), openAlarms.length > 0 ? String(openAlarms.length) : '')
  const total = waiting + crises.size
  signal.update(openAlarms)
  document.title = `${line.isDown ? 'No connection! ' : ''}${openAlarms.length > 0 ? 'Alarm! ' : ''}${total > 0 ? `(${total}) ` : ''}Support console`
  conversation?.update(inbox.find(conversation.userId))
  // The banner leaves out the alarms that the current view already shows.
  const alarmsElsewhere =
    parseRoute(location.hash)?.view === 'alarms' ? [] : openAlarms.filter(({ userId }) => userId !== conversation?.userId)
  if (conversation) crises.delete(conversation.userId)
  banner.update(alarmsElsewhere, crises)
}

const navigate = (): void => {
  const route = parseRoute(location.hash)
  if (!me || !route) return
  for (const view of VIEWS) requireElement(`view-${view}`, HTMLElement).hidden = view !== route.view
  for (const tab of tabs.querySelectorAll<HTMLElement>('[data-view]')) {
    if (tab.dataset.view === route.view) tab.setAttribute('aria-current', 'page')
    else tab.removeAttribute('aria-current')
  }
  selectConversation(route.view === 'inbox' ? route.userId : null)
  updatePage()
  if (route.view === 'outbox') void outbox.load()
  if (route.view === 'reports') void reports.load()
  if (route.view === 'passkeys') void showPasskeyPage(api, me)
  if (route.view !== 'inbox') requireElement(`${route.view}-title`, HTMLElement).focus()
}

const selectConversation = (userId: number | null): void => {
  document.body.classList.toggle('in-conversation', userId !== null)
  inbox.select(userId ?? 0)
  if (conversation?.userId === userId || !me) return
  const previous = conversation
  previous?.close()
  conversation = null
  if (userId === null) {
    conversationPane.replaceChildren(noSelection)
    if (previous) document.querySelector<HTMLElement>(`[data-room="${previous.userId}"] a`)?.focus()
    return
  }
  if (!ConversationPanel) {
    conversationPane.replaceChildren(loading)
    return
  }
  conversation = new ConversationPanel(userId, inbox.find(userId), {
    api,
    me,
    acknowledge,
    alarmsOf: (id) => alarms.of(id),
    onClaimChanged: (id, claimedBy) => inbox.update(id, { claimedBy }),
    onLoggedOut: () => showLogin(LOGGED_OUT),
  })
  conversationPane.replaceChildren(conversation.element)
  conversation.focus()
}

const logOut = async (): Promise<void> => {
  // If it fails, the end of the session ends it, too.
  await push.turnOff().catch(() => undefined)
  try {
    await api('DELETE', '/api/sessions/')
  } catch (error) {
    // The session still exists, so the page must not look logged out: the next user of this computer could use the session.
    if (!isUnauthenticated(error)) return setText(connection, `Could not log out: ${errorText(error)}`)
  }
  clearUnsentTexts()
  reset()
  loginForm.show()
}
requireElement('logout', HTMLButtonElement).addEventListener('click', logOut)

/** Opens the conversation that the user has selected meanwhile. */
const loadConversationPanel = async (): Promise<void> => {
  ConversationPanel = (await loadPart<typeof import('./conversation.ts')>('conversation')).Conversation
  const route = parseRoute(location.hash)
  if (!me || route?.view !== 'inbox' || route.userId === null) return
  selectConversation(route.userId)
  updatePage()
}

addEventListener('hashchange', navigate)
void loadConversationPanel()
void restart()
