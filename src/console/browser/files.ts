import type { ChatFile } from '#chat/messages.ts'
import { Attachments } from './attachments.ts'
import { fileView } from './file-view.ts'

/** What a page needs for the files of a conversation. It is loaded after the page: most conversations contain none. */
export const createFiles = (area: HTMLElement, options: ConstructorParameters<typeof Attachments>[1]) => ({
  attachments: new Attachments(area, options),
  view: (file: ChatFile): HTMLElement => fileView(file, options),
})
