import type { ContractName } from './contract.ts'
import { SECOND } from './time.ts'

export type PasswordProblem = 'too-short' | 'too-long' | 'too-common' | 'entirely-numeric'

/** `strict` checks all rules. `basic` accepts common passwords, for the contracts whose own examples use one. */
export type PasswordRules = 'strict' | 'basic'

/** In characters. */
export const PASSWORD_MIN = 8
export const PASSWORD_MAX = 128

/** Their original servers trimmed a password before they checked it. */
const TRIMMING: readonly ContractName[] = ['facility', 'meetups']

/** A password as the server that made a stored hash would have read it. Our own hashes are of passwords exactly as typed. */
export const passwordFor = (stored: string, contract: ContractName, typed: string): string =>
  TRIMMING.includes(contract) && !stored.startsWith('$') ? typed.trim() : typed

/** Stored instead of a hash that cannot be verified here, or that is not known. Matches no password. */
export const NO_PASSWORD = '!'

/** When a request should be repeated that was rejected because too many passwords wait for their hash. */
export const HASHING_RETRY_MS = 10 * SECOND

export const problemsOf = (password: string, { isCommon }: { readonly isCommon: boolean }): PasswordProblem[] => {
  const problems: PasswordProblem[] = []
  const length = [...password].length
  if (length > PASSWORD_MAX) problems.push('too-long')
  if (length < PASSWORD_MIN) problems.push('too-short')
  if (isCommon) problems.push('too-common')
  if (/^\p{Nd}+$/u.test(password)) problems.push('entirely-numeric')
  return problems
}

/**
 * What a stored hash may cost. One that costs more is never verified, so no string in the database can occupy an isolate for
 * long: each limit is about two seconds of CPU time, or a part of the 128 MB of memory.
 */
export const HASH_LIMITS = {
  pbkdf2Iterations: 5_000_000,
  argon2MemoryKib: 64 * 1024,
  argon2KibPasses: 256 * 1024,
  /** N·r·p, which the platform's own function does not exceed either. */
  scryptCost: 2 ** 20,
  /** N·r, of 128 bytes each. */
  scryptMemory: 2 ** 18,
  /** r·p */
  scryptLanes: 128,
  /** 2^14 rounds. */
  bcryptCost: 14,
} as const

const isWithin = (value: number, max: number): boolean => value >= 1 && value <= max

/** Whether a stored hash with these parameters is verified. */
export const isPbkdf2Verified = (iterations: number): boolean => isWithin(iterations, HASH_LIMITS.pbkdf2Iterations)

export const isBcryptVerified = (cost: number): boolean => cost >= 4 && cost <= HASH_LIMITS.bcryptCost

/** The parameters m, t and p. */
export interface Argon2Cost {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

/** Argon2 needs eight blocks of memory for each lane. */
export const isArgon2Verified = ({ memoryKib, passes, lanes }: Argon2Cost): boolean =>
  isWithin(8 * lanes, memoryKib) && memoryKib <= HASH_LIMITS.argon2MemoryKib && isWithin(memoryKib * passes, HASH_LIMITS.argon2KibPasses)

/** The parameters N, r and p. */
export interface ScryptCost {
  readonly cost: number
  readonly blockSize: number
  readonly lanes: number
}

export const isScryptVerified = ({ cost, blockSize, lanes }: ScryptCost): boolean =>
  cost > 1 &&
  (cost & (cost - 1)) === 0 &&
  isWithin(blockSize * lanes, HASH_LIMITS.scryptLanes) &&
  cost * blockSize <= HASH_LIMITS.scryptMemory &&
  cost * blockSize * lanes <= HASH_LIMITS.scryptCost
