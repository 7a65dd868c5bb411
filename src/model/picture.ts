/** Profile pictures: what is accepted, how they are named, and where they are found. */

export const PICTURE_MAX_BYTES = 5 * 1024 * 1024

export const PICTURE_FORMATS = [
  { type: 'image/jpeg', extension: 'jpg' },
  { type: 'image/png', extension: 'png' },
  { type: 'image/webp', extension: 'webp' },
  { type: 'image/gif', extension: 'gif' },
] as const

export type PictureFormat = (typeof PICTURE_FORMATS)[number]

const MEDIA = '/media/'

/** The prefix of profile pictures: in the bucket, and after `/media/` in their URLs. */
export const PICTURE_PREFIX = 'profile_img/'

export const picturePath = (name: string): string => `${MEDIA}${PICTURE_PREFIX}${name}`

/** The key in the bucket of a path that an account has as its picture; null if it is no path of ours. */
export const mediaKey = (path: string): string | null => (path.startsWith(MEDIA) ? path.slice(MEDIA.length) : null)

export const isUploadedPicture = (path: string): boolean => mediaKey(path) !== null

/** `id` cannot be guessed: 32 random hexadecimal digits. */
export const pictureName = (id: string, { extension }: Pick<PictureFormat, 'extension'>): string => `${id}.${extension}`

const PICTURE_NAME = new RegExp(`^[0-9a-f]{32}\\.(?:${PICTURE_FORMATS.map(({ extension }) => extension).join('|')})$`)

export const isPictureName = (text: string): boolean => PICTURE_NAME.test(text)
