import argon2Wasm from 'argon2id/dist/simd.wasm'
import setupWasm from 'argon2id/lib/setup.js'
import { newObjectId, newTokenId } from '../../../src/domain/object-id.ts'
import { isoTime } from '../../../src/http/times.ts'
import { findForLogin, insertAccount } from '../../../src/store/accounts.ts'
import { deleteCredential, findRefreshable, insertLogin, type NewCredential } from '../../../src/store/credentials.ts'
import { insertMessage } from '../../../src/store/direct-messages.ts'
import { insertRsvp } from '../../../src/store/rsvps.ts'
import { accountOf } from './floor-reads.ts'
import { type Bearer, type Floor, type FloorEnv, json, text } from './floor-request.ts'
import { sign, verify } from './floor-tokens.ts'
import { statementsOf } from './recorded.ts'

/** Numbers and texts that stand nowhere else in a statement, so that what is recorded is known again by them. */
const ID = 900_001
const OTHER = 900_002
const NOW = 900_003
const LATER = 900_004

const rsvp = statementsOf({ id: 'an rsvp', planId: 'a plan', accountId: ID, now: NOW }, (store, { id, planId, accountId, now }) =>
  insertRsvp(store, { id, planId, accountId, createdAt: now }, { id: accountId, isStaff: false }),
)

export const addRsvp: Floor<Bearer> = async ({ request, env, bearer }) => {
  const { plan_id }: { plan_id: string } = await request.json()
  const now = Date.now()
  const id = newObjectId(now)
  const [, , made = []] = await rsvp(env.DB, { id, planId: plan_id, accountId: bearer.id, now })
  if (made.length === 0) return json({ error: 'RSVP already exists' }, 400)
  return json({ message: 'RSVP created', id, data: { plan_id, user_id: bearer.objectId, created_at: isoTime(now) } }, 201)
}

const message = statementsOf(
  { senderId: ID, receiverId: OTHER, content: 'a content', today: 'a day', now: NOW },
  (store, { senderId, receiverId, content, today, now }) => insertMessage(store, { senderId, receiverId, content, today, now }),
)

export const sendMessage: Floor<Bearer> = async ({ request, env, bearer }) => {
  const { receiver_id, content }: { receiver_id: number; content: string } = await request.json()
  const now = Date.now()
  const today = new Date(now).toISOString().slice(0, 10)
  const values = { senderId: bearer.id, receiverId: receiver_id, content, today, now }
  const [, , made = []] = await message(env.DB, values)
  return made.length > 0 ? json({ message: 'Message Sent Successfully' }, 201) : json({ error: 'Not sent' }, 400)
}

const gone = statementsOf({ accountId: ID, credentialId: 'a credential' }, (store, { accountId, credentialId }) =>
  deleteCredential(store, accountId, credentialId),
)

export const logOut: Floor<Bearer> = async ({ env, later, bearer: { id, credentialId } }) => {
  const [[dead] = []] = await gone(env.DB, { accountId: id, credentialId })
  if (dead) later(env.REVOKED.put(`revoked:${credentialId}`, '1', { expirationTtl: (Number(dead[1]) - Date.now()) / 1000 }))
  return json({})
}

const refreshable = statementsOf({ accountId: ID, credentialId: 'a credential' }, findRefreshable)

const DAY_SECONDS = 24 * 60 * 60

export const refresh: Floor<null> = async ({ request, env }) => {
  const given: { refresh: string } = await request.json()
  const claims = await verify(given.refresh, env.JWT_SECRET)
  if (claims?.token_type !== 'refresh') return json({ detail: 'Token is invalid or expired' }, 401)
  const [[row] = []] = await refreshable(env.DB, { accountId: Number(claims.sub), credentialId: claims.jti })
  if (!row || row[17] === null) return json({ detail: 'Token is invalid or expired' }, 401)
  const iat = Math.floor(Date.now() / 1000)
  const own = { token_type: 'access', user_id: accountOf(row).objectId, pair: claims.jti }
  return json({ access: await sign({ ...own, iss: 'concord', sub: claims.sub, jti: newTokenId(), iat, exp: iat + 3600 }, env.JWT_SECRET) })
}

