import { MINUTE } from './time.ts'

/** The audit trail: who looked at or changed what concerns an account. What people read about themselves is not in it. */

export type AuditAction =
  | 'registered'
  | 'log-in'
  | 'log-in-failed'
  /** Failed log-ins have locked the account. */
  | 'locked'
  | 'username-changed'
  | 'email-changed'
  | 'phone-changed'
  | 'password-changed'
  /** A link for a new password was sent to the account's e-mail address. */
  | 'password-link-sent'
  | 'passkey-added'
  | 'passkey-removed'
  /** A log-in was confirmed with a passkey, or was not. */
  | 'passkey-used'
  | 'passkey-failed'
  | 'flags-changed'
  | 'account-closed'
  | 'account-suspended'
  | 'account-erased'
  | 'account-exported'
  /** Two accounts of one person were joined: one entry about each, whose detail is the id of the other one. */
  | 'account-joined'
  | 'health-read'
  | 'health-changed'
  /** A person who was named as an emergency contact has agreed or declined. */
  | 'contact-answered'
  | 'notes-read'
  | 'note-added'
  | 'conversation-opened'
  | 'conversation-read'
  | 'conversation-exported'
  | 'file-read'
  | 'alarms-read'
  | 'alarm-triggered'
  | 'alarm-acknowledged'
  /** What staff see of all people at once. These entries are about no account in particular. */
  | 'desk-opened'
  | 'inbox-read'
  | 'all-alarms-read'
  | 'outbox-read'
  | 'operator-command'

/** The role in which the actor acted. `anyone`: without a valid credential. */
export const AUDIT_ROLES = ['anyone', 'member', 'staff', 'operator', 'system'] as const

export interface AuditSource {
  readonly role: (typeof AUDIT_ROLES)[number]
  readonly actorId: number | null
  readonly credentialId: string | null
  /** The client's IP address; null outside of a request. */
  readonly address: string | null
}

export interface NewAuditEntry extends AuditSource {
  readonly at: number
  readonly action: AuditAction
  /** The account that the entry is about; null if it is about all, or about one that does not exist. */
  readonly subjectId: number | null
  /** Names of what was read or changed. Never a value. */
  readonly detail: string
}

export interface AuditEntry extends NewAuditEntry {
  readonly id: number
  /** Null if no account acted, or if the account has been erased since. */
  readonly actorName: string | null
  /** The same for the account that it is about. */
  readonly subjectName: string | null
}

/** An entry is written at most this long after the time in it was read. */
export const LATEST_WRITE_MS = MINUTE

export interface AuditFilter {
  readonly subjectId: number | null
  readonly actorId: number | null
  /** Only entries from this time on. */
  readonly since: number
  /** Only entries before this one. */
  readonly before: number | null
}
