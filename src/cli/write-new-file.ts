import { createWriteStream, rmSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { CliError } from './cli-error.ts'

/** Writes a new file that only its owner can read. It replaces no file, and an incomplete one is deleted. */
export const writeNewFile = async (file: string, content: AsyncIterable<Uint8Array>): Promise<void> => {
  const target = createWriteStream(file, { mode: 0o600, flags: 'wx' })
  let isOurs = false
  target.once('open', () => {
    isOurs = true
  })
  try {
    await pipeline(content, target)
  } catch (error) {
    if (isOurs) rmSync(file, { force: true })
    throw isOurs
      ? error
      : new CliError(`${file} cannot be created. Nothing was written. (${error instanceof Error ? error.message : error})`)
  }
}
