import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { USERNAME_MAX } from '../../../model/account.ts'
import { CONTRACTS } from '../../../model/contract.ts'
import { CliError } from '../../cli-error.ts'
import { FLAGS } from '../rows/accounts.ts'

/**
 * A plan in a file: JSON, with lines that begin with `//` as notes. It has what a person decides about, and no password, no hash, no
 * token and nothing of a person but the name.
 */

const Renaming = z.object({
  id: z.string(),
  username: z.string(),
  as: z.string().check(
    z.maxLength(USERNAME_MAX),
    z.refine((name) => name.trim() === name && name !== '', 'It must not be empty, nor have spaces at its ends.'),
  ),
  why: z.string(),
})

const NamedAccount = z.object({ id: z.string(), username: z.string(), why: z.string() })

const PlanSchema = z.strictObject({
  plan: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  source: z.strictObject({
    path: z.string(),
    digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    media: z.nullable(z.string()),
    contract: z.enum(CONTRACTS),
    version: z.string(),
  }),
  /** The first number that the former server has not given out; 0 if it has no numbers that are kept. */
  formerNumber: z.int(),
  /** How many existing accounts get another number in this contract, because the former server has used theirs for another user. */
  renumbered: z.int(),
  /** The number that each numbered table gave out next when the plan was made. */
  nextNumbers: z.record(z.string(), z.int()),
  accounts: z.strictObject({ moving: z.int(), before: z.int(), renamed: z.array(Renaming), refused: z.array(NamedAccount) }),
  leaveOut: z.array(z.string()),
  flags: z.record(z.string(), z.array(z.enum(FLAGS))),
  flagsInSource: z.array(NamedAccount),
  emailTaken: z.int(),
  withoutPassword: z.array(NamedAccount),
  passwords: z.record(z.string(), z.int()),
  logIns: z.record(z.string(), z.int()),
  notImported: z.array(z.strictObject({ model: z.string(), rows: z.int(), reason: z.string() })),
  settings: z.record(z.string(), z.string()),
})

export type Plan = z.infer<typeof PlanSchema>

const NOTES: Readonly<Partial<Record<keyof Plan, readonly string[]>>> = {
  plan: ['A plan of `npm run move`. Lines that begin with // are notes. They describe what may be changed.'],
  source: ['The files that it was made of. If they change, make a new plan.'],
  accounts: [
    'renamed: another account has the name here. Each keeps it in the contract it comes from; "as" is the name in the other four.',
    'Change "as" if you like. refused: no one could log in to such an account.',
  ],
  leaveOut: ['Ids of accounts that are not to be imported, with everything that is theirs: "leaveOut": ["12"]'],
  flags: [
    'Flags are not imported: staff of one original would be staff of all five contracts, with everything that staff see.',
    'Whom you trust with that gets flags here: "flags": { "admin": ["staff", "superuser"] }',
  ],
  withoutPassword: ['These cannot log in with their password. They need the link for a forgotten password, and so an e-mail address.'],
  logIns: ['Log-ins that go on, by kind. Sessions need the SECRET_KEY: name it at the import again.'],
  renumbered: ['So many accounts that are here have a number below formerNumber. In this contract they get another one.'],
  notImported: ['Whole tables, and what some rows have. The import reports other rows one by one.'],
  settings: ['Set these before the import.'],
}

const withNotes = (plan: Plan): string => {
  const lines = JSON.stringify(plan, null, 2).split('\n')
  const notes = new Map(Object.entries(NOTES))
  return lines
    .flatMap((line) => {
      const [, name = ''] = /^ {2}"(\w+)":/.exec(line) ?? []
      const text = notes.get(name) ?? []
      return [...text.map((note) => `  // ${note}`), line]
    })
    .join('\n')
}

export const writePlan = (path: string, plan: Plan): void => writeFileSync(path, `${withNotes(plan)}\n`, { mode: 0o600, flag: 'wx' })

const parsed = (path: string, text: string): unknown => {
  try {
    // The number of a line stays what it is in the file.
    return JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ''))
  } catch (error) {
    throw new CliError(`${path} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}

const textOfFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new CliError(`There is no ${path} that can be read.`)
  }
}

export const readPlan = (path: string): Plan => {
  const { success, data, error } = PlanSchema.safeParse(parsed(path, textOfFile(path)))
  if (success) return data
  const [issue] = error.issues
  throw new CliError(`${path} is no plan: ${issue ? `${issue.path.join('.')}: ${issue.message}` : 'it lacks everything'}`)
}
