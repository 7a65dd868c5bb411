import { ascii, concat, viewOf } from './bytes.ts'

const SIGNATURE = '\x89PNG\r\n\x1a\n'

/** The chunks that are needed to draw the picture. Texts, times and EXIF are not among them. */
const RETAINED_CHUNKS = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs hIST sPLT acTL fcTL fdAT'.split(' '))

/** Removes all other chunks from a PNG; null if it is no PNG, or is truncated. */
export const cleanPng = (bytes: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (ascii(bytes, 0, 8) !== SIGNATURE) return null
  const view = viewOf(bytes)
  const parts = [bytes.subarray(0, 8)]
  const seen = new Set<string>()
  for (let offset = 8; offset + 12 <= bytes.length; ) {
    const next = offset + 12 + view.getUint32(offset)
    const type = ascii(bytes, offset + 4, offset + 8)
    if (next > bytes.length || (seen.size === 0 && type !== 'IHDR')) return null
    seen.add(type)
    if (RETAINED_CHUNKS.has(type)) parts.push(bytes.subarray(offset, next))
    if (type === 'IEND') return seen.has('IDAT') ? concat(parts) : null
    offset = next
  }
  return null
}
