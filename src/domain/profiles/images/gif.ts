import { ascii, at, joined } from './bytes.ts'

const EXTENSION = 0x21
const PICTURE = 0x2c
const TRAILER = 0x3b
const APPLICATION = 0xff
const COMMENT = 0xfe
/** Applications that say how often an animation runs; all others keep notes of their own. */
const LOOPS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0'])

const tableLength = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

/** Where a chain of blocks that begins here is over; beyond the end where it is cut short. */
const endOfBlocks = (bytes: Uint8Array, from: number): number => {
  let offset = from
  while (at(bytes, offset) > 0) offset += 1 + at(bytes, offset)
  return offset + 1
}

/** A GIF without comments and applications' notes; null where it is none, or is cut short. */
export const cleanGif = (bytes: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (!['GIF87a', 'GIF89a'].includes(ascii(bytes, 0, 6)) || bytes.length < 14) return null
  let offset = 13 + tableLength(at(bytes, 10))
  const parts = [bytes.subarray(0, offset)]
  let hasPicture = false
  while (offset < bytes.length) {
    const kind = at(bytes, offset)
    if (kind === TRAILER) return hasPicture ? joined([...parts, Uint8Array.of(TRAILER)]) : null
    if (kind !== EXTENSION && kind !== PICTURE) return null
    const label = at(bytes, offset + 1)
    const next = kind === PICTURE ? endOfBlocks(bytes, offset + 11 + tableLength(at(bytes, offset + 9))) : endOfBlocks(bytes, offset + 2)
    if (next > bytes.length) return null
    const isNote = kind === EXTENSION && (label === COMMENT || (label === APPLICATION && !LOOPS.has(ascii(bytes, offset + 3, offset + 14))))
    if (!isNote) parts.push(bytes.subarray(offset, next))
    hasPicture ||= kind === PICTURE
    offset = next
  }
  return null
}
