import { connectDesk, type Desk } from '#chat/desk.ts'
import type { Alarm, DeskEvent } from '#chat/desk-events.ts'
import { type ChatMessage, parseUser, type User } from '#chat/messages.ts'
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
import { parseRoute } from './routes.ts'
import { clearUnsentTexts, loadLastEventId, saveLastEventId } from './saved-state.ts'
import { valueAt } from './wire.ts'

/** The support console: staff log in, see who needs help, and answer. It authenticates with the session cookie. */

const api = createApi(() => null)
const VIEWS = ['inbox', 'alarms', 'outbox', 'reports', 'passkeys'] as const
const LOGGED_OUT = 'You were logged out. You receive no alarms.'
const REFRESH_RETRY_MS = 5_000

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
let desk: Desk | null = null
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
  desk = connectDesk({
    url: `${location.origin}/ws/admin/`,
    lastSeen: loadLastEventId() || null,
    onOpen: refresh,
    onEvent,
    onState: (state) => line.show(state),
    onLoggedOut: () => showLogin(LOGGED_OUT),
    onForbidden: () => void restart(),
  })
  navigate()
}

/** With the session that there is: when the page is opened, and when its rights have changed. */
const restart = async (): Promise<void> => {
  reset()
  await start().catch((error: unknown) => loginForm.show(isUnauthenticated(error) ? '' : errorText(error)))
}

const reset = (): void => {
  desk?.close()
  desk = null
  conversation?.close()
  conversation = null
  me = null
  clearTimeout(refreshTimer)
  inbox.clear()
  alarms.clear()
  signal.stop()
  saveLastEventId(0)
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

const onEvent = (event: DeskEvent): void => {
  saveLastEventId(event.eventId)
  const { userId, username } = event
  if (event.type === 'room') inbox.put([event.room])
  else if (event.type === 'alarm') onAlarm(event.alarm)
  else if (event.type === 'presence') inbox.update(userId, { online: event.online })
  else if (event.type === 'message') onMessage(userId, event.message)
  else {
    crises.set(userId, username)
    announceUrgently(`${username} wrote to the assistant about suicide or harm.`)
    updatePage()
  }
}

const onMessage = (userId: number, message: ChatMessage): void => {
  const room = inbox.find(userId)
  if (!room) {
    void refresh()
    return
  }
  if (message.id <= (room.lastMessage?.id ?? 0)) return
  inbox.update(userId, { lastMessage: message, updatedAt: message.sentAt })
  if (!message.fromAdmin && conversation?.userId !== userId) announce(`${room.username} writes: ${message.text}`)
}

const onAlarm = (alarm: Alarm): void => {
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
  if (room?.alarm?.alarmId === alarmId) inbox.update(userId, { alarm: { ...room.alarm, status: 'acknowledged' } })
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
