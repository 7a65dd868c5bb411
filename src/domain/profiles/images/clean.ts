import { cleanGif } from './gif.ts'
import { cleanJpeg } from './jpeg.ts'
import { cleanPng } from './png.ts'
import { cleanWebp } from './webp.ts'

export const IMAGE_LIMIT = 5 * 1024 * 1024

export interface CleanImage {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif'
  readonly extension: 'jpg' | 'png' | 'webp' | 'gif'
  readonly bytes: Uint8Array<ArrayBuffer>
}

const FORMATS = [
  { type: 'image/jpeg', extension: 'jpg', clean: cleanJpeg },
  { type: 'image/png', extension: 'png', clean: cleanPng },
  { type: 'image/webp', extension: 'webp', clean: cleanWebp },
  { type: 'image/gif', extension: 'gif', clean: cleanGif },
] as const

/** Detects the image format from the bytes, not from the file name, and removes the metadata; null if they are no image. */
export const cleanImage = (input: Uint8Array): CleanImage | null => {
  for (const { type, extension, clean } of FORMATS) {
    const bytes = clean(input)
    if (bytes) return { type, extension, bytes }
  }
  return null
}
