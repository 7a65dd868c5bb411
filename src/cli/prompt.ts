import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CliError } from './cli-error.ts'

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: NodeJS.WritableStream
}

/** The terminal of this process. */
export const terminal: Terminal = { input: process.stdin, output: process.stdout }

const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })

/** Reads one line. At a terminal it asks for it, and shows what is typed only if `echo`. Null if there is none. */
const readLine = async (question: string, { echo }: { readonly echo: boolean }, { input, output }: Terminal): Promise<string | null> => {
  const isTerminal = input.isTTY === true
  const lines = createInterface({ input, output: isTerminal && echo ? output : silent(), terminal: isTerminal })
  if (isTerminal && echo) lines.setPrompt(question)
  if (isTerminal) output.write(question)
  for await (const line of lines) {
    lines.close()
    if (isTerminal && !echo) output.write('\n')
    return line.trim()
  }
  if (isTerminal) output.write('\n') // Ctrl-C or Ctrl-D: what follows starts a line of its own.
  return null
}

/**
 * Asks for a new password without echoing it: twice at a terminal, because the person does not see what they type. If the
 * input is a pipe, reads its first line. A password is never a command-line argument, which other users could see.
 */
export const askNewPassword = async (username: string, { input, output }: Terminal = terminal): Promise<string> => {
  const password = await readLine(`New password for ${username}: `, { echo: false }, { input, output })
  if (!password) throw new CliError('No password was given. Type one, or pass it on standard input.')
  if (input.isTTY === true && (await readLine('The same again: ', { echo: false }, { input, output })) !== password)
    throw new CliError('The two passwords differ. Nothing was changed.')
  return password
}

/** Asks for a line that the person can see. Null if there is none. */
export const ask = (question: string, { input, output }: Terminal = terminal): Promise<string | null> =>
  readLine(`${question}: `, { echo: true }, { input, output })

/** Asks a yes-or-no question. Anything but yes is a no, and so is the end of the input. */
export const confirm = async (question: string, { input, output }: Terminal = terminal): Promise<boolean> => {
  const prompt = `${question} [y/N] `
  if (input.isTTY !== true) output.write(`${prompt}\n`) // A log shows what was answered.
  return /^y(es)?$/i.test((await readLine(prompt, { echo: true }, { input, output })) ?? '')
}

/** Several questions, one after another. */
export interface Dialogue {
  /** Empty: the person gave no answer. */
  ask(question: string): Promise<string>
  /** The same for a secret: it is not shown while it is typed. */
  askSecret(question: string): Promise<string>
  confirm(question: string): Promise<boolean>
  close(): void
}

/**
 * At a terminal, each question is asked on its own. A pipe has one line for each question, and is read by one reader: a
 * second one would miss the lines that the first one has already read. Missing lines are empty answers.
 */
export const openDialogue = ({ input, output }: Terminal = terminal): Dialogue => {
  if (input.isTTY === true) {
    const answer = async (question: string, echo: boolean): Promise<string> => {
      const line = await readLine(`${question}: `, { echo }, { input, output })
      if (line === null) throw new CliError('Cancelled. Nothing was changed.')
      return line
    }
    return {
      ask: (question) => answer(question, true),
      askSecret: (question) => answer(question, false),
      confirm: (question) => confirm(question, { input, output }),
      close: () => undefined,
    }
  }
  const reader = createInterface({ input })
  const lines = reader[Symbol.asyncIterator]()
  const next = async (question: string): Promise<string> => {
    output.write(`${question}\n`)
    const { done, value } = await lines.next()
    return done ? '' : value.trim()
  }
  return {
    ask: (question) => next(`${question}:`),
    askSecret: (question) => next(`${question}:`),
    confirm: async (question) => /^y(es)?$/i.test(await next(`${question} [y/N]`)),
    close: () => reader.close(),
  }
}
