import { printable } from '../../printable.ts'
import type { Plan } from './plan-file.ts'

/** A plan in short, for a terminal. */

const written = (count: number): string => count.toLocaleString('en')

const SHOWN = 20

const section = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0
    ? []
    : [
        '',
        heading,
        ...lines.slice(0, SHOWN).map((line) => `  ${printable(line)}`),
        ...(lines.length > SHOWN ? [`  and ${written(lines.length - SHOWN)} more`] : []),
      ]

const counted = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).map(([name, count]) => `${written(count)}  ${name}`)

export const planText = ({
  source,
  accounts,
  flagsInSource,
  renumbered,
  emailTaken,
  passwords,
  withoutPassword,
  logIns,
  notImported,
  settings,
}: Plan): string =>
  [
    `${written(accounts.moving)} accounts of ${source.contract} (${source.version}) would be imported${accounts.before > 0 ? `, ${written(accounts.before)} were imported before` : ''}`,
    ...section(
      'Another account has their name: they get another one in the other contracts',
      accounts.renamed.map(({ username, as, why }) => `${username} → ${as}: ${why}`),
    ),
    ...section(
      'Refused',
      accounts.refused.map(({ id, why }) => `${id}: ${why}`),
    ),
    ...section(
      'Have flags, which are not imported by default',
      flagsInSource.map(({ username, why }) => `${username}: ${why}`),
    ),
    ...(emailTaken > 0
      ? ['', `Accounts with an e-mail address that an older one has, too, so that no link is sent to it: ${written(emailTaken)}`]
      : []),
    ...(renumbered > 0 ? ['', `Accounts here that get another number in ${source.contract}: ${written(renumbered)}`] : []),
    ...section('Passwords', counted(passwords)),
    ...section(
      'Need the link for a forgotten password',
      withoutPassword.map(({ username, why }) => `${username}: ${why}`),
    ),
    ...section('Log-ins', counted(logIns)),
    ...section(
      'Is not imported',
      notImported.map(({ model, rows, reason }) => `${written(rows)}  ${model}: ${reason}`),
    ),
    ...section(
      'Settings before the import',
      Object.entries(settings).map(([name, value]) => `${name} = "${value}"`),
    ),
  ].join('\n')
