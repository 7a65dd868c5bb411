import { isUtf8 } from 'node:buffer'
import type { SourceValue } from '../models/values.ts'
import { Pending } from './bytes.ts'
import { Damage } from './source-error.ts'

/**
 * Finds the objects of a JSON text: in one list, or one after the other, whatever the lines are. It holds one object at a time:
 * only braces and quotation marks are looked at until an object is complete, and then the platform's parser reads it.
 */

export interface JsonObject {
  readonly value: Readonly<Record<string, SourceValue>>
  readonly byte: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const NEWLINE = 0x0a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09

/** Where in the text the parser is, between two objects. */
type State =
  | 'start'
  /** Objects follow each other without a list. */
  | 'sequence'
  | 'list-start'
  | 'list-object'
  | 'list-comma'
  | 'end'

export class JsonObjects {
  readonly #pending = new Pending()
  #state: State = 'start'
  /** How deep the scan is inside the object that begins with the first pending byte. 0: between objects. */
  #depth = 0
  #inText = false
  /** The next byte to be scanned, counted from the first pending one. */
  #at = 0
  /** A line end has followed the last object. */
  #isLineEnded = false;

  *push(chunk: Buffer): Generator<JsonObject, void> {
    this.#pending.add(chunk)
    while (true) {
      if (this.#depth === 0 && !this.#findObject()) break
      const end = this.#endOfObject()
      if (end === null) break
      yield { value: this.#parse(this.#pending.bytes.subarray(0, end)), byte: this.#pending.start }
      this.#forget(end)
      this.#isLineEnded = false
    }
    if (this.#depth > 0) this.#pending.drop(0)
  }

  /** Call it at the end of the file: throws if the text is not complete. */
  end(): void {
    if (this.#depth > 0) throw new Damage(this.#pending.start, 'the file ends inside the object that begins here')
    // Without a list, only its last line shows whether a file is complete.
    if (this.#state === 'sequence' && !this.#isLineEnded) {
      throw new Damage(this.#pending.start, 'the last line has no line end, so the file may be cut off here; add one if it is not')
    }
    if (this.#state === 'start') throw new Damage(0, 'it contains nothing')
    if (this.#state !== 'end' && this.#state !== 'sequence') throw new Damage(this.#pending.start, 'the file ends before its list does')
  }

  #forget(count: number): void {
    this.#pending.drop(count)
    this.#at = 0
  }

  /** Goes to the next object; false if it is not there yet. */
  #findObject(): boolean {
    const { bytes, start } = this.#pending
    let at = 0
    for (; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === NEWLINE) this.#isLineEnded = true
      if (isSpace(byte) || (this.#state === 'start' && byte === BYTE_ORDER_MARK[start + at])) continue
      if (byte === OPEN_OBJECT && (this.#state === 'start' || this.#state === 'sequence')) this.#state = 'sequence'
      else if (byte === OPEN_OBJECT && (this.#state === 'list-start' || this.#state === 'list-object')) this.#state = 'list-comma'
      else if (byte === OPEN_LIST && this.#state === 'start') this.#state = 'list-start'
      else if (byte === COMMA && this.#state === 'list-comma') this.#state = 'list-object'
      else if (byte === CLOSE_LIST && (this.#state === 'list-start' || this.#state === 'list-comma')) this.#state = 'end'
      else throw new Damage(start + at, this.#state === 'end' ? 'something follows the end of the list' : 'an object is expected here')
      if (byte === OPEN_OBJECT) {
        this.#forget(at)
        return true
      }
    }
    this.#forget(at)
    return false
  }

  /** The byte behind the object's end; null if that is not there yet. */
  #endOfObject(): number | null {
    const { bytes } = this.#pending
    let at = this.#at
    while (at < bytes.length) {
      if (this.#inText) {
        at = this.#endOfText(at)
        continue
      }
      const byte = bytes[at++]
      if (byte === QUOTE) this.#inText = true
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth++
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && --this.#depth === 0) return at
    }
    this.#at = at
    return null
  }

  /** The position behind a text's closing quotation mark, or the end of what is there. */
  #endOfText(from: number): number {
    const { bytes } = this.#pending
    for (let quote = bytes.indexOf(QUOTE, from); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
      let backslashes = 0
      while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++
      if (backslashes % 2 === 1) continue
      this.#inText = false
      return quote + 1
    }
    return bytes.length
  }

  /** The parser's own message is not shown: it quotes the text. */
  #parse(bytes: Buffer): Readonly<Record<string, SourceValue>> {
    const { start } = this.#pending
    if (!isUtf8(bytes)) throw new Damage(start, 'the object that begins here is not UTF-8')
    try {
      return JSON.parse(bytes.toString())
    } catch {
      throw new Damage(start, 'the object that begins here is not valid JSON')
    }
  }
}
