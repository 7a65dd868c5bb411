import type { ChatFile } from '#chat/messages.ts'
import { el } from './dom.ts'
import { loadPart } from './load-part.ts'

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
  readonly #files: Promise<ReturnType<typeof import('./files.ts').createFiles>>

  /** `area` is where files can be dropped and pasted. */
  constructor(area: HTMLElement, options: ThreadFilesOptions) {
    this.#options = options
    this.#files = loadPart<typeof import('./files.ts')>('files').then(({ createFiles }) => createFiles(area, options))
    void this.#files.then(({ attachments }) => {
      this.control.append(attachments.control)
      this.element.append(attachments.element)
    })
  }

  view(file: ChatFile): HTMLElement {
    const place = el('p', { dir: 'auto' }, `[${file.name}]`)
    void this.#files.then(({ view }) => this.#options.onArrived(() => place.replaceWith(view(file))))
    return place
  }

  close(): void {
    void this.#files.then(({ attachments }) => attachments.close())
  }
}
