import type { Alarm } from '#chat/desk-events.ts'
import { AlarmSound } from './alarm-sound.ts'
import { button, el, requireElement, setText } from './dom.ts'
import { saveAskedForNotifications, wasAskedForNotifications } from './saved-state.ts'

/** Signals open alarms while the page is not looked at: a sound until each is acknowledged, and a desktop notification. */

const TEST_MS = 4000

export class AlarmSignal {
  readonly #sound = new AlarmSound(() => this.#render())
  readonly #strip = requireElement('signal-strip', HTMLElement)
  readonly #soundPart = el('div', { class: 'row' })
  readonly #notificationPart = el('div', { class: 'row' })
  readonly #allowButton = button('Allow notifications', () => void this.#askPermission())
  readonly #state = el('span', { role: 'status' })
  /** Alarm id → notification. */
  readonly #notifications = new Map<string, Notification | null>()
  #openAlarms: readonly Alarm[] = []
  #isOn = false
  #testTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.#soundPart.append(
      el('strong', {}, 'This page does not sound alarms yet.'),
      button('Turn on the alarm sound', () => this.#sound.unlock()),
    )
    this.#notificationPart.append(
      el('span', {}, 'Alarms can also be shown on your desktop.'),
      button('Allow notifications', () => void this.#askPermission()),
    )
    this.#strip.append(this.#soundPart, this.#notificationPart)
    requireElement('signal-settings', HTMLElement).append(
      button('Test the alarm', () => this.#test()),
      this.#allowButton,
      this.#state,
    )
    // Any press allows the sound, so a user who has logged in with this page never sees the strip.
    for (const type of ['pointerdown', 'keydown', 'click'])
      addEventListener(type, () => this.#isOn && this.#sound.unlock(), { capture: true })
  }

  /** Called when staff have logged in. */
  start(): void {
    this.#isOn = true
    this.#sound.unlock()
    this.#render()
  }

  /** Called when staff have logged out. */
  stop(): void {
    this.update([])
    clearTimeout(this.#testTimer)
    this.#sound.stop()
    this.#isOn = false
    this.#render()
  }

  update(openAlarms: readonly Alarm[]): void {
    this.#openAlarms = openAlarms
    for (const alarm of openAlarms) {
      if (!this.#notifications.has(alarm.alarmId)) this.#notifications.set(alarm.alarmId, notify(alarm))
    }
    for (const [alarmId, notification] of this.#notifications) {
      if (openAlarms.some((alarm) => alarm.alarmId === alarmId)) continue
      notification?.close()
      this.#notifications.delete(alarmId)
    }
    if (openAlarms.length > 0) this.#sound.play()
    else if (this.#testTimer === undefined) this.#sound.stop()
    this.#render()
  }

  /** A browser asks its user once. After that it answers by itself, with what the user chose. */
  async #askPermission(): Promise<void> {
    saveAskedForNotifications()
    await notifications()?.requestPermission()
    // An alarm that was open before is shown now.
    for (const alarm of this.#openAlarms) this.#notifications.set(alarm.alarmId, notify(alarm))
    this.#render()
  }

  #test(): void {
    clearTimeout(this.#testTimer)
    this.#sound.play()
    const notification = show('Test: an alarm looks like this', 'alarm-test')
    this.#testTimer = setTimeout(() => {
      this.#testTimer = undefined
      notification?.close()
      this.update(this.#openAlarms)
    }, TEST_MS)
    this.#render()
  }

  #render(): void {
    const permission = notifications()?.permission
    this.#soundPart.hidden = this.#sound.isAllowed
    this.#notificationPart.hidden = permission !== 'default' || wasAskedForNotifications()
    this.#strip.hidden = !this.#isOn || (this.#soundPart.hidden && this.#notificationPart.hidden)
    this.#allowButton.hidden = permission !== 'default'
    const sound = this.#sound.isAllowed ? (this.#sound.isPlaying ? 'The alarm sounds.' : 'The sound is on.') : 'The sound is off.'
    setText(this.#state, `${sound} ${permission === undefined ? NO_NOTIFICATIONS : PERMISSIONS[permission]}`)
  }
}

const NO_NOTIFICATIONS = 'This browser has no notifications.'
const PERMISSIONS: Readonly<Record<NotificationPermission, string>> = {
  default: 'Notifications are off.',
  granted: 'Notifications are on.',
  denied: 'Notifications are blocked in the settings of this browser.',
}

/** Missing in a page that is not a secure context, and in some browsers. */
const notifications = (): typeof Notification | null => ('Notification' in globalThis ? Notification : null)

/** Null if notifications are not allowed. Some phones have the class, but reject its constructor. */
const show = (title: string, tag: string): Notification | null => {
  if (notifications()?.permission !== 'granted') return null
  try {
    return new Notification(title, { tag, requireInteraction: true })
  } catch {
    return null
  }
}

/** Only the name: a notification is visible on a locked screen, too. */
const notify = ({ alarmId, userId, username }: Alarm): Notification | null => {
  const notification = show(`Alarm: ${username} needs help`, alarmId)
  notification?.addEventListener('click', () => {
    window.focus()
    location.hash = `#/room/${userId}`
  })
  return notification
}
