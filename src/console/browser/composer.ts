import { el } from './dom.ts'

/** Where one writes. Enter sends and Shift+Enter begins a line; the button does for fingers. */

const LONGEST = 4000

interface Composing {
  onSend(words: string): void
  onTyping(): void
  /** What stands in the field, whenever that changes: nobody writes it twice because they looked elsewhere. */
  onDraft(words: string): void
}

export class Composer {
  readonly element: HTMLFormElement
  readonly #field = el('textarea', {
    id: 'reply',
    name: 'message',
    rows: '2',
    maxlength: String(LONGEST),
    placeholder: 'Write a message',
    autocomplete: 'off',
    enterkeyhint: 'send',
  })

  readonly #onDraft: (words: string) => void

  constructor(draft: string, { onSend, onTyping, onDraft }: Composing) {
    this.#onDraft = onDraft
    this.#field.value = draft
    this.element = el(
      'form',
      { class: 'composer', 'aria-label': 'Reply' },
      el('label', { for: 'reply', class: 'unseen' }, 'Message'),
      this.#field,
      el('button', { class: 'main' }, 'Send'),
    )
    this.element.addEventListener('submit', (event) => {
      event.preventDefault()
      const words = this.#field.value.trim()
      if (words === '') return
      this.#field.value = ''
      onDraft('')
      onSend(words)
      this.#field.focus()
    })
    this.#field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.element.requestSubmit()
    })
    this.#field.addEventListener('input', () => {
      onDraft(this.#field.value)
      if (this.#field.value.trim() !== '') onTyping()
    })
  }

  focus(): void {
    this.#field.focus()
  }

  get words(): string {
    return this.#field.value.trim()
  }

  /** Put where the cursor is: it is read over, and changed, before it is sent. */
  insert(words: string): void {
    const { selectionStart, selectionEnd } = this.#field
    this.#field.setRangeText(words, selectionStart, selectionEnd, 'end')
    this.#onDraft(this.#field.value)
    this.#field.focus()
  }
}
