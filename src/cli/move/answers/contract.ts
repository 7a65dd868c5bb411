import type { Placed } from '../run/collector.ts'
import type { Expected } from './expected.ts'
import type { Facts, Person } from './facts.ts'

/** What each contract has to answer about the records of its original. Written from its document, without the serializers of the Worker. */

/** A whole answer that is a picture, and no JSON. */
export const PICTURE = Symbol('a picture')

export interface Question {
  /** As the document of the contract writes the path. */
  readonly route: string
  readonly path: string
  readonly status: number
  readonly body: Expected | typeof PICTURE
}

interface Refusal {
  readonly status: number
  readonly body: Expected
}

export interface ContractAnswers {
  /** By the model in the ledger: adds the rows that a record becomes in the lists of people. */
  readonly collect: Readonly<Record<string, (placed: Placed, facts: Facts) => void>>
  /** The first question is who the caller is. */
  questions(person: Person, facts: Facts): readonly [Question, ...Question[]]
  /** The lists that everyone sees: asked once. */
  shared(facts: Facts): readonly Question[]
  /** What the owner of a closed account gets to the first question. */
  readonly closed: Refusal
}

export const question = (route: string, body: Question['body'], { path = route, status = 200 } = {}): Question => ({
  route,
  path,
  status,
  body,
})

/** A picture that moved in is served to everyone. */
export const pictureQuestion = (path: string): Question => question('/media/profile_img/{name}', PICTURE, { path })

/** ISO 8601 in UTC, without a fraction where it is zero. */
export const wireTime = (time: unknown): string => {
  if (!(time instanceof Date) && typeof time !== 'number') throw new Error('a time is missing in the source')
  return new Date(time).toISOString().replace('.000Z', 'Z')
}

/** A day, of which only the form is known. */
export const SOME_DAY = /^\d{4}-\d\d-\d\d$/

/** A text as clients get it: an import drops NUL. */
export const shownText = (value: unknown): string => (typeof value === 'string' ? value.replaceAll('\u0000', '') : '')

export const textOrNull = (value: unknown): string | null => shownText(value) || null

/** A number that the contract accepts; null for any other. */
export const numberWithin = (value: unknown, min: number, max: number): number | null =>
  typeof value === 'number' && value >= min && value <= max ? value : null

/** The absolute URL of a picture, on whichever host. */
export const urlOf = (path: string): RegExp => new RegExp(`^https?://[^/]+${path.replaceAll('.', '\\.')}$`)

export const byNumber = (one: { readonly id: string }, other: { readonly id: string }): number => Number(one.id) - Number(other.id)
