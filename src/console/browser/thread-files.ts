import type { Attachments } from './attachments.ts'
import { el } from './dom.ts'
import { loadPart } from './load-part.ts'
import type { ChatFile } from './wire.ts'

/** The files of a conversation. Their code arrives after the page, so each part is first an empty place. */

interface ThreadFilesOptions {
  readonly userId: number
  readonly token: string | null
  /** A file is uploaded, and no message refers to it yet. */
  onUploaded(file: ChatFile): void
  /** A file can be shown now. `show` changes the height of its message. */
  onArrived(show: () => void): void
}

export class ThreadFiles {
  /** For the composer. */
  readonly control = el('span')
  readonly element = el('div')
  readonly #options: ThreadFilesOptions
  readonly #code = loadPart('files')
  #attachments: Attachments | null = null
  #isClosed = false

  /** `area` is where files can be dropped and pasted. */
  constructor(area: HTMLElement, options: ThreadFilesOptions) {
    this.#options = options
    void this.#attach(area)
  }

  view(file: ChatFile): HTMLElement {
    const place = el('p', { dir: 'auto' }, `[${file.name}]`)
    void this.#code.then(({ fileView }) => this.#options.onArrived(() => place.replaceWith(fileView(file, this.#options))))
    return place
  }

  close(): void {
    this.#isClosed = true
    this.#attachments?.close()
  }

  async #attach(area: HTMLElement): Promise<void> {
    const code = await this.#code
    if (this.#isClosed) return
    this.#attachments = new code.Attachments(area, this.#options)
    this.control.append(this.#attachments.control)
    this.element.append(this.#attachments.element)
  }
}
