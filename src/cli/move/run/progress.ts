/** How far a run has come, on one line of the terminal: a bar, the rate, and the time left. */

const WIDTH = 24
const INTERVAL_MS = 250
/** Where there is no terminal: a line now and then. */
const LINE_INTERVAL_MS = 15_000

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`

export interface ProgressOutput {
  readonly isTerminal: boolean
  write(text: string): void
  now(): number
}

export class Progress {
  readonly #output: ProgressOutput
  #name = ''
  #total = 0
  #done = 0
  #startedAt = 0
  #shownAt = 0

  constructor(output: ProgressOutput) {
    this.#output = output
  }

  start(name: string, total: number): void {
    this.#name = name
    this.#total = total
    this.#done = 0
    this.#startedAt = this.#output.now()
    this.#shownAt = this.#startedAt
  }

  advance(rows: number): void {
    this.#done += rows
    const now = this.#output.now()
    const { isTerminal } = this.#output
    if (now - this.#shownAt < (isTerminal ? INTERVAL_MS : LINE_INTERVAL_MS)) return
    this.#shownAt = now
    this.#output.write(isTerminal ? `\r\u001b[K${this.line(now)}` : `${this.line(now)}\n`)
  }

  line(now: number): string {
    const seconds = Math.max(now - this.#startedAt, 1) / 1000
    const rate = this.#done / seconds
    const counts = `${this.#done.toLocaleString('en')}${this.#total > 0 ? ` of ${this.#total.toLocaleString('en')}` : ''}`
    const share = this.#total > 0 ? Math.min(this.#done / this.#total, 1) : 0
    const bar = this.#total > 0 ? ` [${'#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.')}]` : ''
    const left = this.#total > 0 && rate > 0 ? `, ${duration((this.#total - this.#done) / rate)} left` : ''
    return `${this.#name}${bar} ${counts}, ${Math.round(rate).toLocaleString('en')} a second${left}`
  }

  /** Clears the line of the bar. */
  end(): void {
    if (this.#output.isTerminal) this.#output.write('\r\u001b[K')
  }
}
