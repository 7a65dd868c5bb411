import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * The developer's own secret: made once, and kept out of git and from other users of the machine. A second start finds
 * it, so that tokens stay good.
 */
export const ensureDevSecret = (file: string): boolean => {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const missing = !/^JWT_SECRET=.{32,}$/m.test(before)
  if (missing) {
    const others = before.replace(/^JWT_SECRET=.*\n?/m, '')
    writeFileSync(file, `${others}JWT_SECRET=${randomBytes(48).toString('base64url')}\n`, { mode: 0o600 })
  }
  chmodSync(file, 0o600)
  return missing
}
