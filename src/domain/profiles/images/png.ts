import { ascii, viewOf } from './bytes.ts'
import { createOutput } from './output.ts'

const SIGNATURE = '\x89PNG\r\n\x1a\n'

/** The chunks that are needed to draw the picture. Texts, times and EXIF are not among them. */
const RETAINED_CHUNKS = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs hIST sPLT acTL fcTL fdAT'.split(' '))

/** Removes all other chunks from a PNG; null if it is no PNG, is truncated, or has too many chunks. */
export const cleanPng = (bytes: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (ascii(bytes, 0, 8) !== SIGNATURE) return null
  const view = viewOf(bytes)
  const output = createOutput(bytes, 0)
  output.retain(0, 8)
  let hasImage = false
  for (let offset = 8; offset + 12 <= bytes.length; ) {
    const next = offset + 12 + view.getUint32(offset)
    const type = ascii(bytes, offset + 4, offset + 8)
    if (!output.countPart() || next > bytes.length || (offset === 8 && type !== 'IHDR')) return null
    hasImage ||= type === 'IDAT'
    if (RETAINED_CHUNKS.has(type)) output.retain(offset, next)
    if (type === 'IEND') return hasImage ? output.written() : null
    offset = next
  }
  return null
}
