import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** Replaces a file at once, and only if its content differs: another process may be reading it at this moment. */
export const replaceFile = (file: string, content: Uint8Array): void => {
  if (existsSync(file) && readFileSync(file).equals(content)) return
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, content)
  renameSync(unfinished, file)
}
