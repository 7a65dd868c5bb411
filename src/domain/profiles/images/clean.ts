import { PICTURE_FORMATS, type PictureFormat } from '../../../model/picture.ts'
import { cleanGif } from './gif.ts'
import { cleanJpeg } from './jpeg.ts'
import { cleanPng } from './png.ts'
import { cleanWebp } from './webp.ts'

export type CleanImage = PictureFormat & { readonly bytes: Uint8Array<ArrayBuffer> }

const CLEANERS: Readonly<Record<PictureFormat['extension'], (input: Uint8Array) => Uint8Array<ArrayBuffer> | null>> = {
  jpg: cleanJpeg,
  png: cleanPng,
  webp: cleanWebp,
  gif: cleanGif,
}

/** Detects the image format from the bytes, not from the file name, and removes the metadata; null if they are no image. */
export const cleanImage = (input: Uint8Array): CleanImage | null => {
  for (const format of PICTURE_FORMATS) {
    const bytes = CLEANERS[format.extension](input)
    if (bytes) return { ...format, bytes }
  }
  return null
}
