import type { Picture } from '../../model/matrimony-profile.ts'
import { isPictureName, PICTURE_PREFIX, pictureName, picturePath } from '../../model/picture.ts'
import { Failure, fail, type Result } from '../../model/result.ts'
import { findProfile } from '../../store/matrimony-profiles.ts'
import type { MediaMetadata } from '../../store/media.ts'
import type { MemberContext } from '../access.ts'
import type { Context } from '../context.ts'
import { newTokenId } from '../object-id.ts'
import type { CleanImage } from './images/clean.ts'

/** Stores a picture under a name that cannot be guessed. */
const storePicture = async (context: MemberContext, image: CleanImage): Promise<Picture> => {
  await context.actor.load() // the bucket does not check the caller
  const name = pictureName(newTokenId(), image)
  await context.media.put(PICTURE_PREFIX + name, image.bytes, image.type)
  return { name, path: picturePath(name) }
}

/** Deletes a picture. If the bucket fails, the daily sweep deletes it later, and the request still succeeds. */
export const dropPicture = (context: MemberContext, name: string): Promise<void> =>
  context.media.remove([PICTURE_PREFIX + name]).catch(() => undefined)

/**
 * Stores a picture and then writes the row that refers to it. If the write fails with a failure code, the picture is deleted.
 * If it throws, it is unknown whether the row was written, so the row is read; if that fails too, the daily sweep cleans up.
 */
export const withPicture = async <T>(
  context: MemberContext,
  { accountId, image }: { accountId: number; image: CleanImage },
  write: (picture: Picture) => Promise<T>,
): Promise<T> => {
  const picture = await storePicture(context, image)
  try {
    const outcome = await write(picture)
    if (outcome instanceof Failure) await dropPicture(context, picture.name)
    return outcome
  } catch (error) {
    const profile = await findProfile(context.store, accountId).catch(() => undefined)
    if (profile !== undefined && profile?.image !== picture.name) await dropPicture(context, picture.name)
    throw error
  }
}

export type ReadPicture = NonNullable<Awaited<ReturnType<Context['media']['read']>>>

/** Returns the metadata of a picture. For a name that no picture can have, the bucket is not read. */
export const findPictureMetadata = async (context: Context, name: string): Promise<Result<MediaMetadata, 'not-found'>> =>
  (isPictureName(name) ? await context.media.head(PICTURE_PREFIX + name) : null) ?? fail('not-found')

/** Returns a picture, or a byte range of it. */
export const readPicture = async (
  context: Context,
  name: string,
  range?: { offset: number; length: number },
): Promise<Result<ReadPicture, 'not-found'>> =>
  (isPictureName(name) ? await context.media.read(PICTURE_PREFIX + name, range) : null) ?? fail('not-found')
