/** What a page needs for the files of a conversation. It is loaded after the page: most conversations contain none. */
export { Attachments } from './attachments.ts'
export { fileView } from './file-view.ts'
