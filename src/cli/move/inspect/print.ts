import { printable } from '../../printable.ts'
import type { Findings } from './findings.ts'

/** The findings as text for a terminal. */

const written = (count: number): string => count.toLocaleString('en')

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB']

const size = (bytes: number): string => {
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1)
  const amount = bytes / 1024 ** unit
  return `${unit === 0 ? written(amount) : amount.toFixed(1)} ${UNITS[unit]}`
}

const column = (rows: readonly (readonly [number, string])[]): string[] => {
  const width = Math.max(...rows.map(([count]) => written(count).length), 0)
  return rows.map(([count, text]) => `  ${written(count).padStart(width)}  ${printable(text)}`)
}

/** A heading and its lines; nothing if there are none. */
const section = (heading: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', heading, ...lines])

const examples = (lines: readonly string[], total: number): string[] => [
  ...lines.map((line) => `      ${printable(line)}`),
  ...(total > lines.length ? [`      and ${written(total - lines.length)} more`] : []),
]

const SHOWN = 10

const unreadableLines = ({ unreadable }: Findings): string[] =>
  unreadable.flatMap(({ model, reason, rows, examples: found }) => [
    ...column([[rows, `${model}: ${reason}`]]),
    ...examples(
      found.map(({ key, place }) => `${place}${key === '' ? '' : `, ${key}`}`),
      rows,
    ),
  ])

const uploadLines = ({ uploads }: Findings): string[] => {
  if (!uploads) return []
  const { files, bytes, folder, missing, unnamed } = uploads
  return [
    `  ${written(files)} files, ${size(bytes)}, in ${printable(folder)}`,
    ...(missing.rows > 0 ? [`  ${written(missing.rows)} rows name a file that is not there:`] : []),
    ...(missing.rows > 0
      ? examples(
          missing.examples.slice(0, SHOWN).map(({ row, file }) => `${row}: ${file}`),
          missing.rows,
        )
      : []),
    ...(unnamed.files > 0
      ? [`  ${written(unnamed.files)} files that no row names:`, ...examples(unnamed.examples.slice(0, SHOWN), unnamed.files)]
      : []),
  ]
}

const credentialLines = ({ credentials: { tokens, sessions } }: Findings): string[] => [
  ...(tokens > 0 ? column([[tokens, 'tokens of Django REST framework']]) : []),
  ...(sessions.rows > 0
    ? column([
        [
          sessions.rows,
          `sessions, ${written(sessions.expired)} of them ran out; without the SECRET_KEY it is not known which of the others are live`,
        ],
      ])
    : []),
]

const LATER = /-later$/

export const report = (findings: Findings): string => {
  const { source, contract, version, accounts, models, notImported, brokenLinks, passwords, unknownColumns, absent, nextIds } = findings
  const files = source.files.map(({ name, bytes, compressed }) => `  ${printable(name)}, ${size(bytes)}${compressed ? ', gzip' : ''}`)
  const fails = passwords.filter(({ fails: reason }) => reason !== null)
  return [
    `A database of ${contract}${LATER.test(version) ? ', newest version' : ''} (${version}): ${source.form}`,
    ...files,
    '',
    `${written(accounts.rows)} accounts: ${written(accounts.inactive)} inactive, ${written(accounts.withFlags)} with flags (staff, superuser, admin)`,
    ...section('Rows with a place in Concord', column(models.map(({ model, rows }) => [rows, model]))),
    ...section(
      'Passwords that verify at the first log-in',
      column(passwords.filter(({ fails: reason }) => reason === null).map(({ kind, accounts: count }) => [count, kind])),
    ),
    ...section('Passwords that do not', column(fails.map(({ kind, accounts: count, fails: reason }) => [count, `${kind}: ${reason}`]))),
    ...section('Log-ins', credentialLines(findings)),
    ...section('What is not imported', column(notImported.map(({ model, rows, reason }) => [rows, `${model}: ${reason}`]))),
    ...section(
      'What is imported without a row that is gone',
      column(brokenLinks.map(({ model, field, rows }) => [rows, `${model}.${field}`])),
    ),
    ...section('Rows that cannot be read, and are not imported', unreadableLines(findings)),
    ...section('Uploads', uploadLines(findings)),
    ...section(
      'Columns that are not read',
      unknownColumns.map(({ model, columns }) => `  ${printable(`${model}: ${columns.join(', ')}`)}`),
    ),
    ...section(
      'Not in this source',
      absent.map((name) => `  ${name}`),
    ),
    ...section(
      'The next ids would have been',
      Object.entries(nextIds).map(([model, next]) => `  ${model}: ${written(next)}`),
    ),
    ...section(
      'Files that are not read',
      source.ignored.map(({ name, reason }) => `  ${printable(name)}: ${reason}`),
    ),
  ].join('\n')
}
