import { button, el } from './dom.ts'

/** Prepared replies: a few default ones, and the user's own, which are stored in this browser. */

const DEFAULT_REPLIES = [
  'Hello, I am here. How are you right now?',
  'I am here and I am reading. Take all the time you need.',
  'Are you safe where you are?',
  'Is someone you trust near you?',
  'Let us breathe together: in for four, hold for four, out for six.',
  'If a life is in danger, please call the emergency services now: 112, 911 or 999.',
]

const STORAGE_KEY = 'concord.replies'
const MAX_OWN_REPLIES = 30

const loadOwnReplies = (): string[] => {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]')
    return (Array.isArray(stored) ? stored : []).filter((reply) => typeof reply === 'string')
  } catch {
    return []
  }
}

const saveOwnReplies = (replies: readonly string[]): void => {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(replies.slice(0, MAX_OWN_REPLIES)))
  } catch {
    // Storage is not available: only the default replies are shown.
  }
}

interface ReplyTarget {
  readonly text: string
  insert(text: string): void
}

export const cannedReplies = (composer: ReplyTarget): HTMLElement => {
  const list = el('ul', { class: 'canned-list' })
  const details = el('details', { class: 'canned' }, el('summary', {}, 'Canned replies'), list)

  const insertReply = (reply: string): void => {
    details.open = false
    composer.insert(reply)
  }

  const render = (): void => {
    const ownReplies = loadOwnReplies()
    list.replaceChildren(
      ...DEFAULT_REPLIES.map((reply) =>
        el(
          'li',
          {},
          button(reply, () => insertReply(reply)),
        ),
      ),
      ...ownReplies.map((reply) =>
        el(
          'li',
          {},
          button(reply, () => insertReply(reply)),
          button('✕', () => update(ownReplies.filter((other) => other !== reply)), {
            class: 'small',
            'aria-label': `Delete the reply: ${reply}`,
          }),
        ),
      ),
      el('li', {}, button('Save the current text as a reply', addCurrentText, { class: 'secondary' })),
    )
  }

  const update = (replies: readonly string[]): void => {
    saveOwnReplies(replies)
    render()
    details.querySelector('summary')?.focus()
  }

  const addCurrentText = (): void => {
    const { text } = composer
    if (text !== '') update([...new Set([...loadOwnReplies(), text])])
  }

  details.addEventListener('toggle', () => {
    if (details.open) render()
  })
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return
    event.stopPropagation()
    details.open = false
    details.querySelector('summary')?.focus()
  })
  return details
}
