import { CliError } from '../../cli-error.ts'

/** Names of tables and files come from the source: they must not control the terminal. */
export const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?')

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
