import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cleanImage } from '../../../domain/profiles/images/clean.ts'
import { PICTURE_MAX_BYTES, PICTURE_PREFIX, pictureName } from '../../../model/picture.ts'
import { portrait } from '../../seed/pictures.ts'
import { UploadList, uploadsRoot } from '../inspect/uploads.ts'

/** Uploads of the former server: cleaned, and stored under names that cannot be guessed. */

export interface PictureStore {
  put(name: string, bytes: Uint8Array, type: string): Promise<void>
}

type Picture = { readonly name: string } | { readonly reason: string }

export interface Pictures {
  picture(file: string, owner: string): Promise<Picture>
  placeholder(owner: string): Promise<{ readonly name: string }>
}

/** The files beside a source; null if there is no folder of uploads. */
export const uploadsOf = async (folder: string, uploads: string | undefined, named: string | undefined) => {
  const root = uploads === undefined ? null : await uploadsRoot(folder, uploads, named)
  if (!root) return null
  const list = new UploadList(root)
  await list.read()
  return { folder: root.folder, list }
}

type Uploads = NonNullable<Awaited<ReturnType<typeof uploadsOf>>>

const GREY = 0

/**
 * The name follows from the plan's id, which is random, and from the row: a picture that is stored again, because the import was
 * interrupted, has the same name. Store null: the pictures are there already, and only their names are needed.
 */
export const createPictures = (planId: string, uploads: Uploads | null, store: PictureStore | null): Pictures => {
  const idFor = (owner: string): string => createHash('sha256').update(`${planId} ${owner}`).digest('hex').slice(0, 32)
  return {
    picture: async (file, owner) => {
      const found = uploads?.list.find(file)
      if (!uploads) return { reason: 'there is no folder of uploads' }
      if (found === undefined) return { reason: 'the file that it names is not there' }
      const path = join(uploads.folder, found)
      if ((await stat(path)).size > PICTURE_MAX_BYTES) return { reason: 'its file is larger than 5 MiB' }
      const image = cleanImage(await readFile(path))
      if (!image) return { reason: 'its file is no picture that is accepted' }
      const name = pictureName(idFor(owner), image)
      await store?.put(PICTURE_PREFIX + name, image.bytes, image.type)
      return { name }
    },
    placeholder: async (owner) => {
      const name = pictureName(idFor(owner), { extension: 'png' })
      await store?.put(PICTURE_PREFIX + name, portrait(GREY), 'image/png')
      return { name }
    },
  }
}
