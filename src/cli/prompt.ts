import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Prompts for a password without echoing it. If the input is a pipe, reads its first line. The password is never a command-line argument. */
export const askPassword = async (question: string): Promise<string> => {
  const isTerminal = stdin.isTTY === true
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: silent, terminal: isTerminal })
  if (isTerminal) stdout.write(`${question}: `)
  for await (const line of lines) {
    lines.close()
    if (isTerminal) stdout.write('\n')
    return line.trim()
  }
  return ''
}

/** Asks a yes-or-no question. Anything but yes is a no, and so is the end of the input. */
export const confirm = async (question: string): Promise<boolean> => {
  stdout.write(`${question} [y/N] `)
  const lines = createInterface({ input: stdin })
  for await (const line of lines) {
    lines.close()
    return /^y(es)?$/i.test(line.trim())
  }
  return false
}
