import { button, el } from './dom.ts'

/** Replies that are written already: a few for everybody, and one's own, which this browser keeps. */

const FOR_EVERYBODY = [
  'Hello, I am here. How are you right now?',
  'I am reading along. Take all the time you need.',
  'Are you safe where you are?',
  'Is there somebody near you whom you trust?',
  'Let us breathe together: in for four, hold for four, out for six.',
  'If a life is in danger, please call the emergency services now: 112, 911 or 999.',
]

const KEY = 'concord.replies'
const MOST = 30

const ownReplies = (): string[] => {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return (Array.isArray(kept) ? kept : []).filter((reply) => typeof reply === 'string')
  } catch {
    return []
  }
}

const keep = (replies: readonly string[]): void => {
  try {
    localStorage.setItem(KEY, JSON.stringify(replies.slice(0, MOST)))
  } catch {
    // A browser that keeps nothing has those for everybody.
  }
}

interface Writing {
  readonly words: string
  insert(words: string): void
}

export const cannedReplies = (composer: Writing): HTMLElement => {
  const list = el('ul', { class: 'canned-list' })
  const details = el('details', { class: 'canned' }, el('summary', {}, 'Canned replies'), list)

  const use = (reply: string): void => {
    details.open = false
    composer.insert(reply)
  }

  const draw = (): void => {
    const own = ownReplies()
    list.replaceChildren(
      ...FOR_EVERYBODY.map((reply) =>
        el(
          'li',
          {},
          button(reply, () => use(reply)),
        ),
      ),
      ...own.map((reply) =>
        el(
          'li',
          {},
          button(reply, () => use(reply)),
          button('✕', () => change(own.filter((other) => other !== reply)), { class: 'small', 'aria-label': `Forget the reply: ${reply}` }),
        ),
      ),
      el('li', {}, button('Keep what is written as a reply', addWritten, { class: 'quiet' })),
    )
  }

  const change = (replies: readonly string[]): void => {
    keep(replies)
    draw()
    details.querySelector('summary')?.focus()
  }

  const addWritten = (): void => {
    const { words } = composer
    if (words !== '') change([...new Set([...ownReplies(), words])])
  }

  details.addEventListener('toggle', () => {
    if (details.open) draw()
  })
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return
    event.stopPropagation()
    details.open = false
    details.querySelector('summary')?.focus()
  })
  return details
}
