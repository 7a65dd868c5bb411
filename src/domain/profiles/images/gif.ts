import { ascii, byteAt } from './bytes.ts'
import { createOutput } from './output.ts'

const EXTENSION = 0x21
const IMAGE = 0x2c
const TRAILER = 0x3b
const APPLICATION = 0xff
const COMMENT = 0xfe
/** Application extensions that define how often an animation repeats. All others hold metadata. */
const LOOP_EXTENSIONS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0'])

const colourTableLength = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

/** The offset after a chain of sub-blocks that starts at `from`. Beyond the end of the file if the chain is truncated. */
const endOfBlocks = (bytes: Uint8Array, from: number): number => {
  let offset = from
  while (byteAt(bytes, offset) > 0) offset += 1 + byteAt(bytes, offset)
  return offset + 1
}

/** Removes comments and application metadata from a GIF; null if it is no GIF, is truncated, or has too many blocks. */
export const cleanGif = (bytes: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (!['GIF87a', 'GIF89a'].includes(ascii(bytes, 0, 6)) || bytes.length < 14) return null
  let offset = 13 + colourTableLength(byteAt(bytes, 10))
  const output = createOutput(bytes, 0)
  output.retain(0, Math.min(offset, bytes.length))
  let hasImage = false
  while (offset < bytes.length) {
    const kind = byteAt(bytes, offset)
    if (kind === TRAILER) {
      output.append(TRAILER)
      return hasImage ? output.written() : null
    }
    if (!output.countPart() || (kind !== EXTENSION && kind !== IMAGE)) return null
    const label = byteAt(bytes, offset + 1)
    const next =
      kind === IMAGE ? endOfBlocks(bytes, offset + 11 + colourTableLength(byteAt(bytes, offset + 9))) : endOfBlocks(bytes, offset + 2)
    if (next > bytes.length) return null
    const isMetadata =
      kind === EXTENSION && (label === COMMENT || (label === APPLICATION && !LOOP_EXTENSIONS.has(ascii(bytes, offset + 3, offset + 14))))
    if (!isMetadata) output.retain(offset, next)
    hasImage ||= kind === IMAGE
    offset = next
  }
  return null
}
