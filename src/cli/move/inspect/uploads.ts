import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { SourceError } from '../source/source-error.ts'

/** The pictures beside a database: which files there are, which rows name one that is missing, and which files no row names. */

export interface Uploads {
  readonly folder: string
  readonly files: number
  readonly bytes: number
  readonly missing: { readonly rows: number; readonly examples: readonly { readonly row: string; readonly file: string }[] }
  readonly unnamed: { readonly files: number; readonly examples: readonly string[] }
}

const MAX_EXAMPLES = 100

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

interface Root {
  /** What the rows' names are relative to. */
  readonly folder: string
  /** What is listed: all of it, or only the uploads, where the root is the project's own folder. */
  readonly listed: string
}

/** `media/`, or the folder of the database itself: mindharmony stores its uploads beside manage.py. */
export const uploadsRoot = async (folder: string, uploads: string, named: string | undefined): Promise<Root | null> => {
  if (named !== undefined) {
    if (!(await isFolder(named))) throw new SourceError(`There is no folder ${named}.`)
    if (basename(named) === uploads && !(await isFolder(join(named, uploads)))) return { folder: dirname(named), listed: named }
    return { folder: named, listed: named }
  }
  const media = join(folder, 'media')
  if (await isFolder(join(media, uploads))) return { folder: media, listed: media }
  return (await isFolder(join(folder, uploads))) ? { folder, listed: join(folder, uploads) } : null
}

/** Systems differ in how they compose letters in file names. */
const comparable = (name: string): string => name.normalize('NFC')

interface UploadedFile {
  readonly name: string
  isNamed: boolean
}

export class UploadList {
  readonly #root: Root
  readonly #files = new Map<string, UploadedFile>()
  #bytes = 0
  #missing = 0
  readonly #examples: { readonly row: string; readonly file: string }[] = []

  constructor(root: Root) {
    this.#root = root
  }

  /** Lists regular files only: a link may lead out of the folder. */
  async read(folder = this.#root.listed): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) await this.read(path)
      if (!entry.isFile()) continue
      const name = relative(this.#root.folder, path).split(sep).join('/')
      this.#files.set(comparable(name), { name, isNamed: false })
      this.#bytes += (await stat(path)).size
    }
  }

  /** A name is only looked up among the files that were found, and never opened. */
  name(file: string, row: string): void {
    const found = this.#files.get(comparable(file))
    if (found) {
      found.isNamed = true
      return
    }
    this.#missing++
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push({ row, file })
  }

  /** The file of a row's name, as it is called on this system. */
  find(file: string): string | undefined {
    return this.#files.get(comparable(file))?.name
  }

  result(): Uploads {
    const unnamed = [...this.#files.values()].filter(({ isNamed }) => !isNamed).map(({ name }) => name)
    return {
      folder: this.#root.folder,
      files: this.#files.size,
      bytes: this.#bytes,
      missing: { rows: this.#missing, examples: this.#examples },
      unnamed: { files: unnamed.length, examples: unnamed.sort().slice(0, MAX_EXAMPLES) },
    }
  }
}
