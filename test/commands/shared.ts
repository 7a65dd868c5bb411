import { cpSync } from 'node:fs'
import { inject } from 'vitest'

/** What test/commands/setup.ts creates, when the first test asks for it. */
const shared = async (name: 'server' | 'database'): Promise<string> => {
  const response = await fetch(`${inject('shared')}/${name}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

/** The address of a running server for tests that only send requests. */
export const sharedServer = (): Promise<string> => shared('server')

/**
 * Puts an empty database with the current schema into a folder of local state. A server then starts on it in half the CPU time. For
 * tests whose subject is not the first start.
 */
export const prepareDatabase = async (folder: string): Promise<void> => cpSync(await shared('database'), folder, { recursive: true })
