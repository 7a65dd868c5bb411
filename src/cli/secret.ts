import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { JWT_SECRET_MIN } from '../env.ts'
import { CliError } from './cli-error.ts'

/** A short secret is refused and not replaced: the person who set it expects their tokens to be signed with it. */
const requireLength = (secret: string, source: string): void => {
  if (secret.length >= JWT_SECRET_MIN) return
  throw new CliError(
    `The JWT_SECRET in ${source} has ${secret.length} characters, and ${JWT_SECRET_MIN} are the minimum. ` +
      'Set a longer one, for example the output of `openssl rand -base64 48`, or remove it: then `npm run dev` creates one.',
  )
}

/** The developer's JWT secret, when the person has set it in the environment; it takes precedence over the file. */
export const secretFromEnvironment = (environment: Readonly<Record<string, string | undefined>>): string | null => {
  const secret = environment.JWT_SECRET
  if (secret === undefined) return null
  requireLength(secret, 'the environment')
  return secret
}

/**
 * Creates the developer's JWT secret once; returns whether it did. Later starts use the same secret, so tokens stay valid.
 * The file is not in git, and other users of the machine cannot read it.
 */
export const ensureDevSecret = (file: string): boolean => {
  const content = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const secret = parseEnv(content).JWT_SECRET
  if (secret !== undefined) requireLength(secret, '.dev.vars')
  else {
    const separator = content === '' || content.endsWith('\n') ? '' : '\n'
    writeFileSync(file, `${content}${separator}JWT_SECRET=${randomBytes(48).toString('base64url')}\n`, { mode: 0o600 })
  }
  chmodSync(file, 0o600)
  return secret === undefined
}
