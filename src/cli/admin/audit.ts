import type { OperatorContext } from '../../domain/access.ts'
import { readTrail } from '../../domain/audit.ts'
import type { AuditEntry } from '../../model/audit.ts'
import { CliError } from '../cli-error.ts'
import { printable } from '../printable.ts'
import type { Options } from './arguments.ts'

const PAGE_SIZE = 200

const timeFrom = (since: string | undefined): number => {
  if (since === undefined) return 0
  const time = Date.parse(since)
  if (Number.isNaN(time)) throw new CliError('--since must be a date, such as 2026-11-30 or 2026-11-30T12:00:00Z.')
  return time
}

const idFrom = (before: string | undefined): number | null => {
  if (before === undefined) return null
  if (!/^\d{1,15}$/.test(before)) throw new CliError('--before must be the number of an entry.')
  return Number(before)
}

const account = (id: number | null, username: string | null): string => (id === null ? '–' : `${printable(username ?? '(erased)')} #${id}`)

const lineOf = (entry: AuditEntry): string =>
  [
    String(entry.id).padStart(8),
    new Date(entry.at).toISOString(),
    entry.action.padEnd(21),
    `by ${entry.role}${entry.actorId === null ? '' : ` ${account(entry.actorId, entry.actorName)}`}`,
    `of ${account(entry.subjectId, entry.subjectName)}`,
    entry.address ?? '',
    entry.credentialId ?? '',
    entry.detail,
  ]
    .filter((part) => part !== '')
    .join('  ')

/** `npm run admin -- audit`: the audit trail, newest entry first. */
export const readAudit = async (context: OperatorContext, { of, by, since, before }: Options): Promise<string> => {
  const query = { of: of ?? null, by: by ?? null, since: timeFrom(since), before: idFrom(before) }
  const page = await readTrail(context, query, PAGE_SIZE)
  if ('unknown' in page) throw new CliError(`No account has the username ${page.unknown}.`)
  if (page.items.length === 0) return 'There are no entries.'
  const more = page.next === null ? [] : [`More: repeat the command with --before ${page.next}`]
  return [...page.items.map(lineOf), ...more].join('\n')
}
