import { type PassThrough, Writable } from 'node:stream'
import { format } from 'node:util'
import { exitCodeOf } from '../../src/cli/cli-error.ts'
import type { Terminal } from '../../src/cli/prompt.ts'

/** Runs the function of a command in this process, with a pipe as its input. `onOutput` may write to the pipe. */
export const runHere = async (
  command: (terminal: Terminal) => Promise<void>,
  input: PassThrough,
  onOutput: (chunk: unknown) => void,
): Promise<number> => {
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      onOutput(chunk)
      done()
    },
  })
  return await exitCodeOf(
    () => command({ input, output }),
    (problem) => onOutput(`${format(problem)}\n`),
  )
}
