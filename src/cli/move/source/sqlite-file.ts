import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { chmod, constants, copyFile, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { chunksOf, type SourceFile } from './bytes.ts'
import { SourceError } from './source-error.ts'

/** Opens an SQLite file without writing anything beside it. */

/** What SQLite leaves beside a database: changes that are not in it yet, or that have to be taken back. */
const SIDE_FILES = ['-wal', '-journal']

/** The files that belong to the database besides its own. */
export const sideFilesOf = (path: string): string[] =>
  SIDE_FILES.map((suffix) => path + suffix).filter((file) => existsSync(file) && statSync(file).size > 0)

const HEADER_BYTES = 100

/** The length that the file's own header names; null if an old version of SQLite wrote it last. */
const lengthInHeader = (header: Buffer): number | null => {
  const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
  return header.readUInt32BE(24) === header.readUInt32BE(92) ? pageSize * header.readUInt32BE(28) : null
}

const checkLength = async (path: string, name: string): Promise<void> => {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    const { size } = await file.stat()
    const expected = bytesRead < HEADER_BYTES ? HEADER_BYTES : lengthInHeader(buffer)
    if (expected !== null && size < expected) {
      throw new SourceError(`${name} is cut off: it ends at byte ${size.toLocaleString('en')} of ${expected.toLocaleString('en')}.`)
    }
  } finally {
    await file.close()
  }
}

export interface OpenDatabase {
  readonly database: DatabaseSync
  close(): void
}

/** A folder that only this user can read: what is copied there are people's data. */
const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'concord-move-'))

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true })

const unpack = async (file: SourceFile, target: string): Promise<void> => {
  await pipeline(Readable.from(chunksOf(file)), createWriteStream(target, { mode: 0o600 }))
}

/** Runs a step during which a copy has a name: Ctrl-C must not leave it there. */
const guarded = async <T>(folder: string, step: () => Promise<T>): Promise<T> => {
  const stop = (): void => {
    remove(folder)
    process.exit(1)
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, stop)
  try {
    return await step()
  } finally {
    for (const signal of signals) process.removeListener(signal, stop)
  }
}

/**
 * Opens a copy. On Linux and macOS its name is removed while it is open, so that nothing stays behind however this process ends.
 */
const openCopy = async (name: string, folder: string, fill: (target: string) => Promise<void>): Promise<OpenDatabase> => {
  try {
    const target = join(folder, 'copy')
    await guarded(folder, () => fill(target))
    if (!existsSync(`${target}-wal`)) await checkLength(target, name)
    const database = new DatabaseSync(target)
    // The first read applies the side files, and opens everything that SQLite needs.
    database.prepare('SELECT COUNT(*) FROM sqlite_schema').get()
    if (process.platform !== 'win32') remove(folder)
    const close = (): void => {
      database.close()
      remove(folder)
    }
    return { database, close }
  } catch (error) {
    remove(folder)
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
      throw new SourceError(`${name} has to be copied to ${tmpdir()}, and there is no space for it. TMPDIR names another folder.`)
    }
    throw error
  }
}

/**
 * The file itself is opened as immutable: without locks, and without the `-shm` file that SQLite would otherwise create beside
 * it. With a `-wal` or a `-journal` that is not enough, and a compressed one cannot be read in place: those are copied first.
 */
export const openDatabase = async (file: SourceFile): Promise<OpenDatabase> => {
  const sideFiles = sideFilesOf(file.path)
  if (file.isGzip) return openCopy(file.name, temporaryFolder(), (target) => unpack(file, target))
  if (sideFiles.length > 0) {
    return openCopy(file.name, temporaryFolder(), async (target) => {
      for (const source of [file.path, ...sideFiles]) {
        const copy = target + source.slice(file.path.length)
        await copyFile(source, copy, constants.COPYFILE_FICLONE)
        await chmod(copy, 0o600)
      }
    })
  }
  await checkLength(file.path, file.name)
  const database = new DatabaseSync(`${pathToFileURL(resolve(file.path)).href}?immutable=1`, { readOnly: true })
  return { database, close: () => database.close() }
}

/** Rows that break a rule of their own table are no damage: they are read, and reported one by one. */
const ABOUT_ROWS =
  /^(?:NULL value in|CHECK constraint failed in|non-\w+ value in|(?:NUMERIC|TEXT|INT\w*|REAL) value in|row \d+ missing from index|wrong # of entries in index|non-unique entry in index)/

/** Damage that SQLite finds in its own structure: the pages, and how they refer to each other. */
export const checkStructure = (database: DatabaseSync, name: string): void => {
  const rows = database.prepare('PRAGMA quick_check(100)').all()
  const problems = rows.map((row) => `${Object.values(row)[0]}`.replaceAll(/\s+/g, ' '))
  const damage = problems.find((problem) => problem !== 'ok' && !ABOUT_ROWS.test(problem))
  if (damage !== undefined) throw new SourceError(`${name} is damaged: ${damage.replace('*** in database main *** ', '')}.`)
}
