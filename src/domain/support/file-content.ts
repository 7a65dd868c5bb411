import { PDF_TYPE, TEXT_TYPE } from '../../model/chat-file.ts'
import { cleanImage } from '../profiles/images/clean.ts'

interface FileContent {
  readonly type: string
  readonly bytes: Uint8Array
}

/** Decoded at once, a text of five million bytes would need ten million more. */
const CHUNK_SIZE = 64 * 1024

const BINARY = /[\0-\x08\x0e-\x1a\x1c-\x1f]/

/** Markup that a browser might show as a page: HTML, SVG, XML. */
const MARKUP = /^\s*<[!?a-z]/i

const isText = (bytes: Uint8Array): boolean => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  try {
    for (let from = 0; from < bytes.length; from += CHUNK_SIZE) {
      const part = decoder.decode(bytes.subarray(from, from + CHUNK_SIZE), { stream: true })
      if (BINARY.test(part) || (from === 0 && MARKUP.test(part))) return false
    }
    decoder.decode()
    return true
  } catch {
    return false
  }
}

const startsWith = (bytes: Uint8Array, text: string): boolean => [...text].every((character, at) => bytes[at] === character.charCodeAt(0))

/** What a file is, by its content and not by its name; null if it is of no type that is accepted. Pictures lose their metadata. */
export const fileContent = (bytes: Uint8Array): FileContent | null => {
  if (startsWith(bytes, '%PDF-')) return { type: PDF_TYPE, bytes }
  return cleanImage(bytes) ?? (isText(bytes) ? { type: TEXT_TYPE, bytes } : null)
}
