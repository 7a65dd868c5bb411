import type { Acknowledgement, LinkChannel } from './alarm.ts'
import { DAY, HOUR, MINUTE } from './time.ts'

/** Links in messages, each for one action. They need no log-in: possession of the link is the permission. */

export const LINK_PURPOSES = ['password', 'contact', 'alarm'] as const

export type LinkPurpose = (typeof LINK_PURPOSES)[number]

export interface NewLink {
  /** Of the secret in the link, which is stored nowhere. */
  readonly digest: string
  readonly purpose: LinkPurpose
  readonly createdAt: number
  readonly expiresAt: number
}

/** Names a link that may be used now. */
export interface LinkKey {
  readonly digest: string
  readonly purpose: LinkPurpose
  readonly now: number
}

/** What a link to acknowledge an alarm is stored with. */
export interface AlarmLinkSubject {
  readonly alarmId: string
  readonly by: Acknowledgement['by']
  readonly via: LinkChannel
}

interface LinkKind {
  /** The page that the link opens. */
  readonly path: string
  readonly lifetimeMs: number
}

export const LINK_KINDS: Readonly<Record<LinkPurpose, LinkKind>> = {
  password: { path: '/support/password/new', lifetimeMs: 30 * MINUTE },
  contact: { path: '/support/contact', lifetimeMs: 90 * DAY },
  /** An alarm that no one acknowledges ends after a day. */
  alarm: { path: '/support/alarm', lifetimeMs: 2 * DAY },
}

interface Window {
  readonly ms: number
  readonly max: number
}

export interface LinkLimits {
  readonly ofAccount: readonly Window[]
  /** Of the network that sends the requests, for all accounts together. */
  readonly ofNetwork: Window
}

/**
 * How many links for a new password are sent, so that a mailbox cannot be flooded. All links of the last half hour are valid: if
 * requests of another person have used up the limit, the owner of the account can use the links of those requests.
 */
export const PASSWORD_LINK_LIMITS: LinkLimits = {
  ofAccount: [
    { ms: HOUR, max: 3 },
    { ms: DAY, max: 10 },
  ],
  ofNetwork: { ms: DAY, max: 50 },
}
