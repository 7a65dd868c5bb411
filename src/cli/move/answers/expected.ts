/** What an answer of the Worker must contain, and where it does not. No finding contains a value: the values are people's data. */

/** A list whose rows are recognised by their ids. Rows with other ids may be in it: people have added them since the import. */
export class Rows {
  /** Ids are unique within a list. */
  readonly list: string
  readonly idKey: string
  /** In the order of the answer. */
  readonly rows: readonly ExpectedRow[]

  constructor(list: string, idKey: string, rows: readonly ExpectedRow[]) {
    this.list = list
    this.idKey = idKey
    this.rows = rows
  }
}

export interface ExpectedRow {
  readonly id: string
  readonly row: { readonly [key: string]: Expected }
}

/** A regular expression stands for every text that matches it, and `ANY` for every value. */
export type Expected =
  | null
  | boolean
  | number
  | string
  | RegExp
  | typeof ANY
  | Rows
  | readonly Expected[]
  | { readonly [key: string]: Expected }

export const ANY = Symbol('any value')

export interface Difference {
  /** The id of the row of a list; null if the difference is in no list. */
  readonly row: string | null
  /** A sentence without a full stop: the place in the answer, and what is wrong there. */
  readonly finding: string
}

/** Whether the source has a row with this id in this list, whoever owns it. */
export type IsOfSource = (list: string, id: string) => boolean

const isExpectedList = (expected: Expected): expected is readonly Expected[] => Array.isArray(expected)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const placeIn = (place: string, key: string): string => (place === '' ? key : `${place}.${key}`)

class Comparison {
  readonly differences: Difference[] = []
  readonly #isOfSource: IsOfSource

  constructor(isOfSource: IsOfSource) {
    this.#isOfSource = isOfSource
  }

  /** `row`: the id of the row that contains the place. */
  compare(actual: unknown, wanted: Expected, place: string, row: string | null): void {
    if (wanted === ANY) return
    if (wanted instanceof Rows) this.#compareRows(actual, wanted, place)
    else if (isExpectedList(wanted)) this.#compareList(actual, wanted, place, row)
    else if (wanted instanceof RegExp) this.#check(typeof actual === 'string' && wanted.test(actual), actual, '', place, row)
    else if (typeof wanted === 'object' && wanted !== null) this.#compareObject(actual, wanted, place, row)
    else this.#check(actual === wanted, actual, wanted, place, row)
  }

  #add(place: string, finding: string, row: string | null): void {
    this.differences.push({ row, finding: place === '' ? finding : `${place}: ${finding}` })
  }

  #check(isEqual: boolean, actual: unknown, wanted: unknown, place: string, row: string | null): void {
    if (isEqual) return
    const isOfType = typeof actual === typeof wanted && (actual === null) === (wanted === null)
    this.#add(place, isOfType ? 'another value' : 'a value of another type', row)
  }

  #compareObject(actual: unknown, wanted: Readonly<Record<string, Expected>>, place: string, row: string | null): void {
    if (!isObject(actual)) {
      this.#add(place, 'no object', row)
      return
    }
    for (const [key, value] of Object.entries(wanted)) {
      if (Object.hasOwn(actual, key)) this.compare(actual[key], value, placeIn(place, key), row)
      else this.#add(placeIn(place, key), 'missing', row)
    }
    for (const key of Object.keys(actual)) {
      if (!Object.hasOwn(wanted, key)) this.#add(placeIn(place, key), 'not expected', row)
    }
  }

  #compareList(actual: unknown, wanted: readonly Expected[], place: string, row: string | null): void {
    if (!Array.isArray(actual)) {
      this.#add(place, 'no list', row)
      return
    }
    if (actual.length !== wanted.length) {
      this.#add(place, 'another number of values', row)
      return
    }
    for (const [index, value] of wanted.entries()) this.compare(actual[index], value, placeIn(place, `${index}`), row)
  }

  #compareRows(actual: unknown, { list, idKey, rows }: Rows, place: string): void {
    if (!Array.isArray(actual)) {
      this.#add(place, 'no list', null)
      return
    }
    const found = this.#rowsById(actual, idKey, place)
    let last = -1
    for (const { id, row } of rows) {
      const answered = found.get(id)
      if (!answered) {
        this.#add(place, 'a row is missing', id)
        continue
      }
      this.compare(answered.item, row, place, id)
      if (answered.index < last) this.#add(place, 'a row is in another place', id)
      last = Math.max(last, answered.index)
      found.delete(id)
    }
    for (const id of found.keys()) {
      if (this.#isOfSource(list, id)) this.#add(place, 'a row that does not belong here', id)
    }
  }

  #rowsById(actual: readonly unknown[], idKey: string, place: string) {
    const found = new Map<string, { readonly item: unknown; readonly index: number }>()
    for (const [index, item] of actual.entries()) {
      const id = isObject(item) ? `${item[idKey]}` : null
      if (id === null) this.#add(place, 'an item that is no object', null)
      else if (found.has(id)) this.#add(place, 'a row is there twice', id)
      else found.set(id, { item, index })
    }
    return found
  }
}

/** All places in which an answer is not as expected. `body`: undefined if the answer is no JSON. */
export const differencesIn = (body: unknown, expected: Expected, isOfSource: IsOfSource): readonly Difference[] => {
  const comparison = new Comparison(isOfSource)
  comparison.compare(body, expected, '', null)
  return comparison.differences
}

const merged = (one: unknown, other: unknown): unknown => {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other]
  if (!isObject(one) || !isObject(other)) return one
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, merged(value, other[key])]))
}

/** The pages of one list as one answer: their lists one after the other, all else from the first. */
export const mergedPages = (pages: readonly unknown[]): unknown => pages.reduce(merged)
