import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { finished } from 'node:stream/promises'
import { printable } from '../../printable.ts'

/** What became of the rows: how many were imported, and each one that was not, or not unchanged. */

interface ReportedRow {
  readonly model: string
  /** Empty where it would be a secret. */
  readonly key: string
  readonly outcome: 'stays' | 'changed' | 'differs'
  readonly reason: string
}

export interface ReportCounts {
  readonly model: string
  readonly moved: number
  readonly before: number
  readonly present: number
}

const written = (count: number): string => count.toLocaleString('en')

const MAX_EXAMPLES = 5

/** The headings of the text. */
const HEADINGS: Readonly<Record<ReportedRow['outcome'], string>> = {
  stays: 'What is not imported',
  changed: 'What is imported, but changed',
  differs: 'What is different here',
}

/** Every row is kept, in a temporary database on disk: there may be as many as the source has rows. */
export class Report {
  readonly #database = new DatabaseSync('')
  readonly #insert
  readonly #counts = new Map<string, { moved: number; before: number; present: number }>()

  constructor() {
    this.#database.exec(`
      PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      CREATE TABLE rows (model TEXT, key TEXT, outcome TEXT, reason TEXT);
      CREATE TABLE tables (model TEXT, rows INTEGER, reason TEXT);
      BEGIN`)
    this.#insert = this.#database.prepare('INSERT INTO rows VALUES (?, ?, ?, ?)')
  }

  add({ model, key, outcome, reason }: ReportedRow): void {
    this.#insert.run(model, key, outcome, reason)
  }

  /** All rows of a table that stay for one reason. */
  addTable(model: string, rows: number, reason: string): void {
    this.#database.prepare('INSERT INTO tables VALUES (?, ?, ?)').run(model, rows, reason)
  }

  count(model: string, outcome: 'moved' | 'before' | 'present', rows = 1): void {
    const counts = this.#counts.get(model) ?? { moved: 0, before: 0, present: 0 }
    this.#counts.set(model, counts)
    counts[outcome] += rows
  }

  get counts(): readonly ReportCounts[] {
    return [...this.#counts].map(([model, counts]) => ({ model, ...counts }))
  }

  /** How many rows have this outcome, by reason. */
  reasons(outcome: ReportedRow['outcome']): readonly { readonly model: string; readonly reason: string; readonly rows: number }[] {
    return this.#database
      .prepare('SELECT model, reason, COUNT(*) AS rows FROM rows WHERE outcome = ? GROUP BY model, reason ORDER BY model, rows DESC')
      .all(outcome)
      .map(({ model, reason, rows }) => ({ model: `${model}`, reason: `${reason}`, rows: Number(rows) }))
  }

  #examples(outcome: string, model: string, reason: string): string[] {
    return this.#database
      .prepare("SELECT key FROM rows WHERE outcome = ? AND model = ? AND reason = ? AND key <> '' LIMIT ?")
      .all(outcome, model, reason, MAX_EXAMPLES)
      .map(({ key }) => `${key}`)
  }

  #tables(): readonly { readonly model: string; readonly rows: number; readonly reason: string }[] {
    return this.#database
      .prepare('SELECT model, rows, reason FROM tables')
      .all()
      .map(({ model, rows, reason }) => ({ model: `${model}`, rows: Number(rows), reason: `${reason}` }))
  }

  text(heading = 'Rows that were imported'): string {
    const section = (outcome: ReportedRow['outcome'], more: readonly string[] = []): string[] => {
      const lines = this.reasons(outcome).map(({ model, reason, rows }) => {
        const examples = this.#examples(outcome, model, reason)
        const named = examples.length === 0 ? '' : ` (${examples.join(', ')}${rows > examples.length ? ', …' : ''})`
        return `  ${written(rows)}  ${printable(`${model}: ${reason}${named}`)}`
      })
      return lines.length + more.length === 0 ? [] : ['', HEADINGS[outcome], ...lines, ...more]
    }
    const counts = this.counts.map(({ model, moved, before, present }) => {
      const others = [
        ...(before > 0 ? [`${written(before)} by an earlier run`] : []),
        ...(present > 0 ? [`${written(present)} that were here already`] : []),
      ]
      return `  ${written(moved)}  ${model}${others.length > 0 ? `, and ${others.join(', ')}` : ''}`
    })
    return [
      heading,
      ...counts,
      ...section(
        'stays',
        this.#tables().map(({ model, rows, reason }) => `  ${written(rows)}  ${printable(`${model}: ${reason}`)}`),
      ),
      ...section('changed'),
      ...section('differs'),
    ].join('\n')
  }

  /** One object in a file, with every single row. */
  async write(path: string): Promise<void> {
    const file = createWriteStream(path, { mode: 0o600 })
    file.write(`{\n"counts": ${JSON.stringify(this.counts)},\n"tables": ${JSON.stringify(this.#tables())},\n"rows": [`)
    let separator = '\n'
    for (const row of this.#database.prepare('SELECT model, key, outcome, reason FROM rows').iterate()) {
      if (!file.write(separator + JSON.stringify(row))) await once(file, 'drain')
      separator = ',\n'
    }
    file.end('\n]\n}\n')
    await finished(file)
  }

  close(): void {
    this.#database.close()
  }
}
