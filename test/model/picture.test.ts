import { expect, test } from 'vitest'
import { isPictureName, mediaKey, PICTURE_FORMATS, PICTURE_PREFIX, pictureName, picturePath } from '../../src/model/picture.ts'

const ID = '5d41402abc4b2a76b9719d911017c592'

test.each(PICTURE_FORMATS.map((format) => [format.extension, format] as const))(
  'a name with the extension %s is one',
  (_extension, format) => {
    const name = pictureName(ID, format)
    expect(isPictureName(name)).toBe(true)
    expect(mediaKey(picturePath(name))).toBe(`${PICTURE_PREFIX}${name}`)
  },
)

test.each(['', ID, `${ID}.svg`, `${ID}.jpg.exe`, `../${ID}.jpg`, `${ID.toUpperCase()}.jpg`, `${ID.slice(1)}.jpg`])(
  '%j is no name',
  (name) => {
    expect(isPictureName(name)).toBe(false)
  },
)

test('a path of another server has no key', () => {
  expect(mediaKey('https://example.com/media/profile_img/x.jpg')).toBeNull()
})
