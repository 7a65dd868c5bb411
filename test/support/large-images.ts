import { gif, jpeg, png, webp } from './images.ts'

/** Pictures of the largest size that is accepted: an ordinary one, and hostile ones that consist of as many parts as possible. */

const SIZE = 5 * 1024 * 1024

type Bytes = Uint8Array<ArrayBuffer>

/** The head, then `part` as often as it fits, then the tail. */
const filled = (head: Uint8Array, part: readonly number[], tail: Uint8Array): Bytes => {
  const count = Math.floor((SIZE - head.length - tail.length) / part.length)
  const image = new Uint8Array(head.length + count * part.length + tail.length)
  image.set(head)
  const parts = image.subarray(head.length, head.length + count * part.length)
  parts.set(part)
  for (let done = part.length; done < parts.length; done *= 2) parts.copyWithin(done, 0, done)
  image.set(tail, image.length - tail.length)
  return image
}

/** Writes the length of the whole file into a WebP's header. */
const withRiffLength = (image: Bytes): Bytes => {
  new DataView(image.buffer).setUint32(4, image.length - 8, true)
  return image
}

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0))
const NO_BYTES = new Uint8Array()
const GIF_HEAD = 19
const WEBP_HEAD = 12
const PNG_HEAD = 8 + 25
const JPEG_START = 2

export const LARGE_IMAGES = {
  'JPEG of one scan': () => filled(jpeg().subarray(0, -40), [0x12], NO_BYTES),
  'GIF of empty comments': () => filled(gif().subarray(0, GIF_HEAD), [0x21, 0xfe, 0], gif().subarray(GIF_HEAD)),
  'GIF of empty extensions': () => filled(gif().subarray(0, GIF_HEAD), [0x21, 0xf9, 0], gif().subarray(GIF_HEAD)),
  'GIF of sub-blocks of one byte': () =>
    filled(Uint8Array.of(...gif().subarray(0, GIF_HEAD), 0x21, 0xf9), [1, 0], Uint8Array.of(0, ...gif().subarray(GIF_HEAD))),
  'WebP of empty chunks that are retained': () =>
    withRiffLength(filled(webp().subarray(0, WEBP_HEAD), [...ascii('ALPH'), 0, 0, 0, 0], webp().subarray(WEBP_HEAD))),
  'WebP of empty chunks that are removed': () =>
    withRiffLength(filled(webp().subarray(0, WEBP_HEAD), [...ascii('EXIF'), 0, 0, 0, 0], webp().subarray(WEBP_HEAD))),
  'JPEG of empty segments that are retained': () => filled(jpeg().subarray(0, JPEG_START), [0xff, 0xdb, 0, 2], jpeg().subarray(JPEG_START)),
  'JPEG of empty comments': () => filled(jpeg().subarray(0, JPEG_START), [0xff, 0xfe, 0, 2], jpeg().subarray(JPEG_START)),
  'JPEG of restart markers': () => filled(jpeg().subarray(0, JPEG_START), [0xff, 0xd0], jpeg().subarray(JPEG_START)),
  'JPEG of fill bytes': () => filled(jpeg().subarray(0, JPEG_START), [0xff], jpeg().subarray(JPEG_START)),
  'JPEG of escaped bytes': () => filled(jpeg().subarray(0, -40), [0xff, 0], NO_BYTES),
  'JPEG of empty scans': () => filled(jpeg().subarray(0, -40), [0xff, 0xda, 0, 2], NO_BYTES),
  'PNG of empty chunks that are retained': () =>
    filled(png().subarray(0, PNG_HEAD), [0, 0, 0, 0, ...ascii('IDAT'), 0, 0, 0, 0], png().subarray(PNG_HEAD)),
  'PNG of empty chunks of unknown types': () =>
    filled(png().subarray(0, PNG_HEAD), [0, 0, 0, 0, ...ascii('xxXx'), 0, 0, 0, 0], png().subarray(PNG_HEAD)),
} satisfies Record<string, () => Bytes>

/** The largest files that are accepted in the support chat. */
export const LARGE_FILES = {
  ...LARGE_IMAGES,
  'a text of short characters': () => filled(NO_BYTES, ascii('a'), NO_BYTES),
  'a text of long characters': () => filled(NO_BYTES, [0xe2, 0x82, 0xac], NO_BYTES),
  'a PDF': () => filled(Uint8Array.from(ascii('%PDF-1.7 ')), [0], NO_BYTES),
} satisfies Record<string, () => Bytes>
