import argon2Wasm from 'argon2id/dist/simd.wasm'
import setupWasm from 'argon2id/lib/setup.js'
import { newObjectId, newTokenId } from '../../../src/domain/object-id.ts'
import type { NewAuditEntry } from '../../../src/model/audit.ts'
import type { NewCredential } from '../../../src/model/credential.ts'
import { MESSAGE_RULE } from '../../../src/model/message.ts'
import { QUOTAS } from '../../../src/model/quotas.ts'
import { isoTime } from '../../../src/model/time.ts'
import { insertAccount } from '../../../src/store/accounts.ts'
import { deleteCredential, findRefreshable, insertLogin } from '../../../src/store/credentials.ts'
import { insertMessage } from '../../../src/store/direct-messages.ts'
import { findForLogin } from '../../../src/store/passwords.ts'
import { insertRsvp } from '../../../src/store/rsvps.ts'
import { type Baseline, type BaselineEnv, type Claimed, json, text } from './baseline-request.ts'
import { sign, verify } from './baseline-tokens.ts'
import { accountOf, checkedStatementsOf, ACCOUNT_MARKER as ID } from './checked-statements.ts'
import { statementsOf } from './recorded-statements.ts'

/** Marker values that occur nowhere else in a statement. They identify the parameters of the recorded statements. */
const OTHER_ID = 900_002
const NOW = 900_003
const EXPIRES_AT = 900_004

const insertRsvpStatements = checkedStatementsOf(
  { id: 'an rsvp', planId: 'a plan', now: NOW },
  (store, accountId, { id, planId, now }) =>
    insertRsvp(store, { id, planId, accountId, createdAt: now }, { id: accountId, isStaff: false }),
  QUOTAS.rsvps,
)

export const addRsvp: Baseline<Claimed> = async ({ request, env, caller }) => {
  const { plan_id }: { plan_id: string } = await request.json()
  const now = Date.now()
  const id = newObjectId(now)
  const { bearer, results } = await insertRsvpStatements(env.DB, caller, { id, planId: plan_id, now })
  const [, , insertedRows = []] = results
  if (insertedRows.length === 0) return json({ error: 'RSVP already exists' }, 400)
  return json({ message: 'RSVP created', id, data: { plan_id, user_id: bearer.objectId, created_at: isoTime(now) } }, 201)
}

const insertMessageStatements = checkedStatementsOf(
  { receiverId: OTHER_ID, content: 'a content', today: 'a day', now: NOW },
  (store, senderId, { receiverId, content, today, now }) =>
    insertMessage(store, { senderId, receiverId, content, today, now }, MESSAGE_RULE),
  QUOTAS.messages,
)

export const sendMessage: Baseline<Claimed> = async ({ request, env, caller }) => {
  const { receiver_id, content }: { receiver_id: number; content: string } = await request.json()
  const now = Date.now()
  const today = new Date(now).toISOString().slice(0, 10)
  const { results } = await insertMessageStatements(env.DB, caller, { receiverId: receiver_id, content, today, now })
  const [, , insertedRows = []] = results
  return insertedRows.length > 0 ? json({ message: 'Message Sent Successfully' }, 201) : json({ error: 'Not sent' }, 400)
}

const deleteCredentialStatements = checkedStatementsOf({}, (store, accountId) => deleteCredential(store, accountId, 'a credential'))

export const logOut: Baseline<Claimed> = async ({ env, waitUntil, caller }) => {
  const { credentialId } = caller
  const { results } = await deleteCredentialStatements(env.DB, caller, {})
  const [[deleted] = []] = results
  if (deleted) waitUntil(env.REVOKED.put(`revoked:${credentialId}`, '1', { expirationTtl: (Number(deleted[1]) - Date.now()) / 1000 }))
  return json({})
}

const findRefreshableStatements = statementsOf({ accountId: ID, credentialId: 'a credential' }, findRefreshable)

const DAY_SECONDS = 24 * 60 * 60

export const refresh: Baseline<null> = async ({ request, env }) => {
  const body: { refresh: string } = await request.json()
  const claims = await verify(body.refresh, env.JWT_SECRET)
  if (claims?.token_type !== 'refresh') return json({ detail: 'Token is invalid or expired' }, 401)
  const [[row] = []] = await findRefreshableStatements(env.DB, { accountId: Number(claims.sub), credentialId: claims.jti })
  if (!row || row[18] === null) return json({ detail: 'Token is invalid or expired' }, 401)
  const iat = Math.floor(Date.now() / 1000)
  const ownClaims = { token_type: 'access', user_id: accountOf(row).objectId, pair: claims.jti }
  return json({
    access: await sign({ ...ownClaims, iss: 'concord', sub: claims.sub, jti: newTokenId(), iat, exp: iat + 3600 }, env.JWT_SECRET),
  })
}

const hex = (bytes: ArrayBuffer): string => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
const digestOf = async (name: string): Promise<string> => hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name)))

const instantiate = async (imports: WebAssembly.Imports) => ({
  module: argon2Wasm,
  instance: await WebAssembly.instantiate(argon2Wasm, imports),
})
let argon2Instance: ReturnType<typeof setupWasm> | undefined

