import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * Creates the developer's JWT secret once; returns whether it did. Later starts use the same secret, so tokens stay valid.
 * The file is not in git, and other users of the machine cannot read it.
 */
export const ensureDevSecret = (file: string): boolean => {
  const content = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const missing = !/^JWT_SECRET=.{32,}$/m.test(content)
  if (missing) {
    const otherLines = content.replace(/^JWT_SECRET=.*\n?/m, '')
    writeFileSync(file, `${otherLines}JWT_SECRET=${randomBytes(48).toString('base64url')}\n`, { mode: 0o600 })
  }
  chmodSync(file, 0o600)
  return missing
}