const hex = (bytes: ArrayBuffer): string => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
const digestOf = async (name: string): Promise<string> => hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name)))

const instantiate = async (imports: WebAssembly.Imports) => ({
  module: argon2Wasm,
  instance: await WebAssembly.instantiate(argon2Wasm, imports),
})
let ready: ReturnType<typeof setupWasm> | undefined

const argon2 = async (password: string, salt: Uint8Array): Promise<Uint8Array> => {
  ready ??= setupWasm(instantiate, instantiate)
  const compute = await ready
  return compute({ password: new TextEncoder().encode(password), salt, memorySize: 19_456, passes: 2, parallelism: 1, tagLength: 32 })
}

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replaceAll('=', '')

const tokenFor = (env: FloorEnv, accountId: number, jti: string, now: number): Promise<string> => {
  const iat = Math.floor(now / 1000)
  const claims = { token_type: 'token', iss: 'concord', sub: String(accountId), jti, iat, exp: iat + 30 * DAY_SECONDS }
  return sign(claims, env.JWT_SECRET)
}

const knocked: NewCredential = { id: 'a credential', kind: 'token', createdAt: NOW, expiresAt: LATER, day: 'a day', userAgent: '' }
const credentialOf = (now: number) => ({
  credential: newTokenId(),
  now,
  later: now + 30 * DAY_SECONDS * 1000,
  day: new Date(now).toISOString().slice(0, 10),
})

const known = statementsOf({ usernameKey: 'a name', who: 'a digest' }, findForLogin)
const logged = statementsOf(
  { accountId: ID, who: 'a digest', now: NOW, credential: knocked.id, later: LATER, day: knocked.day },
  (store, { accountId, who, now }) => insertLogin(store, { accountId, who, now, credential: knocked, rehash: null }),
)

export const logIn: Floor<null> = async ({ request, env }) => {
  const { username, password }: { username: string; password: string } = await request.json()
  const who = await digestOf(username)
  const [[row] = [], [failures] = []] = await known(env.DB, { usernameKey: username, who })
  if (!row || Number(failures?.[0] ?? 0) > Date.now()) return json({ error: 'Invalid credentials' }, 400)
  const [, , , , salt = '', expected] = text(row[17]).split('$')
  const hash = await argon2(
    password,
    Uint8Array.from(atob(salt), (character) => character.charCodeAt(0)),
  )
  if (base64(hash) !== expected) return json({ error: 'Invalid credentials' }, 400)
  const { id, username: shown, email } = accountOf(row)
  const made = credentialOf(Date.now())
  await logged(env.DB, { accountId: id, who, ...made })
  const profile = { id, bio: text(row[18]), location: text(row[19]) }
  return json({ token: await tokenFor(env, id, made.credential, made.now), user: { id, username: shown, email, profile } })
}

const registered = statementsOf(
  {
    objectId: 'an object id',
    username: 'a name',
    email: 'an address',
    password: 'a hash',
    credential: knocked.id,
    now: NOW,
    later: LATER,
    day: knocked.day,
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
      knocked,
    ),
)

export const register: Floor<null> = async ({ request, env }) => {
  const { username, email, password }: { username: string; email: string; password: string } = await request.json()
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const hash = `$argon2id$v=19$m=19456,t=2,p=1$${base64(salt)}$${base64(await argon2(password, salt))}`
  const made = credentialOf(Date.now())
  const [, [row] = []] = await registered(env.DB, { objectId: newObjectId(made.now), username, email, password: hash, ...made })
  if (!row) return json({ username: ['A user with that username already exists.'] }, 400)
  const id = Number(row[0])
  return json({ user: { id, username, email }, token: await tokenFor(env, id, made.credential, made.now) }, 201)
}
