import { findProfile, type Picture } from '../../store/matrimony-profiles.ts'
import type { MediaFacts } from '../../store/media.ts'
import type { Ctx } from '../context.ts'
import { newTokenId } from '../object-id.ts'
import { Refusal, refuse } from '../refusals.ts'
import type { CleanImage } from './images/clean.ts'

/** Where profile pictures are kept in the bucket, and, behind `/media/`, where they are seen. */
export const PICTURES = 'profile_img/'

export const picturePath = (name: string): string => `/media/${PICTURES}${name}`

/** Keeps a picture under a name that nobody can guess. */
const storePicture = async (ctx: Ctx, image: CleanImage): Promise<Picture> => {
  const name = `${newTokenId()}.${image.extension}`
  await ctx.media.put(PICTURES + name, image.bytes, image.type)
  return { name, path: picturePath(name) }
}

/** Takes a picture away. Where the bucket does not answer the daily sweep does it, and nobody's request fails for it. */
export const dropPicture = (ctx: Ctx, name: string): Promise<void> => ctx.media.remove([PICTURES + name]).catch(() => undefined)

/**
 * Stores a picture and then writes the row that has it. Where the row is refused the picture goes again; where it is not
 * known whether it was written, the table tells, and what even that can't tell is left to the daily sweep.
 */
export const withPicture = async <T>(
  ctx: Ctx,
  { accountId, image }: { accountId: number; image: CleanImage },
  write: (picture: Picture) => Promise<T>,
): Promise<T> => {
  const picture = await storePicture(ctx, image)
  try {
    const outcome = await write(picture)
    if (outcome instanceof Refusal) await dropPicture(ctx, picture.name)
    return outcome
  } catch (error) {
    const profile = await findProfile(ctx.store, accountId).catch(() => undefined)
    if (profile !== undefined && profile?.image !== picture.name) await dropPicture(ctx, picture.name)
    throw error
  }
}

export type ReadPicture = NonNullable<Awaited<ReturnType<Ctx['media']['read']>>>

const NAME = /^[0-9a-f]{32}\.(?:jpg|png|webp|gif)$/

/** What is known of a picture; of a name that no picture has, nothing is asked. */
export const lookAtPicture = async (ctx: Ctx, name: string): Promise<MediaFacts | Refusal<'not-found'>> =>
  (NAME.test(name) ? await ctx.media.look(PICTURES + name) : null) ?? refuse('not-found')

/** A picture, or a part of it. */
export const readPicture = async (
  ctx: Ctx,
  name: string,
  part?: { offset: number; length: number },
): Promise<ReadPicture | Refusal<'not-found'>> =>
  (NAME.test(name) ? await ctx.media.read(PICTURES + name, part) : null) ?? refuse('not-found')
