const bytes = (...parts: (number[] | string | Uint8Array)[]): Uint8Array<ArrayBuffer> => {
  const arrays = parts.map((part) =>
    typeof part === 'string' ? Uint8Array.from(part, (character) => character.charCodeAt(0)) : Uint8Array.from(part),
  )
  const all = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const array of arrays) {
    all.set(array, end)
    end += array.length
  }
  return all
}

const segment = (marker: number, content: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff], content)

/** EXIF data as a camera writes it: the orientation, and the GPS position (53° 20′ N) in a separate directory. */
const exif = (orientation: number): Uint8Array<ArrayBuffer> =>
  segment(
    0xe1,
    bytes(
      'Exif\0\0',
      [0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0],
      [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0],
      [0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0],
      [0, 0, 0, 0],
      [1, 0, 2, 0, 3, 0, 4, 0, 0, 0],
      'GPSLatitude 53 20 N',
    ),
  )

export const COLOUR_PROFILE = segment(0xe2, bytes('ICC_PROFILE\0', [1, 1], 'sRGB'))

/** A JPEG as a phone creates it: EXIF with GPS, XMP, IPTC, a comment, a colour profile, and a video after the end of the image. */
export const jpeg = ({ orientation = 6, size = 0 } = {}): Uint8Array<ArrayBuffer> =>
  bytes(
    [0xff, 0xd8],
    segment(0xe0, bytes('JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0])),
    exif(orientation),
    segment(0xe1, bytes('http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude="53,20N"/>')),
    COLOUR_PROFILE,
    segment(0xed, bytes('Photoshop 3.0\0 Dublin')),
    segment(0xfe, bytes('taken at home, Dublin')),
    segment(0xdb, new Uint8Array(65)),
    segment(0xc0, bytes([8, 0, 1, 0, 1, 1, 1, 0x11, 0])),
    segment(0xc4, new Uint8Array(20)),
    segment(0xda, bytes([1, 1, 0, 0, 63, 0])),
    bytes([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]),
    new Uint8Array(size),
    [0xff, 0xd9],
    'ftypmp42 and the GPS of the film',
  )

const chunk = (type: string, content: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes([0, 0, content.length >> 8, content.length & 0xff], type, content, [0, 0, 0, 0])

export const png = (): Uint8Array<ArrayBuffer> =>
  bytes(
    [0x89],
    'PNG\r\n\x1a\n',
    chunk('IHDR', bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
    chunk('eXIf', bytes('GPSLatitude')),
    chunk('tEXt', bytes('Comment\0at home, Dublin')),
    chunk('IDAT', bytes([0x78, 0x9c, 0x63, 0, 0, 0, 2, 0, 1])),
    chunk('IEND', bytes()),
    'and something behind it',
  )

const riff = (type: string, content: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes(type, [content.length & 0xff, content.length >> 8, 0, 0], content, content.length % 2 ? [0] : [])

export const webp = (): Uint8Array<ArrayBuffer> => {
  const inner = bytes(
    'WEBP',
    riff('VP8X', bytes([0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
    riff('VP8L', bytes([0x2f, 0, 0, 0, 0])),
    riff('EXIF', bytes('GPSLatitude')),
    riff('XMP ', bytes('<x GPSLatitude/>')),
  )
  return bytes('RIFF', [inner.length & 0xff, inner.length >> 8, 0, 0], inner)
}

export const gif = (): Uint8Array<ArrayBuffer> =>
  bytes(
    'GIF89a',
    [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255],
    [0x21, 0xff, 11],
    'NETSCAPE2.0',
    [3, 1, 0, 0, 0],
    [0x21, 0xfe, 6],
    'Dublin',
    [0],
    [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0],
    [0x3b],
  )

export const textOf = (image: Uint8Array): string => String.fromCharCode(...image)
