import { parseArgs } from 'node:util'
import { CliError } from '../cli-error.ts'
import { CONTRACTS, type Contract } from './models/originals.ts'

/** The command line of `npm run move`. */

const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  media: { type: 'string' },
  contract: { type: 'string' },
} as const

const HELP = `npm run move -- inspect <file or folder> [options]

  inspect <file or folder>
      Says what a database of one of the five originals contains, and what would not come along. It writes nothing.
      An SQLite file, a plain pg_dump, dumpdata (JSON or jsonl), or for meetups the files of mongoexport or mongodump;
      each may be compressed with gzip. What a file is, its content tells.

  --media <folder>      the uploads, if they are not beside the database
  --contract <name>     the original, where the source does not tell: ${CONTRACTS.join(', ')}
  --json                print the findings as JSON
  --help                show this`

export type Invocation =
  | { readonly help: string }
  | {
      readonly command: 'inspect'
      readonly path: string
      readonly media: string | undefined
      readonly contract: Contract | null
      readonly json: boolean
    }

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
  }
}

const contractFrom = (name: string | undefined): Contract | null => {
  if (name === undefined) return null
  const contract = CONTRACTS.find((other) => other === name)
  if (!contract) throw new CliError(`There is no contract ${name}: it is one of ${CONTRACTS.join(', ')}.`)
  return contract
}

export const invocationFrom = (args: readonly string[]): Invocation => {
  const { values, positionals } = parsed(args)
  const [command, path, ...rest] = positionals
  if (values.help || command === undefined) return { help: HELP }
  if (command !== 'inspect') throw new CliError(`There is no command ${command}.\n\n${HELP}`)
  if (path === undefined || rest.length > 0) throw new CliError(`Name one file or folder.\n\n${HELP}`)
  return { command, path, media: values.media, contract: contractFrom(values.contract), json: values.json === true }
}
