import { type Account, createAccountBar } from './account-bar.ts'
import { sendRequest } from './send-request.ts'

/**
 * The API reference: one contract at a time, by the fragment of the address (`#recovery`, `#recovery/triggerAlarmByPost`). The first one
 * is part of the page. The others are HTML of their own, made by the build, like the first.
 */

const requireElement = (id: string): HTMLElement => {
  const element = document.getElementById(id)
  if (!element) throw new Error(`#${id} is missing`)
  return element
}

const reference = requireElement('reference')
const filter = requireElement('filter')
const links = [...document.querySelectorAll<HTMLAnchorElement>('[data-contract]')]
const names = links.map((link) => link.dataset.contract ?? '')

let account: Account | null = null
createAccountBar(requireElement('account'), (changed) => {
  account = changed
})

/** What was loaded, by contract. What the user has typed into a form stays there. */
const parts = new Map<string, readonly Node[]>([[names[0] ?? '', [...reference.childNodes]]])
let shown = names[0] ?? ''

/** As a document, so that the browser parses it, and not as text that this script turns into markup. */
const load = (name: string): Promise<readonly Node[]> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('GET', `/docs/assets/${name}.html`)
    request.responseType = 'document'
    request.onload = () => {
      const page = request.responseXML
      if (request.status === 200 && page) resolve([...page.body.childNodes])
      else reject(new Error(`status ${request.status}`))
    }
    request.onerror = () => reject(new Error('no response'))
    request.send()
  })

const loadOnce = async (name: string): Promise<readonly Node[]> => {
  const nodes = parts.get(name) ?? (await load(name))
  parts.set(name, nodes)
  return nodes
}

const openFragment = (id: string): void => {
  const element = document.getElementById(id)
  if (!(element instanceof HTMLDetailsElement)) return
  element.open = true
  element.scrollIntoView()
  element.querySelector('summary')?.focus({ preventScroll: true })
}

const applyFilter = (): void => {
  const words = filter instanceof HTMLInputElement ? filter.value.toLowerCase().split(/\s+/) : []
  for (const section of reference.querySelectorAll('section')) {
    const items = [...section.querySelectorAll('details')]
    for (const item of items) {
      const text = `${item.querySelector('summary')?.textContent} ${item.id}`.toLowerCase()
      item.hidden = !words.every((word) => text.includes(word))
    }
    section.hidden = items.every(({ hidden }) => hidden)
  }
}

const showFragment = async (): Promise<void> => {
  const fragment = decodeURIComponent(location.hash.slice(1))
  const wanted = fragment.split('/')[0] ?? ''
  const name = names.includes(wanted) ? wanted : (names[0] ?? '')
  for (const link of links) {
    if (link.dataset.contract === name) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (name !== shown) {
    shown = name
    const nodes = await loadOnce(name).catch(() => null)
    // Another contract was chosen meanwhile.
    if (shown !== name) return
    if (nodes) reference.replaceChildren(...nodes)
    else {
      shown = ''
      reference.textContent = 'The server did not respond. Choose the contract again.'
    }
    scrollTo(0, 0)
  }
  applyFilter()
  openFragment(fragment)
}

reference.addEventListener('submit', (event) => {
  event.preventDefault()
  if (event.target instanceof HTMLFormElement) void sendRequest(event.target, account?.token ?? null)
})
filter.addEventListener('input', applyFilter)
addEventListener('hashchange', () => void showFragment())
void showFragment()
