import { env } from 'cloudflare:workers'
import { SignJWT } from 'jose'
import { formerCredentialId, formerPairId } from '../../src/domain/sessions/former-ids.ts'
import type { CredentialKind } from '../../src/model/credential.ts'
import { DAY, HOUR, isoDay } from '../../src/model/time.ts'
import { FORMER_JWT_SECRET } from './former-secret.ts'
import { type Person, person } from './people.ts'

/** The row that an import writes for a log-in of a former server. */
export const insertFormerCredential = async (
  id: string,
  { id: accountId }: Person,
  kind: CredentialKind,
  expiresAt = Date.now() + DAY,
): Promise<void> => {
  await env.DB.prepare(
    `INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day, user_agent)
     VALUES (?, ?, ?, ?, ?, ?, 'former server')`,
  )
    .bind(id, accountId, kind, Date.now() - HOUR, expiresAt, isoDay(Date.now()))
    .run()
}

let counter = 0
/** A key as Django REST framework (40 digits) or Django (32) makes them. */
export const freshKey = (length: 32 | 40): string => (++counter).toString(16).padStart(length, '0')

/** A token as SimpleJWT signed them. */
export const signFormer = (userId: string, type: 'access' | 'refresh'): Promise<string> =>
  new SignJWT({ token_type: type, user_id: userId, jti: crypto.randomUUID().replaceAll('-', '') })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(FORMER_JWT_SECRET))

/** A person whose `token` is one of Django REST framework. */
export const personWithFormerToken = async (): Promise<Person> => {
  const [someone, key] = [await person(), freshKey(40)]
  await insertFormerCredential(await formerCredentialId(key), someone, 'token')
  return { ...someone, token: `Token ${key}` }
}

/** A person whose `token` is an access token of SimpleJWT. */
export const personWithFormerJwt = async (): Promise<Person> => {
  const someone = await person()
  await insertFormerCredential(await formerPairId(someone.objectId), someone, 'pair')
  return { ...someone, token: `Bearer ${await signFormer(someone.objectId, 'access')}` }
}
