import { findProfile, type Picture } from '../../store/matrimony-profiles.ts'
import type { MediaFacts } from '../../store/media.ts'
import type { Context } from '../context.ts'
import { Failure, fail } from '../failures.ts'
import { newTokenId } from '../object-id.ts'
import type { CleanImage } from './images/clean.ts'

/** Where profile pictures are kept in the bucket, and, behind `/media/`, where they are seen. */
export const PICTURES = 'profile_img/'

export const picturePath = (name: string): string => `/media/${PICTURES}${name}`

/** Keeps a picture under a name that nobody can guess. */
const storePicture = async (context: Context, image: CleanImage): Promise<Picture> => {
  const name = `${newTokenId()}.${image.extension}`
  await context.media.put(PICTURES + name, image.bytes, image.type)
  return { name, path: picturePath(name) }
}

/** Takes a picture away. Where the bucket does not answer the daily sweep does it, and nobody's request fails for it. */
export const dropPicture = (context: Context, name: string): Promise<void> => context.media.remove([PICTURES + name]).catch(() => undefined)

/**
 * Stores a picture and then writes the row that has it. Where the row is refused the picture goes again; where it is not
 * known whether it was written, the table tells, and what even that can't tell is left to the daily sweep.
 */
export const withPicture = async <T>(
  context: Context,
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

const NAME = /^[0-9a-f]{32}\.(?:jpg|png|webp|gif)$/

/** What is known of a picture; of a name that no picture has, nothing is asked. */
export const lookAtPicture = async (context: Context, name: string): Promise<MediaFacts | Failure<'not-found'>> =>
  (NAME.test(name) ? await context.media.look(PICTURES + name) : null) ?? fail('not-found')

/** A picture, or a part of it. */
export const readPicture = async (
  context: Context,
  name: string,
  part?: { offset: number; length: number },
): Promise<ReadPicture | Failure<'not-found'>> =>
  (NAME.test(name) ? await context.media.read(PICTURES + name, part) : null) ?? fail('not-found')
