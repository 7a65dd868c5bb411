import { createReadStream, type Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { Damage, SourceError } from './source-error.ts'

/** Reads files by the piece, compressed or not. */

const CHUNK_BYTES = 256 * 1024

/** A row or a document above this is not read. It bounds the memory: MongoDB's limit is 16 MiB, D1's 2 MB. */
const MAX_ITEM_BYTES = 20 * 1024 * 1024

export interface SourceFile {
  readonly path: string
  /** The name for messages. */
  readonly name: string
  readonly bytes: number
  readonly isGzip: boolean
}

const GZIP = Buffer.from([0x1f, 0x8b])

const reasonOf = (error: unknown): string => (error instanceof Error && 'code' in error ? `${error.code}` : 'unknown error')

/** The `stat` of a file. If it is missing or not readable, the error has a sentence for the operator. */
export const statOf = async (path: string): Promise<Stats> => {
  try {
    return await stat(path)
  } catch (error) {
    throw new SourceError(reasonOf(error) === 'ENOENT' ? `There is no ${path}.` : `${path} cannot be read (${reasonOf(error)}).`)
  }
}

const firstBytes = async (path: string, count: number): Promise<Buffer> => {
  try {
    const file = await open(path)
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(count), 0, count, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new SourceError(`${path} cannot be read (${reasonOf(error)}).`)
  }
}

export const sourceFile = async (path: string, name: string): Promise<SourceFile> => {
  const { size } = await statOf(path)
  return { path, name, bytes: size, isGzip: (await firstBytes(path, 2)).equals(GZIP) }
}

const gunzipReason = (code: unknown): string => {
  if (code === 'Z_BUF_ERROR') return 'the compressed data ends too early'
  return `the compressed data is damaged (${code})`
}

/** The content in pieces, decompressed. */
export async function* chunksOf({ path, bytes, isGzip }: SourceFile): AsyncGenerator<Buffer, void> {
  // A stream allocates this for each read, also for the last one, which finds the end.
  const file = createReadStream(path, { highWaterMark: Math.min(CHUNK_BYTES, Math.max(bytes, 1)) })
  const gunzip = isGzip ? createGunzip({ chunkSize: CHUNK_BYTES }) : null
  let byte = 0
  try {
    if (gunzip) file.on('error', (error) => gunzip.destroy(error)).pipe(gunzip)
    for await (const chunk of gunzip ?? file) {
      if (!Buffer.isBuffer(chunk)) continue
      yield chunk
      byte += chunk.length
    }
  } catch (error) {
    if (error instanceof Error && 'errno' in error && 'code' in error && `${error.code}`.startsWith('Z_')) {
      throw new Damage(byte, gunzipReason(error.code))
    }
    throw error
  } finally {
    file.destroy()
    gunzip?.destroy()
  }
}

/** The beginning of the content, decompressed: up to `count` bytes. What is damaged behind the beginning is found later. */
export const headOf = async (file: SourceFile, count: number): Promise<Buffer> => {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of chunksOf(file)) {
      parts.push(Buffer.from(chunk))
      bytes += chunk.length
      if (bytes >= count) break
    }
  } catch (error) {
    if (!(error instanceof Damage) || bytes === 0) throw error
  }
  return Buffer.concat(parts).subarray(0, count)
}

/** The number of the line that contains a byte. */
const lineOf = async (file: SourceFile, byte: number): Promise<number> => {
  let line = 1
  let position = 0
  try {
    for await (const chunk of chunksOf(file)) {
      for (let at = chunk.indexOf(10); at >= 0 && position + at < byte; at = chunk.indexOf(10, at + 1)) line++
      position += chunk.length
      if (position >= byte) break
    }
  } catch (error) {
    // The damage itself: everything before it has been counted.
    if (!(error instanceof Damage)) throw error
  }
  return line
}

const written = (count: number): string => count.toLocaleString('en')

/** Makes a sentence of what a parser found: with the line, in a text, and the byte. */
export const located = async (file: SourceFile, error: Damage, isText: boolean): Promise<SourceError> => {
  const where = `${isText ? `line ${written(await lineOf(file, error.byte))}, ` : ''}byte ${written(error.byte)}`
  return new SourceError(
    `${file.name} cannot be read to its end: ${error.message} (${where}${file.isGzip ? ' of the decompressed data' : ''}).`,
  )
}

/** The bytes that a parser has not used yet, with what follows them. */
export class Pending {
  #bytes: Buffer = Buffer.alloc(0)
  /** The position of the first pending byte in the file. */
  #start = 0

  get bytes(): Buffer {
    return this.#bytes
  }

  get start(): number {
    return this.#start
  }

  add(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
  }

  /** Forgets bytes from the beginning. */
  drop(count: number): void {
    this.#bytes = this.#bytes.subarray(count)
    this.#start += count
    if (this.#bytes.length > MAX_ITEM_BYTES) {
      throw new Damage(this.#start, `what begins here is longer than ${MAX_ITEM_BYTES / 1024 / 1024} MiB`)
    }
  }
}
