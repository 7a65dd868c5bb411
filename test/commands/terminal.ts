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

/** How the process of a command would end: what it reports, and its exit code. Where only a sentence is reported, it prints that. */
export const endHere = async (command: () => Promise<unknown>): Promise<{ readonly code: 0 | 1; readonly reported: unknown }> => {
  let reported: unknown = null
  const code = await exitCodeOf(
    async () => void (await command()),
    (problem) => {
      reported = problem
    },
  )
  return { code, reported }
}
