import type { ChatFile } from '#chat/messages.ts'
import { errorText } from './api.ts'
import { announce, button, el, setText } from './dom.ts'
import { upload } from './file-transfer.ts'

/** Chooses files to send: by a button, by pasting, and by dragging them into the conversation. One is uploaded at a time. */

const MAX_BYTES = 5 * 1024 * 1024
const ACCEPTED = 'image/jpeg,image/png,image/webp,image/gif,application/pdf,text/plain'

interface AttachmentOptions {
  readonly userId: number
  readonly token: string | null
  /** A file is uploaded, and no message refers to it yet. */
  onUploaded(file: ChatFile): void
}

export class Attachments {
  /** For the composer. */
  readonly control: HTMLElement
  readonly element = el('ul', { class: 'uploads', 'aria-label': 'Files being sent' })
  readonly #input = el('input', { type: 'file', accept: ACCEPTED, multiple: true, hidden: true })
  readonly #options: AttachmentOptions
  /** Aborts all uploads when the conversation is closed. */
  readonly #closing = new AbortController()
  #last: Promise<void> = Promise.resolve()

  /** `area` is where files can be dropped and pasted. */
  constructor(area: HTMLElement, options: AttachmentOptions) {
    this.#options = options
    this.control = el(
      'span',
      {},
      this.#input,
      button('File', () => this.#input.click(), { 'aria-label': 'Add a file' }),
    )
    this.#input.addEventListener('change', () => {
      this.#add(this.#input.files)
      this.#input.value = ''
    })
    area.addEventListener('paste', (event) => {
      const files = event.clipboardData?.files
      if (!files?.length) return
      event.preventDefault()
      this.#add(files)
    })
    for (const type of ['dragenter', 'dragover'] as const) {
      area.addEventListener(type, (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        area.classList.add('dropping')
      })
    }
    area.addEventListener('dragleave', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && area.contains(relatedTarget))) area.classList.remove('dropping')
    })
    area.addEventListener('drop', (event) => {
      event.preventDefault()
      area.classList.remove('dropping')
      this.#add(event.dataTransfer?.files)
    })
  }

  close(): void {
    this.#closing.abort()
  }

  #add(files: FileList | null | undefined): void {
    for (const file of files ?? []) {
      const row = new UploadRow(file)
      this.element.append(row.element)
      if (file.size > MAX_BYTES) row.fail('The file is larger than 5 MB.')
      else this.#enqueue(file, row)
    }
  }

  #enqueue(file: File, row: UploadRow): void {
    const signal = AbortSignal.any([this.#closing.signal, row.signal])
    this.#last = this.#last.then(async () => {
      if (signal.aborted) return
      try {
        const stored = await upload(this.#options, file, { onProgress: (fraction) => row.show(fraction), signal })
        if (signal.aborted) return
        row.element.remove()
        this.#options.onUploaded(stored)
      } catch (error) {
        row.fail(errorText(error), () => this.#enqueue(file, row))
      }
    })
  }
}

class UploadRow {
  readonly element: HTMLLIElement
  readonly #name: string
  readonly #progress: HTMLProgressElement
  readonly #state = el('span', {}, 'Waiting')
  readonly #retryButton = button('Try again', () => this.#retry(), { class: 'small', hidden: true })
  readonly #removal = new AbortController()
  #onRetry: (() => void) | undefined

  constructor({ name }: File) {
    this.#name = name
    this.#progress = el('progress', { max: '1', value: '0', 'aria-label': `Sending ${name}` })
    const remove = button('Remove', () => this.#remove(), { class: 'small', 'aria-label': `Remove ${name}` })
    this.element = el('li', {}, el('span', { class: 'name' }, name), this.#progress, this.#state, this.#retryButton, remove)
  }

  /** Aborted when the user removes the file. */
  get signal(): AbortSignal {
    return this.#removal.signal
  }

  show(fraction: number): void {
    this.#progress.value = fraction
    setText(this.#state, `${Math.round(fraction * 100)} %`)
  }

  fail(message: string, onRetry?: () => void): void {
    this.#onRetry = onRetry
    this.#progress.hidden = true
    this.#retryButton.hidden = onRetry === undefined
    this.element.classList.add('error')
    setText(this.#state, message)
    announce(`${this.#name} was not sent. ${message}`)
  }

  #retry(): void {
    this.#progress.hidden = false
    this.#retryButton.hidden = true
    this.element.classList.remove('error')
    setText(this.#state, 'Waiting')
    this.#onRetry?.()
  }

  #remove(): void {
    this.#removal.abort()
    this.element.remove()
  }
}
