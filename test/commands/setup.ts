import { join } from 'node:path'
import { ensureDevSecret } from '../../src/cli/secret.ts'

/** Runs once before all command tests. On a fresh clone, servers that start at the same time would each create a secret. */
export default (): void => {
  ensureDevSecret(join(import.meta.dirname, '../../.dev.vars'))
}
