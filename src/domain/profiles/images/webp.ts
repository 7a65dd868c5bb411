import { ascii, byteAt, concat, viewOf } from './bytes.ts'

const RETAINED_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
const IMAGE_CHUNKS = new Set(['VP8 ', 'VP8L', 'ANMF'])
/** The bits of the extended header that announce EXIF and XMP. */
const METADATA_FLAGS = 0x08 | 0x04

/** Removes EXIF and XMP from a WebP; null if it is no WebP, or is truncated. */
export const cleanWebp = (bytes: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (ascii(bytes, 0, 4) !== 'RIFF' || ascii(bytes, 8, 12) !== 'WEBP') return null
  const view = viewOf(bytes)
  const end = Math.min(bytes.length, view.getUint32(4, true) + 8)
  const parts: Uint8Array[] = []
  let hasImage = false
  for (let offset = 12; offset + 8 <= end; ) {
    const length = view.getUint32(offset + 4, true)
    const type = ascii(bytes, offset, offset + 4)
    if (offset + 8 + length > end) return null
    const next = offset + 8 + length + (length % 2)
    const chunk = bytes.slice(offset, offset + 8 + length)
    if (type === 'VP8X') chunk[8] = byteAt(chunk, 8) & ~METADATA_FLAGS
    if (RETAINED_CHUNKS.has(type)) parts.push(chunk, new Uint8Array(length % 2))
    hasImage ||= IMAGE_CHUNKS.has(type)
    offset = next
  }
  if (!hasImage) return null
  const clean = concat([bytes.slice(0, 12), ...parts])
  viewOf(clean).setUint32(4, clean.length - 8, true)
  return clean
}
