import { isUtf8 } from 'node:buffer'
import { type SourceValue, UnsupportedValue } from '../models/values.ts'
import { Pending } from './bytes.ts'
import { Damage } from './source-error.ts'

/** BSON as mongodump writes it: documents back to back, each behind its length. https://bsonspec.org/spec.html */

type Document = Readonly<Record<string, SourceValue>>

export interface BsonDocument {
  readonly value: Document
  readonly byte: number
}

/** MongoDB's own limits: 16 MiB and some bytes for its messages, and 100 levels. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024 + 16 * 1024
const MIN_DOCUMENT_BYTES = 5
const MAX_DEPTH = 100

/** Reads one document, whose bytes are all there. */
class DocumentReader {
  readonly #bytes: Buffer
  readonly #start: number
  #at = 0

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes
    this.#start = start
  }

  document(depth = 0): Document {
    if (depth > MAX_DEPTH) throw this.#damage('the document is nested too deeply')
    const start = this.#at
    const end = start + this.#int32()
    if (end > this.#bytes.length || end < start + MIN_DOCUMENT_BYTES) throw this.#damage('a nested document has an impossible length')
    const entries: [string, SourceValue][] = []
    for (let type = this.#byte(); type !== 0; type = this.#byte()) {
      const name = this.#name()
      entries.push([name, this.#value(type, depth)])
    }
    if (this.#at !== end) throw this.#damage('a document does not end at its stated length')
    return Object.fromEntries(entries)
  }

  #value(type: number, depth: number): SourceValue {
    switch (type) {
      case 0x01:
        return this.#take(8).readDoubleLE()
      case 0x02:
        return this.#text()
      case 0x03:
        return this.document(depth + 1)
      case 0x04:
        return Object.values(this.document(depth + 1))
      case 0x06:
      case 0x0a:
        return null
      case 0x07:
        return this.#take(12).toString('hex')
      case 0x08:
        return this.#byte() === 1
      case 0x09:
        return new Date(Number(this.#take(8).readBigInt64LE()))
      case 0x10:
        return this.#int32()
      case 0x12:
        return Number(this.#take(8).readBigInt64LE())
      default:
        return this.#unsupported(type)
    }
  }

  /** The types that no original writes. A BSON value is not preceded by its length, so each type is skipped in its own way. */
  #unsupported(type: number): UnsupportedValue {
    switch (type) {
      case 0x05: {
        const length = this.#int32()
        this.#take(1 + length)
        return new UnsupportedValue('binary')
      }
      case 0x0b:
        this.#name()
        this.#name()
        return new UnsupportedValue('regular expression')
      case 0x0c:
        this.#text()
        this.#take(12)
        return new UnsupportedValue('pointer')
      case 0x0d:
      case 0x0e:
        this.#text()
        return new UnsupportedValue('code')
      case 0x0f: {
        const length = this.#int32()
        this.#take(length - 4)
        return new UnsupportedValue('code')
      }
      case 0x11:
        this.#take(8)
        return new UnsupportedValue('timestamp')
      case 0x13:
        this.#take(16)
        return new UnsupportedValue('decimal')
      case 0x7f:
      case 0xff:
        return new UnsupportedValue('key')
      default:
        throw this.#damage('a value has a type that does not exist')
    }
  }

  #take(count: number): Buffer {
    if (count < 0 || this.#at + count > this.#bytes.length) throw this.#damage('a value is longer than its document')
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  #byte(): number {
    return this.#take(1).readUInt8()
  }

  #int32(): number {
    return this.#take(4).readInt32LE()
  }

  /** Text behind its length, which counts the zero byte at its end. */
  #text(): string {
    const bytes = this.#take(this.#int32())
    if (bytes.at(-1) !== 0) throw this.#damage('a text does not end at its stated length')
    return this.#decoded(bytes.subarray(0, -1))
  }

  #name(): string {
    const end = this.#bytes.indexOf(0, this.#at)
    if (end < 0) throw this.#damage('the name of a property does not end')
    const name = this.#decoded(this.#bytes.subarray(this.#at, end))
    this.#at = end + 1
    return name
  }

  #decoded(bytes: Buffer): string {
    if (!isUtf8(bytes)) throw this.#damage('a text is not UTF-8')
    return bytes.toString()
  }

  #damage(reason: string): Damage {
    return new Damage(this.#start + this.#at, reason)
  }
}

export class BsonDocuments {
  readonly #pending = new Pending();

  *push(chunk: Buffer): Generator<BsonDocument, void> {
    this.#pending.add(chunk)
    while (this.#pending.bytes.length >= 4) {
      const { bytes, start } = this.#pending
      const length = bytes.readInt32LE()
      if (length < MIN_DOCUMENT_BYTES || length > MAX_DOCUMENT_BYTES)
        throw new Damage(start, 'the document that begins here has an impossible length')
      if (bytes.length < length) break
      yield { value: new DocumentReader(bytes.subarray(0, length), start).document(), byte: start }
      this.#pending.drop(length)
    }
  }

  end(): void {
    if (this.#pending.bytes.length > 0) throw new Damage(this.#pending.start, 'the file ends inside the document that begins here')
  }
}
