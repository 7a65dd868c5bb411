import { reconnectDelay } from './backoff.ts'

/** The parts of the pages that are loaded after them, so that a page starts sooner. Each is a file of its own. */
interface Parts {
  readonly conversation: typeof import('./conversation.ts')
  readonly files: typeof import('./files.ts')
}

/** A browser keeps the result of an import also if it failed, so each attempt has a URL of its own. */
const importPart = <Name extends keyof Parts>(name: Name, attempt: number): Promise<Parts[Name]> =>
  import(`/console/assets/${name}.js${attempt > 0 ? `?attempt=${attempt}` : ''}`)

/** Repeats until the part has arrived: a lost connection must not make a reload necessary. */
export const loadPart = async <Name extends keyof Parts>(name: Name): Promise<Parts[Name]> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await importPart(name, attempt)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, reconnectDelay(attempt, Math.random())))
    }
  }
}
