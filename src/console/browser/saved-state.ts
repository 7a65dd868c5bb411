import type { Pending } from './timeline.ts'
import { idFrom, isRecord, text } from './wire.ts'

/**
 * What outlives a reload of the page, and not the tab: what was written and not answered for, what is half written, and
 * how far the desk was heard. A browser that keeps nothing does without.
 */

const UNSENT = 'concord.unsent.'
const DRAFT = 'concord.draft.'
const EVENT = 'concord.desk'
const TOKEN = 'concord.token'

const read = (key: string): string | null => {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

const write = (key: string, value: string): void => {
  try {
    if (value === '') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // Then it is in this page alone.
  }
}

export const keptPending = (userId: number): Pending[] => {
  try {
    const kept: unknown = JSON.parse(read(UNSENT + userId) ?? '[]')
    return (Array.isArray(kept) ? kept : [])
      .filter(isRecord)
      .map((each) => ({ clientId: text(each.clientId), text: text(each.text), tries: 0 }))
      .filter(({ clientId }) => clientId !== '')
  } catch {
    return []
  }
}

export const keepPending = (userId: number, pending: readonly Pending[]): void => {
  const kept = pending.map(({ clientId, text: words }) => ({ clientId, text: words }))
  write(UNSENT + userId, kept.length === 0 ? '' : JSON.stringify(kept))
}

export const keptDraft = (userId: number): string => read(DRAFT + userId) ?? ''

export const keepDraft = (userId: number, words: string): void => write(DRAFT + userId, words)

export const keptEvent = (): number => idFrom(read(EVENT)) ?? 0

export const keepEvent = (id: number): void => write(EVENT, id > 0 ? String(id) : '')

/** Somebody else may sit down here next. */
export const forgetWords = (): void => {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(UNSENT) || key.startsWith(DRAFT)) sessionStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}

export const keptToken = (): string | null => read(TOKEN)

export const keepToken = (token: string | null): void => write(TOKEN, token ?? '')
