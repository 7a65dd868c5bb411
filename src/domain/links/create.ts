import { LINK_KINDS, type LinkKey, type LinkPurpose, type NewLink } from '../../model/one-time-link.ts'
import type { Context } from '../context.ts'
import { digestOf } from '../digest.ts'
import { newTokenId } from '../object-id.ts'

interface CreatedLink {
  /** What is stored. */
  readonly link: NewLink
  /** What is sent. */
  readonly url: string
}

/** A new link; null if no address is set at which it could be opened. The address is never taken from a request: anyone can send one. */
export const createLink = async (context: Pick<Context, 'settings' | 'now'>, purpose: LinkPurpose): Promise<CreatedLink | null> => {
  const { publicUrl } = context.settings
  if (publicUrl === null) return null
  const token = newTokenId()
  const { path, lifetimeMs } = LINK_KINDS[purpose]
  const now = context.now()
  return {
    link: { digest: await digestOf(token), purpose, createdAt: now, expiresAt: now + lifetimeMs },
    url: `${publicUrl}${path}?token=${token}`,
  }
}

export const linkKey = async (context: Pick<Context, 'now'>, purpose: LinkPurpose, token: string): Promise<LinkKey> => ({
  digest: await digestOf(token),
  purpose,
  now: context.now(),
})
