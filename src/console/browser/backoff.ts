/** When a line that broke is tried again, and when not. */

const FIRST_MS = 500
const LONGEST_MS = 20_000
const AFTER_A_FLOOD_MS = 10_000

/** Twice as long each time, up to a limit, and never at the same moment as everybody else. */
export const reconnectDelay = (attempt: number, random: number): number => {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  return Math.round(ceiling / 2 + (random * ceiling) / 2)
}

type AfterClose =
  | { readonly again: true; readonly afterMs: number }
  | { readonly again: false; readonly because: 'signed-out' | 'forbidden' }

export const afterClose = (code: number, attempt: number, random: number): AfterClose => {
  if (code === 4401) return { again: false, because: 'signed-out' }
  if (code === 4403) return { again: false, because: 'forbidden' }
  const afterMs = reconnectDelay(attempt, random)
  return { again: true, afterMs: code === 4429 ? AFTER_A_FLOOD_MS + afterMs : afterMs }
}
