import type { ErasureReport } from '../../domain/accounts/erase.ts'
import type { ActiveSession } from '../../domain/sessions/list-active.ts'
import type { AccountSummary } from '../../model/account.ts'
import type { Passkey } from '../../model/passkey.ts'
import { printable } from '../printable.ts'

/** What `npm run admin` prints. */

const flagsOf = ({ isAdmin, isStaff, isSuperuser }: AccountSummary): string =>
  [isAdmin && 'admin', isStaff && 'staff', isSuperuser && 'superuser'].filter(Boolean).join(', ')

export const describeAccount = (account: AccountSummary): string =>
  `${printable(account.username)} (${account.id}): ${account.isActive ? 'active' : 'inactive'}, ${flagsOf(account) || 'no flags'}`

export const describeSessions = (account: AccountSummary, active: readonly Omit<ActiveSession, 'current'>[]): string => {
  const lines = active.map(({ id, kind, createdAt, lastSeenDay, userAgent }) =>
    [id, kind.padEnd(7), new Date(createdAt).toISOString(), `last seen ${lastSeenDay}`, printable(userAgent)].join('  '),
  )
  return [`${describeAccount(account)}; active sessions: ${active.length}`, ...lines].join('\n')
}

export const describePasskeys = (account: AccountSummary, passkeys: readonly Passkey[]): string => {
  const lines = passkeys.map(({ id, name, createdAt, lastUsedAt }) => {
    const used = lastUsedAt === null ? 'never used' : `last used ${new Date(lastUsedAt).toISOString()}`
    return [id, new Date(createdAt).toISOString(), used, printable(name)].join('  ')
  })
  return [`${describeAccount(account)}; passkeys: ${passkeys.length}`, ...lines].join('\n')
}

export const describeEnrolment = ({ username }: AccountSummary, code: string): string =>
  [`With this code, once and within a day, ${printable(username)} can add the first passkey in the console:`, '', code].join('\n')

const NONE = '–'

/** A table of accounts, and how to list the next ones. `next` is null on the last page. */
export const accountTable = (accounts: readonly AccountSummary[], next: number | null, limit: number): string => {
  if (accounts.length === 0) return 'There are no accounts here.'
  const rows = [
    ['id', 'username', 'e-mail', 'flags', 'active'],
    ...accounts.map((account) => [
      String(account.id),
      printable(account.username),
      printable(account.email) || NONE,
      flagsOf(account) || NONE,
      account.isActive ? 'yes' : 'no',
    ]),
  ]
  const widths = rows.reduce<number[]>((widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)), [])
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  if (next !== null) lines.push(`More: npm run admin -- list --after ${next} --limit ${limit}`)
  return lines.join('\n')
}

export const describeErasure = ({
  accountId,
  username,
  rows,
  alarms,
  conversation,
  deskEvents,
  pictures,
  files,
}: ErasureReport): string => {
  const counts = Object.entries({
    ...rows,
    'alarm rows': alarms,
    'conversation rows': conversation,
    'desk events': deskEvents,
    pictures,
    files,
  })
  return [`${printable(username)} (${accountId}) was erased:`, ...counts.map(([name, count]) => `  ${name.padEnd(26)} ${count}`)].join('\n')
}
