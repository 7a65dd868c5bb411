import { ascii, byteAt, viewOf } from './bytes.ts'
import { createOutput } from './output.ts'

const START = 0xd8
const END = 0xd9
const SCAN = 0xda
const COMMENT = 0xfe
const JFIF = 0xe0
const EXIF = 0xe1
const COLOUR_PROFILE = 0xe2
const ADOBE = 0xee

const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7
const isApplication = (marker: number) => marker >= 0xe0 && marker <= 0xef
/** The headers that hold the picture's size (SOF0 to SOF15). Three numbers of this range mean something else. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** Application segments are removed, except those that the colours depend on. */
const isRetained = (marker: number, segment: Uint8Array): boolean => {
  if (marker === COLOUR_PROFILE) return ascii(segment, 4, 15) === 'ICC_PROFILE'
  return marker === JFIF || marker === ADOBE || (!isApplication(marker) && marker !== COMMENT)
}

/**
 * Removes from a JPEG all metadata about place, time and device (EXIF, XMP, IPTC, comments, previews, and the data that
 * phones append after the picture); null if it is no JPEG, or has too many segments. The orientation is part of EXIF too, so
 * it is written again.
 */
export const cleanJpeg = (bytes: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (byteAt(bytes, 0) !== 0xff || byteAt(bytes, 1) !== START) return null
  const output = createOutput(bytes, ORIENTATION_SEGMENT_LENGTH + 2)
  // The orientation is known only at the end, but its segment comes first, or after JFIF's. So space is left for it.
  output.append(...orientationSegment(1), 0xff, START)
  const start = output.written().length
  let headEnd = start
  let orientation = 1
  let hasFrame = false
  let offset = 2
  for (;;) {
    if (!output.countPart() || byteAt(bytes, offset) !== 0xff) return null
    while (byteAt(bytes, offset + 1) === 0xff) offset++
    const marker = byteAt(bytes, offset + 1)
    if (marker === END) break
    if (marker === 0x01 || isRestart(marker)) {
      offset += 2
      continue
    }
    const length = byteAt(bytes, offset + 2) * 256 + byteAt(bytes, offset + 3)
    const next = offset + 2 + length
    if (length < 2 || next > bytes.length) return null
    const segment = bytes.subarray(offset, next)
    if (marker === EXIF) orientation = orientationIn(segment) ?? orientation
    if (isFrame(marker)) hasFrame = byteAt(segment, 7) * 256 + byteAt(segment, 8) > 0
    if (isRetained(marker, segment)) {
      if (marker === JFIF && output.written().length === start) headEnd += segment.length
      output.retain(offset, next)
    }
    offset = next
    if (marker !== SCAN) continue
    if (!hasFrame) return null
    offset = endOfScan(bytes, next)
    output.retain(next, offset)
    if (offset >= bytes.length) break // Truncated: browsers show the part that exists.
  }
  if (!hasFrame) return null
  output.append(0xff, END)
  return withOrientation(output.written(), headEnd, orientation)
}

/** Moves the head in front of the space at the start, and puts the orientation between the head and the rest. */
const withOrientation = (image: Uint8Array<ArrayBuffer>, headEnd: number, orientation: number): Uint8Array<ArrayBuffer> => {
  if (orientation === 1) return image.subarray(ORIENTATION_SEGMENT_LENGTH)
  image.copyWithin(0, ORIENTATION_SEGMENT_LENGTH, headEnd)
  image.set(orientationSegment(orientation), headEnd - ORIENTATION_SEGMENT_LENGTH)
  return image
}

/** The compressed data ends at the first marker that is neither an escaped byte nor a restart. */
const endOfScan = (bytes: Uint8Array, from: number): number => {
  for (let index = bytes.indexOf(0xff, from); index >= 0; index = bytes.indexOf(0xff, index + 1)) {
    const marker = byteAt(bytes, index + 1)
    if (marker > 0 && marker !== 0xff && !isRestart(marker)) return index
  }
  return bytes.length
}

const ORIENTATION = 0x0112

const orientationIn = (segment: Uint8Array): number | null => {
  if (ascii(segment, 4, 10) !== 'Exif\0\0') return null
  const tiff = viewOf(segment.subarray(10))
  if (tiff.byteLength < 8) return null
  const isLittle = tiff.getUint16(0) === 0x4949
  const directory = tiff.getUint32(4, isLittle)
  if (directory + 2 > tiff.byteLength) return null
  const entries = tiff.getUint16(directory, isLittle)
  for (let entry = 0; entry < entries; entry++) {
    const offset = directory + 2 + entry * 12
    if (offset + 12 > tiff.byteLength) return null
    if (tiff.getUint16(offset, isLittle) !== ORIENTATION) continue
    const value = tiff.getUint16(offset + 8, isLittle)
    return value >= 1 && value <= 8 ? value : null
  }
  return null
}

const ORIENTATION_SEGMENT_LENGTH = 36

/** The smallest valid EXIF segment: one directory with one entry. */
const orientationSegment = (orientation: number): Uint8Array =>
  Uint8Array.of(
    ...[0xff, EXIF, 0, ORIENTATION_SEGMENT_LENGTH - 2, 0x45, 0x78, 0x69, 0x66, 0, 0], // "Exif", and the segment's length
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1], // Big-endian. A directory with one entry follows.
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0], // No other directory.
  )
