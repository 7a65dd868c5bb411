import { reconnectDelay } from '#chat/backoff.ts'

/** A browser keeps the result of an import also if it failed, so each attempt has a URL of its own. */
const importPart = <Part>(name: string, attempt: number): Promise<Part> =>
  import(`/console/assets/${name}.js${attempt > 0 ? `?attempt=${attempt}` : ''}`)

/**
 * Loads a part of a page that is a file of its own, so that the page starts sooner. Repeats until the part has arrived: a lost
 * connection must not make a reload necessary.
 */
export const loadPart = async <Part>(name: 'conversation' | 'files' | 'support-parts' | 'passkeys'): Promise<Part> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await importPart<Part>(name, attempt)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, reconnectDelay(attempt, Math.random())))
    }
  }
}
