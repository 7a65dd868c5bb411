import type { Acknowledgement, LinkChannel } from './alarm.ts'
import { DAY, HOUR, MINUTE } from './time.ts'

/** Links in messages that do one thing, without a log-in: whoever has the link may do it. */

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
  /** An alarm that nobody acknowledges ends by itself after a day. */
  alarm: { path: '/support/alarm', lifetimeMs: 2 * DAY },
}

interface Window {
  readonly ms: number
  readonly max: number
}

export interface LinkLimits {
  readonly ofAccount: readonly Window[]
  /** Of the network that asks, for whichever accounts. */
  readonly ofNetwork: Window
}

/**
 * How many links for a new password are sent, so that nobody can flood a mailbox. All links of the last half hour are valid: an
 * owner who meets the limit has a link that somebody else has asked for, and can use it.
 */
export const PASSWORD_LINK_LIMITS: LinkLimits = {
  ofAccount: [
    { ms: HOUR, max: 3 },
    { ms: DAY, max: 10 },
  ],
  ofNetwork: { ms: DAY, max: 50 },
}
