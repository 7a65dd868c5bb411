import { ascii, at, joined, viewOf } from './bytes.ts'

const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
const PICTURES = new Set(['VP8 ', 'VP8L', 'ANMF'])
/** In the extended header: that there is EXIF, and that there is XMP. */
const TOLD_OF = 0x08 | 0x04

/** A WebP without EXIF and XMP; null where it is none, or is cut short. */
export const cleanWebp = (bytes: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (ascii(bytes, 0, 4) !== 'RIFF' || ascii(bytes, 8, 12) !== 'WEBP') return null
  const view = viewOf(bytes)
  const end = Math.min(bytes.length, view.getUint32(4, true) + 8)
  const parts: Uint8Array[] = []
  let hasPicture = false
  for (let offset = 12; offset + 8 <= end; ) {
    const length = view.getUint32(offset + 4, true)
    const type = ascii(bytes, offset, offset + 4)
    if (offset + 8 + length > end) return null
    const next = offset + 8 + length + (length % 2)
    const chunk = bytes.slice(offset, offset + 8 + length)
    if (type === 'VP8X') chunk[8] = at(chunk, 8) & ~TOLD_OF
    if (KEPT.has(type)) parts.push(chunk, new Uint8Array(length % 2))
    hasPicture ||= PICTURES.has(type)
    offset = next
  }
  if (!hasPicture) return null
  const clean = joined([bytes.slice(0, 12), ...parts])
  viewOf(clean).setUint32(4, clean.length - 8, true)
  return clean
}
