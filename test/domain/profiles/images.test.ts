import { describe, expect, test } from 'vitest'
import { cleanImage } from '../../../src/domain/profiles/images/clean.ts'
import { hex as toHex } from '../../../src/model/hex.ts'
import { gif, jpeg, png, webp } from '../../support/images.ts'
import { LARGE_IMAGES } from '../../support/large-images.ts'

const bytes = (...parts: (readonly number[] | string | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((character) => character.charCodeAt(0)) : [...part])))

const hex = (image: Uint8Array | undefined): string => (image ? toHex(image) : 'rejected')
const cleaned = (image: Uint8Array): string => hex(cleanImage(image)?.bytes)

/** JPEG */
const SOI = [0xff, 0xd8]
const EOI = [0xff, 0xd9]
const segment = (marker: number, content: Uint8Array): Uint8Array =>
  bytes([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff], content)
const JFIF = segment(0xe0, bytes('JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0]))
const JFXX = segment(0xe0, bytes('JFXX\0', [0x13, 1, 1, 1, 2, 3]))
const ADOBE = segment(0xee, bytes('Adobe', [0, 100, 0, 0, 0, 0, 1]))
const TABLE = segment(0xdb, new Uint8Array(65))
const FRAME = segment(0xc2, bytes([8, 0, 1, 0, 1, 1, 1, 0x11, 0]))
const scan = (data: number[]): Uint8Array => bytes(segment(0xda, bytes([1, 1, 0, 0, 63, 0])), data)
const exif = (orientation: number): Uint8Array =>
  segment(0xe1, bytes('Exif\0\0', [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1], [1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0], [0, 0, 0, 0]))

describe('a JPEG', () => {
  const picture = [ADOBE, TABLE, FRAME, scan([0x12, 0xff, 0, 0xff, 0xd3, 0x34]), TABLE, scan([0x56])]

  test.each([
    ['with JFIF and a thumbnail', [JFIF, JFXX, exif(6), ...picture], [JFIF, exif(6), JFXX, ...picture]],
    ['with EXIF in front of JFIF', [exif(3), JFIF, ...picture], [JFIF, exif(3), ...picture]],
    ['with EXIF behind the tables', [JFIF, TABLE, exif(8), FRAME, scan([1])], [JFIF, exif(8), TABLE, FRAME, scan([1])]],
    ['without JFIF', [exif(6), ...picture], [exif(6), ...picture]],
    ['with JFIF behind another segment', [ADOBE, JFIF, exif(6), FRAME, scan([1])], [exif(6), ADOBE, JFIF, FRAME, scan([1])]],
    ['that is upright', [JFIF, exif(1), ...picture], [JFIF, ...picture]],
    ['without metadata', [JFIF, ...picture], [JFIF, ...picture]],
    ['with two orientations', [exif(6), exif(3), ...picture], [exif(3), ...picture]],
    ['with fill bytes', [JFIF, [0xff, 0xff], ...picture], [JFIF, ...picture]],
  ])('%s keeps exactly its picture and its orientation', (_kind, sent, expected) => {
    expect(cleaned(bytes(SOI, ...sent, EOI, 'film'))).toBe(hex(bytes(SOI, ...expected, EOI)))
  })

  test('that ends within a scan gets an end', () => {
    expect(cleaned(bytes(SOI, JFIF, FRAME, scan([1, 2, 3])))).toBe(hex(bytes(SOI, JFIF, FRAME, scan([1, 2, 3]), EOI)))
  })
})

/** WebP */
const chunk = (type: string, content: readonly number[], padding = [0]): Uint8Array =>
  bytes(type, [content.length, 0, 0, 0], content, content.length % 2 === 1 ? padding : [])
const riff = (...chunks: Uint8Array[]): Uint8Array => {
  const inner = bytes('WEBP', ...chunks)
  return bytes('RIFF', [inner.length & 0xff, inner.length >> 8, 0, 0], inner)
}

describe('a WebP', () => {
  const image = chunk('VP8L', [0x2f, 0, 0, 0, 0])

  test('keeps its chunks, and announces no metadata', () => {
    const sent = riff(chunk('VP8X', [0x3c, 0, 0, 0, 1, 2, 3]), chunk('EXIF', [1, 2, 3]), chunk('ICCP', [7]), image, chunk('XMP ', [1]))
    expect(cleaned(sent)).toBe(hex(riff(chunk('VP8X', [0x30, 0, 0, 0, 1, 2, 3]), chunk('ICCP', [7]), image)))
  })

  test('whose last padding is missing or is not zero gets it', () => {
    const whole = hex(riff(chunk('VP8X', [0]), image))
    expect(cleaned(riff(chunk('VP8X', [0]), chunk('VP8L', [0x2f, 0, 0, 0, 0], [])))).toBe(whole)
    expect(cleaned(riff(chunk('VP8X', [0], [9]), image))).toBe(whole)
  })
})

describe('a GIF and a PNG', () => {
  test('keep exactly what draws the picture', () => {
    const comment = bytes([0x21, 0xfe, 6], 'Dublin', [0])
    const sent = hex(gif())
    expect(sent).toContain(hex(comment))
    expect(cleaned(gif())).toBe(sent.replace(hex(comment), ''))
    const text = hex(png())
    const from = text.indexOf(hex(bytes('eXIf'))) - 8
    const to = text.indexOf(hex(bytes('IDAT'))) - 8
    expect(cleaned(png())).toBe((text.slice(0, from) + text.slice(to)).replace(hex(bytes('and something behind it')), ''))
  })
})

describe('a picture with many parts', () => {
  const repeated = (part: Uint8Array, times: number): Uint8Array[] => Array.from({ length: times }, () => part)
  const pictures = {
    // A frame is two blocks.
    GIF: (frames: number) => {
      const [head, frame, tail] = [gif().subarray(0, 38), gif().subarray(48, -1), gif().subarray(-1)]
      return bytes(head, ...repeated(bytes([0x21, 0xf9, 4, 0, 0, 0, 0, 0], frame), frames), tail)
    },
    PNG: (chunks: number) => bytes(png().subarray(0, 33), ...repeated(png().subarray(-56, -35), chunks), png().subarray(-35, -23)),
    WebP: (chunks: number) => {
      const inner = bytes('WEBP', ...repeated(chunk('ANMF', [1, 2]), chunks))
      return bytes('RIFF', [inner.length & 0xff, (inner.length >> 8) & 0xff, inner.length >> 16, 0], inner)
    },
    JPEG: (scans: number) => bytes(SOI, JFIF, FRAME, ...repeated(scan([1]), scans), EOI),
  }

  test.each(Object.entries(pictures))('%s: 8,000 of them are kept unchanged, 17,000 are rejected', (_name, create) => {
    const picture = create(8_000)
    expect(cleaned(picture) === hex(picture)).toBe(true) // A difference would be printed as a million digits.
    expect(cleanImage(create(17_000))).toBeNull()
  })
})

/** How much memory they cost is measured in test/commands, because workerd does not tell. */
test.each(Object.entries(LARGE_IMAGES))('%s: is cleaned or rejected, and quickly', (name, create) => {
  const image = create()
  const startedAt = performance.now()
  const clean = cleanImage(image)
  expect(performance.now() - startedAt).toBeLessThan(1000)
  expect(clean !== null).toBe(!/empty|restart/.test(name))
  expect(clean?.bytes.length ?? 0).toBeLessThanOrEqual(image.length + 2)
})

test('the input is not changed', () => {
  for (const image of [jpeg(), png(), webp(), gif()]) {
    const before = hex(image)
    cleanImage(image)
    expect(hex(image)).toBe(before)
  }
})
