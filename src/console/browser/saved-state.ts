import type { Pending } from './timeline.ts'
import { asText, isRecord, parseChatFile, parseId, parseUser, type User } from './wire.ts'

/**
 * State that survives a reload of the page, but not the end of the tab: messages that the server has not acknowledged,
 * drafts, the last event received from the desk, whether the user was asked to allow notifications, and the token with its account.
 * Whether the sound is off stays in the browser. If the browser has no storage, the pages work without it.
 */

const UNSENT_PREFIX = 'concord.unsent.'
const DRAFT_PREFIX = 'concord.draft.'
const EVENT_KEY = 'concord.desk'
const ASKED_KEY = 'concord.asked'
const TOKEN_KEY = 'concord.token'
const ACCOUNT_KEY = 'concord.account'
const SOUND_OFF_KEY = 'concord.sound-off'

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
    // Storage is not available: the value lives only in this page.
  }
}

export const loadPending = (userId: number): Pending[] => {
  try {
    const stored: unknown = JSON.parse(read(UNSENT_PREFIX + userId) ?? '[]')
    return (Array.isArray(stored) ? stored : [])
      .filter(isRecord)
      .map((item) => {
        const file = parseChatFile(item.file)
        return { clientId: asText(item.clientId), text: asText(item.text), ...(file && { file }), attempts: 0 }
      })
      .filter(({ clientId }) => clientId !== '')
  } catch {
    return []
  }
}

export const savePending = (userId: number, pending: readonly Pending[]): void => {
  const stored = pending.map(({ clientId, text, file }) => ({ clientId, text, ...(file && { file }) }))
  write(UNSENT_PREFIX + userId, stored.length === 0 ? '' : JSON.stringify(stored))
}

export const loadDraft = (userId: number): string => read(DRAFT_PREFIX + userId) ?? ''

export const saveDraft = (userId: number, text: string): void => write(DRAFT_PREFIX + userId, text)

export const loadLastEventId = (): number => parseId(read(EVENT_KEY)) ?? 0

export const saveLastEventId = (id: number): void => write(EVENT_KEY, id > 0 ? String(id) : '')

export const wasAskedForNotifications = (): boolean => read(ASKED_KEY) !== null

export const saveAskedForNotifications = (): void => write(ASKED_KEY, 'yes')

/** Called at log-out: the next user of this computer must not see these texts. */
export const clearUnsentTexts = (): void => {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(UNSENT_PREFIX) || key.startsWith(DRAFT_PREFIX)) sessionStorage.removeItem(key)
    }
  } catch {
    // Storage is not available, so nothing was stored.
  }
}

export const loadToken = (): string | null => read(TOKEN_KEY)

export const saveToken = (token: string | null): void => write(TOKEN_KEY, token ?? '')

/** With the account, the page shows "Call for help" after a reload before the server has responded. */
export const loadAccount = (): User | null => {
  try {
    return parseUser(JSON.parse(read(ACCOUNT_KEY) ?? 'null'))
  } catch {
    return null
  }
}

export const saveAccount = (account: User | null): void => write(ACCOUNT_KEY, account ? JSON.stringify(account) : '')

export const isSoundOff = (): boolean => {
  try {
    return localStorage.getItem(SOUND_OFF_KEY) !== null
  } catch {
    return false
  }
}

export const saveSoundOff = (isOff: boolean): void => {
  try {
    if (isOff) localStorage.setItem(SOUND_OFF_KEY, 'yes')
    else localStorage.removeItem(SOUND_OFF_KEY)
  } catch {
    // Storage is not available: the choice lives only in this page.
  }
}
