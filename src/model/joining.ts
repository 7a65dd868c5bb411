import { CONTRACTS, type ContractName } from './contract.ts'

/**
 * A person with two accounts can join them: the one that they are logged in with is kept, and gets the rows of the other one. It
 * is only possible where nothing has to be merged: no contract may have records of both. docs/adr/0027-two-accounts-are-joined.md.
 */

/** What decides whether two accounts can be joined, of one of them. It is compared again when they are. */
export interface JoinState extends Readonly<Record<ContractName, 0 | 1>> {
  readonly password: string
  readonly isActive: 0 | 1
  readonly isStaff: 0 | 1
  /** One of the two has blocked the other. */
  readonly isBlocked: 0 | 1
  readonly subscriptionPlanId: number | null
  readonly objectId: string
  readonly email: string
  readonly phoneNumber: string | null
  readonly firstName: string
  readonly lastName: string
  readonly profilePicture: string | null
}

/**
 * Why two accounts cannot be joined. `recovery-is-kept`: the other account has data of recovery, so it has to be the one that is
 * kept. `moving`: a contract of the other account is still being taken over from its former server. `changed`: one of them has changed
 * meanwhile. A contract: both are used in it.
 */
export type JoinProblem = 'same-account' | 'staff' | 'blocked' | 'recovery-is-kept' | 'moving' | 'changed' | { readonly both: ContractName }

/** The contracts in which the account that goes away is used: at least the one that it logs in to. */
export const contractsOf = (joined: JoinState, named: ContractName): ContractName[] =>
  CONTRACTS.filter((contract) => joined[contract] || contract === named)

export const joinProblemOf = (kept: JoinState, joined: JoinState, named: ContractName): JoinProblem | null => {
  if (!kept.isActive || !joined.isActive) return 'changed'
  if (kept.isStaff || joined.isStaff) return 'staff'
  if (kept.isBlocked) return 'blocked'
  const used = contractsOf(joined, named)
  const both = used.find((contract) => kept[contract])
  if (both) return { both }
  if (kept.subscriptionPlanId !== null && joined.subscriptionPlanId !== null) return { both: 'matrimony' }
  return used.includes('recovery') ? 'recovery-is-kept' : null
}
