import { HOUR } from './time.ts'

/** Files in the support chat: how they are named and stored, and how a message describes them. */

export interface ChatFile {
  /** 32 random hexadecimal digits. */
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
}

export interface NewChatFile extends ChatFile {
  readonly senderId: number
}

/** A file as a room stores it. Null: no message refers to it yet. */
export interface RoomFile extends NewChatFile {
  readonly messageId: number | null
}

/** An upload to which no message refers after this time is deleted. */
export const UNSENT_FILE_MS = HOUR

/** The types besides pictures. They are never shown by a browser, only saved. */
export const PDF_TYPE = 'application/pdf'
export const TEXT_TYPE = 'text/plain'

const EXTENSIONS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/webp': ['webp'],
  'image/gif': ['gif'],
  [PDF_TYPE]: ['pdf'],
  [TEXT_TYPE]: ['txt'],
}

const MAX_BASE_LENGTH = 80

export const isPicture = ({ type }: Pick<ChatFile, 'type'>): boolean => type.startsWith('image/')

/**
 * The name under which a file is shown and saved. It ends with an extension of the type that was found in the content: a page
 * with the name `report.html` would otherwise run its scripts when the saved file is opened. Without control characters
 * and those that change the direction of writing, which can make an extension look like another one.
 */
export const chatFileName = (given: string, type: string): string => {
  const extensions = EXTENSIONS[type] ?? ['bin']
  const name = given
    .replace(/^.*[\\/]/s, '')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu, '')
    .trim()
  const extension = extensions.find((known) => name.toLowerCase().endsWith(`.${known}`))
  const base = extension === undefined ? name : name.slice(0, -extension.length - 1)
  return `${base.slice(0, MAX_BASE_LENGTH).toWellFormed().trim() || 'file'}.${extension ?? extensions[0]}`
}

/** The text of a message that refers to a file, for every client that shows only texts. */
export const fileMessage = (file: Pick<ChatFile, 'name' | 'type'>): string => `[${isPicture(file) ? 'Picture' : 'File'}: ${file.name}]`

/** The prefix of these files in the bucket. No route serves it as it is. */
export const CHAT_FILE_PREFIX = 'chat/'

/** The prefix of one person's conversation. */
export const chatFilePrefix = (accountId: number): string => `${CHAT_FILE_PREFIX}${accountId}/`

export const chatFileKey = (accountId: number, { id }: Pick<ChatFile, 'id'>): string => chatFilePrefix(accountId) + id

/** The person whose conversation a key belongs to. */
export const chatFileOwner = (key: string): number => Number(key.slice(CHAT_FILE_PREFIX.length).split('/', 1)[0])

export const isChatFileId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text)
