import { parseUser, type User } from '#chat/messages.ts'
import { randomId } from '#chat/random-id.ts'
import { asText, isRecord, type Parser, parseId } from '#chat/values.ts'
import { type Api, errorText } from './api.ts'
import { el, setText } from './dom.ts'
import { fullTimeElement } from './times.ts'
import { parseList, valueAt } from './wire.ts'

/** What staff write about a person for each other. The person never sees it. */

const MAX_LENGTH = 4000

interface Note {
  readonly id: number
  readonly author: User
  readonly text: string
  readonly createdAt: string
}

const parseNote: Parser<Note> = (value) => {
  const id = isRecord(value) ? parseId(value.id) : null
  const author = isRecord(value) ? parseUser(value.author) : null
  if (id === null || author === null || !isRecord(value)) return null
  return { id, author, text: asText(value.text), createdAt: asText(value.created_at) }
}

export class Notes {
  readonly element: HTMLElement
  readonly #path: string
  readonly #api: Api
  readonly #list = el('ul', { class: 'notes' })
  readonly #error = el('p', { class: 'error', role: 'alert' })
  readonly #field = el('textarea', { id: 'note', rows: '2', maxlength: String(MAX_LENGTH), autocomplete: 'off' })
  readonly #submit = el('button', {}, 'Add note')
  /** Kept until the note is stored, so that a note that is sent again is not stored twice. */
  #clientId = randomId()

  constructor(userId: number, api: Api) {
    this.#path = `/console/api/rooms/${userId}/notes/`
    this.#api = api
    const form = el(
      'form',
      { class: 'note-form' },
      el('label', { for: 'note' }, 'Note for colleagues. The person never sees it.'),
      this.#field,
      this.#submit,
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#add()
    })
    this.element = el('section', { class: 'staff-notes' }, el('h3', {}, 'Notes'), this.#list, this.#error, form)
  }

  async load(): Promise<void> {
    await this.#show(this.#api('GET', this.#path))
  }

  async #add(): Promise<void> {
    const text = this.#field.value.trim()
    if (text === '') return
    this.#submit.disabled = true
    if (await this.#show(this.#api('POST', this.#path, { text, client_id: this.#clientId }))) {
      this.#field.value = ''
      this.#clientId = randomId()
    }
    this.#submit.disabled = false
  }

  async #show(request: Promise<unknown>): Promise<boolean> {
    try {
      const notes = parseList(valueAt(await request, 'notes'), parseNote)
      setText(this.#error, '')
      this.#list.replaceChildren(...notes.map(noteElement))
      return true
    } catch (error) {
      setText(this.#error, errorText(error))
      return false
    }
  }
}

const noteElement = ({ author, text, createdAt }: Note): HTMLElement =>
  el('li', {}, el('p', { dir: 'auto' }, text), el('span', { class: 'hint' }, `${author.username} · `, fullTimeElement(createdAt)))
