/** Reads the statements of a plain `pg_dump`. It supports only the SQL that pg_dump writes. */

const SEMICOLON = 0x3b
const APOSTROPHE = 0x27
const QUOTE = 0x22
const DOLLAR = 0x24
const DASH = 0x2d
const SLASH = 0x2f
const ASTERISK = 0x2a
const BACKSLASH = 0x5c

const isWord = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte >= 0x80)

/** Behind the closing apostrophe; -1 if it is not there yet. A doubled one looks like the beginning of a second text. */
const endOfText = (bytes: Buffer, from: number): number => {
  // E'…' has backslashes, and is not the end of a word.
  const letter = bytes[from - 1]
  const hasEscapes = (letter === 0x45 || letter === 0x65) && !isWord(bytes[from - 2])
  if (!hasEscapes) return bytes.indexOf(APOSTROPHE, from + 1) + 1 || -1
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++
    else if (bytes[at] === APOSTROPHE) return at + 1
  }
  return -1
}

/** The position after a dollar-quoted text (`$tag$ … $tag$`), as function bodies are; `from + 1` if none begins here. */
const endOfDollars = (bytes: Buffer, from: number): number => {
  if (isWord(bytes[from - 1])) return from + 1
  let end = from + 1
  while (isWord(bytes[end])) end++
  if (end >= bytes.length) return -1
  if (bytes[end] !== DOLLAR) return from + 1
  const tag = bytes.subarray(from, end + 1)
  const close = bytes.indexOf(tag, end + 1)
  return close < 0 ? -1 : close + tag.length
}

const behind = (bytes: Buffer, sought: number | string, from: number): number => {
  const at = bytes.indexOf(sought, from)
  return at < 0 ? -1 : at + (typeof sought === 'string' ? sought.length : 1)
}

const nextAt = (bytes: Buffer, at: number): number => {
  switch (bytes[at]) {
    case APOSTROPHE:
      return endOfText(bytes, at)
    case QUOTE:
      return behind(bytes, QUOTE, at + 1)
    case DOLLAR:
      return endOfDollars(bytes, at)
    case DASH:
      return bytes[at + 1] === DASH ? behind(bytes, '\n', at) : at + 1
    case SLASH:
      return bytes[at + 1] === ASTERISK ? behind(bytes, '*/', at) : at + 1
    default:
      return at + 1
  }
}

/** The position behind the semicolon that ends the statement at the beginning of the bytes; -1 if it is not there yet. */
export const endOfStatement = (bytes: Buffer): number => {
  let at = 0
  while (at >= 0 && at < bytes.length) {
    if (bytes[at] === SEMICOLON) return at + 1
    at = nextAt(bytes, at)
  }
  return -1
}

const IDENTIFIER = String.raw`(?:"(?:[^"]|"")+"|[^\s".,()]+)`
const TABLE_NAME = String.raw`(?:${IDENTIFIER}\.)?${IDENTIFIER}`

const unquoted = (identifier: string): string => (identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier)

const identifiersIn = (list: string): string[] => (list.match(new RegExp(IDENTIFIER, 'g')) ?? []).map(unquoted)

export interface TableName {
  readonly schema: string
  readonly table: string
}

const tableNameOf = (written: string): TableName => {
  const [first = '', second] = identifiersIn(written)
  return second === undefined ? { schema: '', table: first } : { schema: first, table: second }
}

const COPY = new RegExp(String.raw`^COPY (${TABLE_NAME}) \((.*)\) FROM stdin\b`, 's')

export const copyOf = (statement: string): (TableName & { readonly columns: readonly string[] }) | null => {
  const [, name, columns] = COPY.exec(statement) ?? []
  return name === undefined || columns === undefined ? null : { ...tableNameOf(name), columns: identifiersIn(columns) }
}

const CREATE_TABLE = new RegExp(String.raw`^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(${TABLE_NAME}) \((.*)\)`, 's')
const CONSTRAINT = /^(?:CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN|EXCLUDE|LIKE)\b/

/** pg_dump writes each column in a line of its own. */
export const createdTable = (statement: string): (TableName & { readonly columns: readonly string[] }) | null => {
  const [, name, body] = CREATE_TABLE.exec(statement) ?? []
  if (name === undefined || body === undefined) return null
  const lines = body.split('\n').map((line) => line.trim())
  const columns = lines.filter((line) => line !== '' && !CONSTRAINT.test(line)).flatMap((line) => identifiersIn(line).slice(0, 1))
  return { ...tableNameOf(name), columns }
}

