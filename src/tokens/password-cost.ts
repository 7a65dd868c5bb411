import type { Argon2Cost } from '../model/password.ts'

/**
 * OWASP ASVS 5 (11.4.2) and its Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. It is a constant and
 * not a setting, so no configuration can weaken the hashes of a deployed Worker. Only the test runner puts another module in
 * place of this one, for tests that log in but whose subject is not the hash (test/vitest.config.ts).
 */
export const PASSWORD_COST: Argon2Cost = { memoryKib: 19_456, passes: 2, lanes: 1 }
