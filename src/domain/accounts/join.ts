import { type Account, emailKey } from '../../model/account.ts'
import { contractsOf, type JoinProblem, joinProblemOf } from '../../model/joining.ts'
import { Failure, fail, type Result } from '../../model/result.ts'
import { findJoinStates, joinAccounts, parseJoinState } from '../../store/joining.ts'
import type { MemberContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import { proveLogin, type TypedLogin } from '../sessions/log-in.ts'
import { confirmPassword } from './change-password.ts'
import { joinNotices } from './notices.ts'

/** The names with which the person logs in now. */
type Names = Pick<Account, 'username' | 'contractNames'>

interface JoinInput {
  /** Of the caller's account, which is kept. */
  readonly password: string
  readonly other: TypedLogin
}

type Joined = Result<Names, 'wrong-password' | 'invalid-credentials' | 'inactive' | 'throttled' | 'not-joinable'>

/**
 * Joins another account of the same person to the caller's: it is deleted, and its rows and its names belong to the caller's. Both
 * passwords are asked for, and each counts as in its own check, so nothing can be guessed here that could not be guessed there.
 */
export const join = async (context: MemberContext, { password, other }: JoinInput): Promise<Joined> => {
  const confirmed = await confirmPassword(context, password)
  if (confirmed instanceof Failure) return confirmed
  const proven = await proveLogin(context, other)
  if (proven instanceof Failure) return proven

  const ids = { kept: context.actor.account.id, joined: proven.account.id }
  if (ids.kept === ids.joined) return refuse('same-account')
  const states = await findJoinStates(context.store, ids)
  if (!states) return refuse('changed')
  const [kept, joined] = [parseJoinState(states.kept), parseJoinState(states.joined)]
  // The hashes that were verified.
  if (kept.password !== confirmed.stored || joined.password !== proven.password) return refuse('changed')
  const problem = joinProblemOf(kept, joined, other.contract)
  if (problem) return refuse(problem)
  const contracts = contractsOf(joined, other.contract)
  // A later import would bring rows for an account that no longer exists.
  if (contracts.some((contract) => context.settings.upstreams?.[contract])) return refuse('moving')
  if (await isKnownInRecovery(context, ids.joined)) return refuse('recovery-is-kept')

  context.gates.concern(ids.joined)
  const names = await joinAccounts(context.store, {
    ids,
    states,
    emailKey: emailKey(joined.email),
    contracts,
    now: context.now(),
    audit: [
      auditEntry(context, 'account-joined', ids.kept, String(ids.joined)),
      auditEntry(context, 'account-joined', ids.joined, String(ids.kept)),
    ],
    ...joinNotices(context),
  })
  if (!names) return refuse('changed')
  const account = await context.actor.load()
  return { username: account.username, contractNames: { ...account.contractNames, ...proven.account.contractNames, ...names } }
}

const refuse = (problem: JoinProblem) => fail('not-joinable', { problem })

/**
 * What the tables do not show: the former number in recovery, which its clients never get again, and the objects of the account. An
 * alarm or a message of the same moment is not lost: it reaches the desk.
 */
const isKnownInRecovery = async ({ settings, support, alarms }: MemberContext, accountId: number): Promise<boolean> => {
  const { block, end } = settings.numbers.recovery
  if (accountId > block && accountId < block + end) return true
  const room = support.room(accountId)
  const [newest, notes, { records }] = await Promise.all([
    room.newestMessageId(),
    room.notes(1),
    alarms.dispatcher(accountId).records(0, 1),
  ])
  return newest > 0 || notes.length > 0 || records.length > 0
}
