/**
 * A file with more parts (segments, chunks, blocks) than this is rejected. Animations and pictures of the largest size that is
 * accepted have a few thousand, but five million bytes of empty parts would be 1.7 million.
 */
const MAX_PARTS = 16_384

export interface Output {
  /** Call it for every part of the file, retained or not; false if there are too many. */
  countPart(): boolean
  /** Appends the bytes `from` (inclusive) to `to` (exclusive) of the file. */
  retain(from: number, to: number): void
  append(...bytes: readonly number[]): void
  /** What has been appended. The bytes are not copied: changing them changes the output. */
  written(): Uint8Array<ArrayBuffer>
}

/**
 * The cleaned picture. It is one buffer of the size of the file, into which every retained byte is copied once. A list of the
 * parts would be simpler, but an object per part costs up to sixty times the file's size in memory.
 */
export const createOutput = (file: Uint8Array, additionalBytes: number): Output => {
  const buffer = new Uint8Array(file.length + additionalBytes)
  let length = 0
  let parts = 0
  return {
    countPart: () => ++parts <= MAX_PARTS,
    retain: (from, to) => {
      buffer.set(file.subarray(from, to), length)
      length += to - from
    },
    append: (...bytes) => {
      buffer.set(bytes, length)
      length += bytes.length
    },
    written: () => buffer.subarray(0, length),
  }
}
