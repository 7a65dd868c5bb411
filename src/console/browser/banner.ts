import type { Alarm } from '#chat/desk-events.ts'
import { errorText } from './api.ts'
import { button, el, requireElement, setText } from './dom.ts'

/** The strips above the console's views: open alarms, and people who wrote to the assistant about suicide or harm. */

interface BannerOptions {
  acknowledge(userId: number, alarmId: string): Promise<void>
  /** The strip about a possible crisis was dismissed. */
  onDismissed(userId: number): void
}

export class Banner {
  readonly #options: BannerOptions
  readonly #element = requireElement('banner', HTMLElement)
  #shown = ''

  constructor(options: BannerOptions) {
    this.#options = options
  }

  /** Rebuilt only when its content changes: the user may be about to press one of its buttons. */
  update(openAlarms: readonly Alarm[], crises: ReadonlyMap<number, string>): void {
    const first = openAlarms.at(-1)
    const content = JSON.stringify([first?.alarmId, openAlarms.length, [...crises]])
    if (content === this.#shown) return
    this.#shown = content
    this.#element.replaceChildren(
      ...(first ? [this.#alarmStrip(first, openAlarms.length)] : []),
      ...[...crises].map(([userId, username]) => this.#crisisStrip(userId, username)),
    )
  }

  clear(): void {
    this.#shown = ''
    this.#element.replaceChildren()
  }

  #alarmStrip({ userId, alarmId, username }: Alarm, count: number): HTMLElement {
    const error = el('span', { class: 'error' })
    const acknowledge = (): void =>
      void this.#options.acknowledge(userId, alarmId).catch((failure: unknown) => setText(error, errorText(failure)))
    return el(
      'section',
      { class: 'alert-strip', 'aria-label': 'Open alarms' },
      el('strong', {}, count > 1 ? `${count} alarms are open. First: ${username}.` : `${username} needs help.`),
      error,
      el('a', { href: `#/room/${userId}` }, 'Open the conversation'),
      button('Acknowledge', acknowledge),
    )
  }

  /** A crisis is not an alarm: the person did not call for help. The strip stays until a staff member opens or dismisses it. */
  #crisisStrip(userId: number, username: string): HTMLElement {
    return el(
      'section',
      { class: 'alert-strip', 'aria-label': 'Possible crisis' },
      el('strong', {}, `${username} wrote to the assistant about suicide or harm.`),
      el('a', { href: `#/room/${userId}` }, 'Open the conversation'),
      button('Dismiss', () => this.#options.onDismissed(userId)),
    )
  }
}
