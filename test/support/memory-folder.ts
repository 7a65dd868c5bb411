import { mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

/** A file system in memory that Linux has. */
const MEMORY = '/dev/shm'
/** All tests at once need less than half of it. A container often has 64 MB. */
const REQUIRED_BYTES = 2 * 1024 ** 3
const NAME = /^concord-tests-(\d+)$/

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return Object(error).code === 'EPERM' // of another user
  }
}

/**
 * Puts the temporary files of this process, and of those that it starts, into memory if there is room. SQLite waits for the disk
 * after each transaction, and the tests make many thousands: on a disk they take a fifth more CPU time. The folder is removed at
 * the end, or by the next run if this one is killed.
 */
export const useMemoryFolder = (): void => {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    for (const name of readdirSync(MEMORY)) {
      const [, pid] = NAME.exec(name) ?? []
      if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(MEMORY, name), { recursive: true, force: true })
    }
    if (bavail * bsize < REQUIRED_BYTES) return
    const folder = join(MEMORY, `concord-tests-${process.pid}`)
    mkdirSync(folder, { mode: 0o700, recursive: true })
    process.env.TMPDIR = folder
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  } catch {
    // Another system, or a folder that cannot be written: the files are on the disk.
  }
}
