import type { Pending } from './timeline.ts'
import { idFrom, isRecord, text } from './wire.ts'

/** What outlives a reload of the page, and not the tab: what was written and not answered for, and how far the desk was heard. */

const PREFIX = 'concord.unsent.'

export const keptPending = (userId: number): Pending[] => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + userId) ?? '[]')
    return (Array.isArray(kept) ? kept : [])
      .filter(isRecord)
      .map((each) => ({ clientId: text(each.clientId), text: text(each.text), tries: 0 }))
      .filter(({ clientId }) => clientId !== '')
  } catch {
    return []
  }
}

export const keepPending = (userId: number, pending: readonly Pending[]): void => {
  try {
    if (pending.length === 0) sessionStorage.removeItem(PREFIX + userId)
    else sessionStorage.setItem(PREFIX + userId, JSON.stringify(pending.map(({ clientId, text: words }) => ({ clientId, text: words }))))
  } catch {
    // A browser that keeps nothing: then it is in this page alone.
  }
}

/** Somebody else may sit down here next. */
export const forgetPending = (): void => {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}

const EVENT = 'concord.desk'

export const keptEvent = (): number => {
  try {
    return idFrom(sessionStorage.getItem(EVENT)) ?? 0
  } catch {
    return 0
  }
}

export const keepEvent = (id: number): void => {
  try {
    sessionStorage.setItem(EVENT, String(id))
  } catch {
    // Then a reload begins with how things stand.
  }
}
