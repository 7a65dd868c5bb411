import { el } from './dom.ts'

/** The message input. Enter sends, Shift+Enter starts a new line. On touch screens the button sends. */

const MAX_LENGTH = 4000

interface ComposerHandlers {
  onSend(text: string): void
  onTyping(): void
  /** Called with the text of the field at each change, so that a draft survives when the user opens another conversation. */
  onDraft(text: string): void
}

export class Composer {
  readonly element: HTMLFormElement
  readonly #field = el('textarea', {
    id: 'reply',
    name: 'message',
    rows: '2',
    maxlength: String(MAX_LENGTH),
    placeholder: 'Write a message',
    autocomplete: 'off',
    enterkeyhint: 'send',
  })

  readonly #onDraft: (text: string) => void

  constructor(draft: string, { onSend, onTyping, onDraft }: ComposerHandlers, attachControl: HTMLElement) {
    this.#onDraft = onDraft
    this.#field.value = draft
    this.element = el(
      'form',
      { class: 'composer', 'aria-label': 'Reply' },
      el('label', { for: 'reply', class: 'visually-hidden' }, 'Message'),
      attachControl,
      this.#field,
      el('button', { class: 'primary' }, 'Send'),
    )
    this.element.addEventListener('submit', (event) => {
      event.preventDefault()
      const text = this.#field.value.trim()
      if (text === '') return
      this.#field.value = ''
      onDraft('')
      onSend(text)
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

  get text(): string {
    return this.#field.value.trim()
  }

  /** Inserts the text at the cursor and does not send it, so that the user can edit it first. */
  insert(text: string): void {
    const { selectionStart, selectionEnd } = this.#field
    this.#field.setRangeText(text, selectionStart, selectionEnd, 'end')
    this.#onDraft(this.#field.value)
    this.#field.focus()
  }
}
