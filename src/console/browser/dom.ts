/** Helpers for the page's elements. Text is only ever set as text: nothing that a user wrote is parsed as markup. */

type Attributes = Readonly<Record<string, string | boolean | null>>
type Child = Node | string | null

export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '')
    else if (typeof value === 'string') element.setAttribute(name, value)
  }
  element.append(...children.filter((child) => child !== null))
  return element
}

/** An element of the HTML page as the server sends it. */
export const requireElement = <T extends Element>(id: string, type: new () => T): T => {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new Error(`the page has no #${id}`)
  return element
}

export const button = (label: string, onClick: () => unknown, attributes: Attributes = {}): HTMLButtonElement => {
  const element = el('button', { type: 'button', ...attributes }, label)
  element.addEventListener('click', onClick)
  return element
}

/** Writes only a text that differs: a screen reader reads a text out again each time it is set. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

/**
 * Makes the given elements the only children of the parent, in this order. Elements that stay are not moved without need,
 * so they keep their state and the focus.
 */
export const syncChildren = (parent: Element, children: readonly Element[]): void => {
  const focused = document.activeElement
  let current = parent.firstElementChild
  for (const element of children) {
    if (element === current) current = current.nextElementSibling
    else parent.insertBefore(element, current)
  }
  while (current) {
    const next = current.nextElementSibling
    current.remove()
    current = next
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused))
    focused.focus({ preventScroll: true })
}

const MAX_ANNOUNCEMENTS = 5
const ANNOUNCEMENT_LIFETIME_MS = 10_000

const liveRegion = (id: string) => requireElement(id, HTMLElement)

/** A screen reader reads this out when it has finished what it is reading. */
export const announce = (text: string): void => addAnnouncement(liveRegion('polite'), text)

/** A screen reader interrupts what it is reading and reads this out at once. */
export const announceUrgently = (text: string): void => addAnnouncement(liveRegion('assertive'), text)

const addAnnouncement = (region: HTMLElement, text: string): void => {
  // After a long disconnection many messages arrive at once. Reading all of them out would take too long.
  if (region.childElementCount >= MAX_ANNOUNCEMENTS) return
  const paragraph = el('p', {}, text)
  region.append(paragraph)
  // Each announcement is its own element, so that the same text is read out a second time. It is removed after it was read.
  setTimeout(() => paragraph.remove(), ANNOUNCEMENT_LIFETIME_MS)
}
