import { CliError } from '../../cli-error.ts'
import { printable } from '../../printable.ts'

/** A source that cannot be read: it is damaged, cut off, or nothing that this command reads. The sentence names the file. */
export class SourceError extends CliError {
  constructor(message: string) {
    super(printable(message))
  }
}

/** What a parser found wrong at a byte of a file. The file's reader makes a SourceError of it. */
export class Damage extends Error {
  readonly byte: number

  constructor(byte: number, reason: string) {
    super(reason)
    this.byte = byte
  }
}
