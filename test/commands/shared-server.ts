import { inject } from 'vitest'

/** The address of a running server for tests that only send requests (test/commands/setup.ts). */
export const sharedServer = async (): Promise<string> => {
  const response = await fetch(inject('sharedServer'))
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}
