import type { User } from '#chat/messages.ts'
import { asText } from '#chat/values.ts'
import { type Api, ApiError } from './api.ts'
import { requireElement } from './dom.ts'
import { loadPart } from './load-part.ts'
import { valueAt } from './wire.ts'

/** Staff whose log-in has no rights of staff until it is confirmed with a passkey. */

interface Outcome {
  onConfirmed(): Promise<void>
  onLogOut(): Promise<void>
}

/** Shows what is missing, and returns true; false if this account is not staff. */
export const showPasskeyStep = async (api: Api, user: User, { onConfirmed, onLogOut }: Outcome): Promise<boolean> => {
  const state = asText(valueAt(await statusOf(api), 'state'))
  if (state !== 'confirm' && state !== 'enrol') return false
  const section = requireElement('passkey-step', HTMLElement)
  const { showStep } = await loadPart<typeof import('./passkeys.ts')>('passkeys')
  const leave = (next: () => Promise<void>) => {
    section.hidden = true
    section.replaceChildren()
    return next()
  }
  section.hidden = false
  showStep(section, { api, user, state, onConfirmed: () => leave(onConfirmed), onLogOut: () => leave(onLogOut) })
  return true
}

const statusOf = (api: Api): Promise<unknown> =>
  api('GET', '/console/api/passkeys/').catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 403) return null
    throw error
  })

/** The page where staff see, add and remove their passkeys. */
export const showPasskeyPage = async (api: Api, user: User): Promise<void> => {
  const { PasskeyPage } = await loadPart<typeof import('./passkeys.ts')>('passkeys')
  const page = new PasskeyPage({ api, user })
  requireElement('passkeys', HTMLElement).replaceChildren(page.element)
  await page.load()
}
