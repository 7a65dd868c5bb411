import { ascii, byteAt, viewOf } from './bytes.ts'
import { createOutput } from './output.ts'

const HEADER_LENGTH = 12
const RETAINED_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
const IMAGE_CHUNKS = new Set(['VP8 ', 'VP8L', 'ANMF'])
/** The bits of the extended header that announce EXIF and XMP. */
const METADATA_FLAGS = 0x08 | 0x04

/** Removes EXIF and XMP from a WebP; null if it is no WebP, is truncated, or has too many chunks. */
export const cleanWebp = (bytes: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (ascii(bytes, 0, 4) !== 'RIFF' || ascii(bytes, 8, HEADER_LENGTH) !== 'WEBP') return null
  const view = viewOf(bytes)
  const end = Math.min(bytes.length, view.getUint32(4, true) + 8)
  const output = createOutput(bytes, 1) // One more byte: the padding of the last chunk may be missing in the file.
  output.retain(0, HEADER_LENGTH)
  let hasImage = false
  for (let offset = HEADER_LENGTH; offset + 8 <= end; ) {
    const length = view.getUint32(offset + 4, true)
    const type = ascii(bytes, offset, offset + 4)
    const contentEnd = offset + 8 + length
    if (!output.countPart() || contentEnd > end) return null
    if (RETAINED_CHUNKS.has(type)) {
      const flagsAt = output.written().length + 8
      output.retain(offset, contentEnd)
      if (length % 2 === 1) output.append(0)
      if (type === 'VP8X' && length > 0) output.written()[flagsAt] = byteAt(bytes, offset + 8) & ~METADATA_FLAGS
    }
    hasImage ||= IMAGE_CHUNKS.has(type)
    offset = contentEnd + (length % 2)
  }
  if (!hasImage) return null
  const clean = output.written()
  viewOf(clean).setUint32(4, clean.length - 8, true)
  return clean
}