const argon2 = async (password: string, salt: Uint8Array): Promise<Uint8Array> => {
  argon2Instance ??= setupWasm(instantiate, instantiate)
  const compute = await argon2Instance
  return compute({ password: new TextEncoder().encode(password), salt, memorySize: 19_456, passes: 2, parallelism: 1, tagLength: 32 })
}

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replaceAll('=', '')

const tokenFor = (env: BaselineEnv, accountId: number, jti: string, now: number): Promise<string> => {
  const iat = Math.floor(now / 1000)
  const claims = { token_type: 'token', iss: 'concord', sub: String(accountId), jti, iat, exp: iat + 30 * DAY_SECONDS }
  return sign(claims, env.JWT_SECRET)
}

const MARKER_CREDENTIAL: NewCredential = {
  id: 'a credential',
  kind: 'token',
  createdAt: NOW,
  expiresAt: EXPIRES_AT,
  day: 'a day',
  userAgent: '',
}
const credentialOf = (now: number) => ({
  credential: newTokenId(),
  now,
  expiresAt: now + 30 * DAY_SECONDS * 1000,
  day: new Date(now).toISOString().slice(0, 10),
})

const findForLoginStatements = statementsOf(
  { usernameKey: 'a name', network: 'a network', own: 'a digest', account: 'another digest', wider: 'a third digest' },
  (store, { usernameKey, network, own, account, wider }) =>
    findForLogin(store, { contract: 'mindharmony', username: usernameKey, usernameKey }, { network, counters: [own, account, wider] }),
)
const auditOf = (action: 'log-in' | 'registered', accountId: number | null, at: number): NewAuditEntry => {
  const credentialId = MARKER_CREDENTIAL.id
  return { at, action, role: 'anyone', actorId: accountId, credentialId, address: null, subjectId: accountId, detail: '' }
}

const insertLoginStatements = statementsOf(
  {
    accountId: ID,
    password: 'a hash',
    who: 'a digest',
    network: 'a network',
    now: NOW,
    credential: MARKER_CREDENTIAL.id,
    expiresAt: EXPIRES_AT,
    day: MARKER_CREDENTIAL.day,
  },
  (store, { accountId, password, who, network, now }) =>
    insertLogin(store, {
      account: { id: accountId, password },
      who,
      network,
      now,
      credential: MARKER_CREDENTIAL,
      rehash: null,
      audit: auditOf('log-in', accountId, now),
    }),
)

export const logIn: Baseline<null> = async ({ request, env }) => {
  const { username, password }: { username: string; password: string } = await request.json()
  const [account, network, wider] = await Promise.all([digestOf(username), digestOf('a network'), digestOf('a wider network')])
  const who = `${account}:${network}`
  const [[row] = [], failures = []] = await findForLoginStatements(env.DB, { usernameKey: username, network, own: who, account, wider })
  if (!row || failures.some(([, lockedUntil]) => Number(lockedUntil) > Date.now())) return json({ error: 'Invalid credentials' }, 400)
  const [, , , , salt = '', expected] = text(row[18]).split('$')
  const hash = await argon2(
    password,
    Uint8Array.from(atob(salt), (character) => character.charCodeAt(0)),
  )
  if (base64(hash) !== expected) return json({ error: 'Invalid credentials' }, 400)
  const { id, username: storedUsername, email } = accountOf(row)
  const credential = credentialOf(Date.now())
  await insertLoginStatements(env.DB, { accountId: id, password: text(row[18]), who, network, ...credential })
  const profile = { id, bio: text(row[19]), location: text(row[20]) }
  return json({
    token: await tokenFor(env, id, credential.credential, credential.now),
    user: { id, username: storedUsername, email, profile },
  })
}

const insertAccountStatements = statementsOf(
  {
    objectId: 'an object id',
    username: 'a name',
    email: 'an address',
    password: 'a hash',
    credential: MARKER_CREDENTIAL.id,
    now: NOW,
    expiresAt: EXPIRES_AT,
    day: MARKER_CREDENTIAL.day,
  },
  (store, { objectId, username, email, password, now }) =>
    insertAccount(
      store,
      {
        objectId,
        username,
        usernameKey: username,
        email,
        emailKey: email,
        phoneNumber: null,
        password,
        firstName: '',
        lastName: '',
        subscriptionPlanId: null,
        isActive: true,
        isAdmin: false,
        isSuspended: false,
        createdAt: now,
      },
      MARKER_CREDENTIAL,
      auditOf('registered', null, now),
    ),
)

export const register: Baseline<null> = async ({ request, env }) => {
  const { username, email, password }: { username: string; email: string; password: string } = await request.json()
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const hash = `$argon2id$v=19$m=19456,t=2,p=1$${base64(salt)}$${base64(await argon2(password, salt))}`
  const credential = credentialOf(Date.now())
  const [, [row] = []] = await insertAccountStatements(env.DB, {
    objectId: newObjectId(credential.now),
    username,
    email,
    password: hash,
    ...credential,
  })
  if (!row) return json({ username: ['A user with that username already exists.'] }, 400)
  const id = Number(row[0])
  return json({ user: { id, username, email }, token: await tokenFor(env, id, credential.credential, credential.now) }, 201)
}
