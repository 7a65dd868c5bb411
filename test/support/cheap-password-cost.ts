import type { Argon2Cost } from '../../src/model/password.ts'

/** The least that argon2id accepts. The Worker under test hashes passwords with this cost; see test/vitest.config.ts. */
export const PASSWORD_COST: Argon2Cost = { memoryKib: 8, passes: 1, lanes: 1 }
