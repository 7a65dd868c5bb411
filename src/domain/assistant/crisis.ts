import type { CrisisLine } from '../../model/assistant.ts'
import { ANYWHERE, COUNTRIES } from './crisis-lines.ts'
import { CRISIS_WORDS } from './crisis-words.ts'

/** Lower case, no accents, no apostrophes, no punctuation, one space between words: the form in which the lists are written. */
const normalize = (text: string): string =>
  ` ${text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\p{M}'’‘`´]/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `

const pattern = (phrases: readonly string[]): RegExp =>
  new RegExp(
    `(?<= )(?:${phrases.map((phrase) => phrase.replaceAll('*', '\\S*').replaceAll(' … ', ' (?:\\S+ ){0,3}').replaceAll(' …', ' \\S+')).join('|')})(?= )`,
    'gu',
  )

/** Compiled for the first message, not at start-up. */
let compiled: readonly { readonly phrases: RegExp; readonly harmless: RegExp }[] | null = null

const languages = () => {
  compiled ??= Object.values(CRISIS_WORDS).map(({ phrases, harmless }) => ({ phrases: pattern(phrases), harmless: pattern(harmless) }))
  return compiled
}

/** Whether a message is about suicide or harm, in any of the listed languages. */
export const isCrisisMessage = (text: string): boolean => {
  const normalized = normalize(text)
  return languages().some(({ phrases, harmless }) => normalized.replaceAll(harmless, 'x').search(phrases) >= 0)
}

/** The crisis lines for a location, followed by those that work everywhere. */
export const crisisLinesFor = (location: string): readonly CrisisLine[] => {
  const normalized = normalize(location)
  const countries = Object.entries(COUNTRIES).filter(([, { names }]) => names.some((name) => normalized.includes(` ${name} `)))
  const lines = countries.flatMap(([country, { lines }]) => lines.map(([name, contact]) => ({ country, name, contact })))
  return [...lines, ...ANYWHERE]
}

/** The text in front of every reply to a crisis message, from a model or not. */
export const crisisText = (lines: readonly CrisisLine[], deskNotified: boolean): string =>
  [
    'What you write sounds like you may be in danger, and you do not have to be alone with it. Please talk to a person now:',
    ...lines.map(({ name, contact }) => `- ${name}: ${contact}`),
    'You can also set off your alarm here: it notifies the people you chose, and our support staff.',
    ...(deskNotified ? ['Our support staff have been notified that you may need help.'] : []),
  ].join('\n')
