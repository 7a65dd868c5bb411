import { type Account, emailKey, usernameKey } from '../../model/account.ts'
import type { ContractName } from '../../model/contract.ts'
import { FIRST_ID_AFTER_MOVES, movedAccountId, type Numbering } from '../../model/contract-numbers.ts'
import type { CredentialKind, NewCredential, StoredCredential } from '../../model/credential.ts'
import { FORMER_LIFETIME_MS } from '../../model/former-credential.ts'
import { NO_PASSWORD } from '../../model/password.ts'
import { isoDay } from '../../model/time.ts'
import {
  ATTEMPT_MS,
  type FormerPerson,
  type FormerToken,
  isIssuedBy,
  LOGIN_TIMEOUT_MS,
  TOKEN_RETRY_MS,
  type Upstream,
} from '../../model/upstream.ts'
import { claimAttempt, endAttempt, insertAdoptedAccount } from '../../store/adopted-accounts.ts'
import { findStoredCredential } from '../../store/credentials.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { digestOf } from '../digest.ts'
import { newObjectId, newTokenId } from '../object-id.ts'
import { formerCredentialId, formerPairId } from './former-ids.ts'
import { sleepUntil } from './login-guard.ts'

/**
 * In the mode `adopt`, a log-in or a token of a person who is not here is tried at the former server. If it accepts them, the
 * account is stored here, and that server is not asked about the person again: what ends or changes here stays so.
 */

const adoptingFrom = ({ settings }: Context, contract: ContractName): Upstream | null => {
  const upstream = settings.upstreams?.[contract]
  return upstream?.mode === 'adopt' ? upstream : null
}

/** As long as a log-in of this contract may wait for the former server. Every failed one takes as long, for every name. */
export const waitForFormerServer = (context: Context, contract: ContractName): number =>
  adoptingFrom(context, contract) ? LOGIN_TIMEOUT_MS : 0

/** What an attempt is counted as, so that of concurrent ones with the same name or token, at any location, only one asks. */
const attemptKey = async (what: string): Promise<string> => `former-server:${await digestOf(what)}`

interface Login {
  readonly contract: ContractName
  readonly username: string
  readonly password: string
}

interface Found {
  readonly account: Pick<Account, 'isActive'>
  readonly password: string
}

/**
 * For a log-in that has failed here and was counted: if no account with a password has the name, the former server is asked.
 * Returns whether the log-in is worth another attempt here.
 */
export const adoptByPassword = async (context: Context, login: Login, found: Found | null): Promise<boolean> => {
  const { contract, username, password } = login
  const upstream = adoptingFrom(context, contract)
  if (!upstream || (found && (found.password !== NO_PASSWORD || !found.account.isActive))) return false
  const { isOurs, since } = await claimAttempt(context.store, await attemptKey(`${contract}:${username}`), context.now(), ATTEMPT_MS)
  if (!isOurs) {
    await sleepUntil(context, since + ATTEMPT_MS)
    return true
  }
  const accepted = await context.formerServer.logIn(upstream, contract, { username, password }, context.address)
  if (!accepted) return false
  const hash = await context.passwords.hash(password, { network: context.client.network, account: usernameKey(username) })
  if (hash === null) return false
  // The other devices of the person have the same token, or one of the same account.
  const { person, token } = accepted
  const credential = token
    ? newCredential(context, await formerCredentialId(token), 'token')
    : person.objectId && newCredential(context, await formerPairId(person.objectId), 'pair')
  await storeAccount(context, contract, { ...person, username }, hash, credential || null)
  return true
}

/** How often a waiting request looks for the credential that another one stores. */
const POLL_MS = 250

/** For a token without a credential here. Null if the former server does not accept it, or if the person is here already. */
export const adoptByToken = async (
  context: Context,
  contract: ContractName,
  id: string,
  token: FormerToken,
): Promise<StoredCredential | null> => {
  const upstream = adoptingFrom(context, contract)
  if (!upstream || !isIssuedBy(contract, token.kind)) return null
  if (!(await context.limits.allowsAddress(context.client.network))) return null
  const who = await attemptKey(id)
  const { isOurs, since } = await claimAttempt(context.store, who, context.now(), TOKEN_RETRY_MS)
  if (isOurs) {
    const person = await context.formerServer.findPerson(upstream, contract, token, context.address)
    if (person && (await isUsable(context, contract, id, person))) {
      const kind = token.kind === 'token' || token.kind === 'session' ? token.kind : 'pair'
      await storeAccount(context, contract, person, NO_PASSWORD, newCredential(context, id, kind))
      return findStoredCredential(context.store, id)
    }
    await endAttempt(context.store, who, since - ATTEMPT_MS)
    return null
  }
  for (;;) {
    const stored = await findStoredCredential(context.store, id)
    if (stored || context.now() >= since + ATTEMPT_MS) return stored
    await context.sleep(POLL_MS)
  }
}

/** Clients that do not log in again keep using their former number, and a pair of tokens is found by the 24-digit id. */
const isUsable = async (context: Context, contract: ContractName, id: string, person: FormerPerson): Promise<boolean> =>
  (person.number === null || formerAccountId(context, contract, person) !== null) &&
  (person.objectId === null || (await formerPairId(person.objectId)) === id)

const numberingOf = ({ settings }: Context, contract: ContractName): Numbering | undefined => {
  const numberings: Readonly<Partial<Record<ContractName, Numbering>>> = settings.numbers
  return numberings[contract]
}

const formerAccountId = (context: Context, contract: ContractName, { number }: FormerPerson): number | null => {
  const numbering = numberingOf(context, contract)
  return numbering && number !== null ? movedAccountId(numbering, number) : null
}

const newCredential = (context: Context, id: string, kind: CredentialKind): NewCredential => {
  const createdAt = context.now()
  return { id, kind, createdAt, expiresAt: createdAt + FORMER_LIFETIME_MS[kind], day: isoDay(createdAt), userAgent: '' }
}

const storeAccount = async (
  context: Context,
  contract: ContractName,
  person: FormerPerson,
  password: string,
  credential: NewCredential | null,
): Promise<void> => {
  const { username, email, number, uuid, objectId } = person
  const now = context.now()
  const id = formerAccountId(context, contract, person)
  await insertAdoptedAccount(
    context.store,
    {
      contract,
      // The former server of recovery does not reveal its id: then its name stands for it.
      key: String(number ?? uuid ?? objectId ?? `name:${await digestOf(username)}`),
      name: username,
      nameKey: usernameKey(username),
      suffix: newTokenId().slice(0, 8),
      id,
      nextNumber: id === null ? null : (numberingOf(context, contract)?.end ?? null),
      objectId: objectId ?? newObjectId(now),
      email,
      emailKey: emailKey(email),
      password,
      profileNumber: person.profileNumber,
      uuid,
      lastReservedId: FIRST_ID_AFTER_MOVES - 1,
      credential,
      now,
    },
    auditEntry(context, 'registered', null, 'adopted'),
  )
}
