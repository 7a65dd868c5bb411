/** The page's own elements. Text is set as text only: nothing that anybody wrote is ever read as markup. */

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

/** An element that the page is served with. */
export const need = <T extends Element>(id: string, kind: new () => T): T => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no #${id}`)
  return found
}

export const button = (label: string, onClick: () => unknown, attributes: Attributes = {}): HTMLButtonElement => {
  const made = el('button', { type: 'button', ...attributes }, label)
  made.addEventListener('click', onClick)
  return made
}

/** Only what differs is written: a screen reader tells a text that is set again as if it were new. */
export const say = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

/** The wanted elements, in that order and no others. What stays keeps its place in the page, its state and the focus. */
export const arrange = (parent: Element, wanted: readonly Element[]): void => {
  const focused = document.activeElement
  let at = parent.firstElementChild
  for (const element of wanted) {
    if (element === at) at = at.nextElementSibling
    else parent.insertBefore(element, at)
  }
  while (at) {
    const next = at.nextElementSibling
    at.remove()
    at = next
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused))
    focused.focus({ preventScroll: true })
}

const MOST_AT_ONCE = 5

const live = (id: string) => need(id, HTMLElement)

/** Told by a screen reader when it has a moment. */
export const announce = (text: string): void => tell(live('polite'), text)

/** Told at once, whatever it is reading. */
export const alarm = (text: string): void => tell(live('assertive'), text)

const tell = (region: HTMLElement, text: string): void => {
  // After a long break much is new at once, and nobody wants all of it read out.
  if (region.childElementCount >= MOST_AT_ONCE) return
  const line = el('p', {}, text)
  region.append(line)
  // The same words twice are two lines, so that they are told twice; what was told is of no further use.
  setTimeout(() => line.remove(), 10_000)
}