const SEQUENCE = /^SELECT pg_catalog\.setval\('((?:[^']|'')+)', (\d+), (true|false)\)/

/** What a sequence gives out next. */
export const sequenceOf = (statement: string): { readonly name: string; readonly next: number } | null => {
  const [, name, value, isCalled] = SEQUENCE.exec(statement) ?? []
  return name === undefined ? null : { name: tableNameOf(name).table, next: Number(value) + (isCalled === 'true' ? 1 : 0) }
}

export const encodingOf = (statement: string): string | null => /^SET client_encoding = '([^']*)'/.exec(statement)?.[1] ?? null

const INSERT = new RegExp(String.raw`INSERT INTO (${TABLE_NAME}) (?:\(([^']*?)\) )?(?:OVERRIDING SYSTEM VALUE )?VALUES\s*`, 'y')

export interface Insert extends TableName {
  /** Null with `--inserts`. */
  readonly columns: readonly string[] | null
  readonly rows: readonly (readonly (string | null)[])[]
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

const OTHER_VALUE = /[^\s,()']+/y

/** The values of an INSERT, as COPY would write them; throws null if it is none. */
class ValueReader {
  readonly #text: string
  #at: number

  constructor(text: string, at: number) {
    this.#text = text
    this.#at = at
  }

  rows(): (string | null)[][] | null {
    const rows: (string | null)[][] = []
    do {
      const row = this.#row()
      if (!row) return null
      rows.push(row)
    } while (this.#takes(',', true))
    return rows
  }

  #row(): (string | null)[] | null {
    if (!this.#takes('(', true)) return null
    const values: (string | null)[] = []
    do {
      const value = this.#value()
      if (value === undefined) return null
      values.push(value)
    } while (this.#takes(',', false))
    return this.#takes(')', false) ? values : null
  }

  #takes(character: string, afterSpace: boolean): boolean {
    while (afterSpace && /\s/.test(this.#text[this.#at] ?? '')) this.#at++
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #value(): string | null | undefined {
    while (this.#text[this.#at] === ' ') this.#at++
    if (this.#text[this.#at] === "'") return this.#quoted(false)
    if (this.#text.startsWith("E'", this.#at)) {
      this.#at++
      return this.#quoted(true)
    }
    OTHER_VALUE.lastIndex = this.#at
    const word = OTHER_VALUE.exec(this.#text)?.[0]
    if (word === undefined) return undefined
    this.#at += word.length
    if (word === 'NULL') return null
    return word === 'true' ? 't' : word === 'false' ? 'f' : word
  }

  #quoted(hasEscapes: boolean): string | undefined {
    let value = ''
    let from = this.#at + 1
    while (true) {
      const quote = this.#closing(from, hasEscapes)
      if (quote < 0) return undefined
      value += this.#text.slice(from, quote)
      this.#at = quote + 1
      if (this.#text[this.#at] !== "'") break
      value += "'"
      from = this.#at + 1
    }
    return hasEscapes ? value.replaceAll(/\\(.)/gs, (_, character: string) => ESCAPES[character] ?? character) : value
  }

  #closing(from: number, hasEscapes: boolean): number {
    let quote = this.#text.indexOf("'", from)
    for (let at = from; hasEscapes && at < quote; at++) {
      if (this.#text[at] !== '\\') continue
      at++
      if (at === quote) quote = this.#text.indexOf("'", at + 1)
    }
    return quote
  }
}

export const insertOf = (statement: string): Insert | null => {
  INSERT.lastIndex = 0
  const [whole, name, columns] = INSERT.exec(statement) ?? []
  if (whole === undefined || name === undefined) return null
  const rows = new ValueReader(statement, whole.length).rows()
  return rows && { ...tableNameOf(name), columns: columns === undefined ? null : identifiersIn(columns), rows }
}

const COPY_ESCAPES: Readonly<Record<string, string>> = { ...ESCAPES, v: '\v' }

const unescaped = (_: string, octal: string | undefined, hex: string | undefined, character: string | undefined): string => {
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
  return character === undefined ? '' : (COPY_ESCAPES[character] ?? character)
}

/** The values of one line of COPY. */
export const copiedValues = (line: string): (string | null)[] => {
  const values = line.split('\t')
  if (!line.includes('\\')) return values
  return values.map((value) => {
    if (value === '\\N') return null
    return value.includes('\\') ? value.replaceAll(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))/gs, unescaped) : value
  })
}
