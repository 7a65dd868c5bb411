import { parseUser, type User } from '#chat/messages.ts'
import { browserStorage, read as readFrom, write as writeTo } from '#chat/storage.ts'
import { parseId, parseJson } from '#chat/values.ts'

/**
 * State that survives a reload of the page, but not the end of the tab: drafts, the last event received from the desk, whether the user was asked to allow notifications, and the token with its account.
 * Whether the sound is off stays in the browser. If the browser has no storage, the pages work without it.
 */

/** The client of the chat keeps messages there that the server has not acknowledged. */
const UNSENT_PREFIX = 'concord.unsent.'
const DRAFT_PREFIX = 'concord.draft.'
const EVENT_KEY = 'concord.desk'
const ASKED_KEY = 'concord.asked'
const TOKEN_KEY = 'concord.token'
const ACCOUNT_KEY = 'concord.account'
const SOUND_OFF_KEY = 'concord.sound-off'

const session = browserStorage('sessionStorage')
const local = browserStorage('localStorage')

const read = (key: string, storage = session): string | null => {
  let value: string | null = null
  readFrom(storage, key, (stored) => {
    value = stored
  })
  return value
}

const write = (key: string, value: string): void => writeTo(session, key, value || null)

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
export const loadAccount = (): User | null => parseUser(parseJson(read(ACCOUNT_KEY)))

export const saveAccount = (account: User | null): void => write(ACCOUNT_KEY, account ? JSON.stringify(account) : '')

export const isSoundOff = (): boolean => read(SOUND_OFF_KEY, local) !== null

export const saveSoundOff = (isOff: boolean): void => writeTo(local, SOUND_OFF_KEY, isOff ? 'yes' : null)
