import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { formerCredentialId, formerPairId } from '../../src/domain/sessions/former-ids.ts'
import type { CredentialKind } from '../../src/model/credential.ts'
import { at, call, textAt } from '../support/call.ts'
import { CONTRACTS, sessionIn } from '../support/contracts.ts'
import { freshKey, insertFormerCredential, signFormer } from '../support/former-credentials.ts'
import { PASSWORD, type Person, person } from '../support/people.ts'

/** Made by Django REST framework, Django and SimpleJWT, as the clients of the former servers hold them. */
const DRF_TOKENS = ['901290e2c2372950e8a733a66ca3a38d11fc55e7', '7ef7d0c4326118d835a149fe3c67d727aaca2b67']
const SESSIONS = ['hhar0ez6jyzvkp59bzbt8uzuzthxis0p', 'yswpg09frgocc8omwvshqs561ge3yd15']
const USER_ID = '68ea3c010dc00a6519003cf4'
const REFRESH =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6MjA4Mjc1ODQwMCwiaWF0IjoxNzk1MjYyMTAwLCJqdGkiOiIzMjE5ZWQzZmRjMGNlMTc0YjA4ODQ5OGQ1YTFiZDA3MCIsInVzZXJfaWQiOiI2OGVhM2MwMTBkYzAwYTY1MTkwMDNjZjQifQ.ROTQYdeG2LMKmWUD3oRhi394433DCs5LoNCry6RPBKM'
const ACCESS =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoyMDgyNzU4NDAwLCJpYXQiOjE3OTUyNjIxMDAsImp0aSI6IjUxZjAxODUwODg1ZDE0MWE4MjNmNTE5MmNkN2RiMmNiIiwidXNlcl9pZCI6IjY4ZWEzYzAxMGRjMDBhNjUxOTAwM2NmNCJ9.VlnHcrLBw_hX-FZrmKsADSg_iu27guKmrPlpkgTPWMg'
const REFUSED = {
  'has no jti':
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoyMDgyNzU4NDAwLCJpYXQiOjE3OTUyNjIxMDAsInVzZXJfaWQiOiI2OWE1OTY4NDBkYzAwYTY1MTkwMDNkMDIifQ.Y8G7EUvECbvZHSSeH8snEgM1sdwzrDzR8Z57RlEzDrw',
  'has no token_type':
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjIwODI3NTg0MDAsImlhdCI6MTc5NTI2MjEwMCwianRpIjoiMjI5MGY4ZjZlNTQ5MmQ3MWFjNmZmYThiYWZlNTU2YWYiLCJ1c2VyX2lkIjoiNjlhNTk2ODQwZGMwMGE2NTE5MDAzZDAyIn0.6tqfuLI2t-D_LXn72Yf1xaPJcPHK5It1-4hVGOmsuOo',
  'ran out':
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzk0NDg0ODAwLCJpYXQiOjE3OTUyNjIxMDAsImp0aSI6ImY1NDlmN2YzYjNmMzc0Njk3M2NiZDBlZjZhNmMzMTY3IiwidXNlcl9pZCI6IjY5YTU5Njg0MGRjMDBhNjUxOTAwM2QwMiJ9.rwyPlogaLn5Y9YqGSGZdhNcNXOaLe-Hb5ti_FUnGpKk',
  'was signed with another key':
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoyMDgyNzU4NDAwLCJpYXQiOjE3OTUyNjIxMDAsImp0aSI6ImU1YmFhY2I5ZWU0YTEwZGJhZmJiODg3ODM0MTk2ZTI1IiwidXNlcl9pZCI6IjY5YTU5Njg0MGRjMDBhNjUxOTAwM2QwMiJ9.eaqDhs5Fqecl9jd7hf8ZKHzFVa3aLVa0BqASoEJu1Xc',
  'is of HS512':
    'eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoyMDgyNzU4NDAwLCJpYXQiOjE3OTUyNjIxMDAsImp0aSI6IjNkNzIwYjU1YmYzNjlhNGI0NzY0YjNkM2E3YzBmMDMxIiwidXNlcl9pZCI6IjY5YTU5Njg0MGRjMDBhNjUxOTAwM2QwMiJ9.HN6_R-ynKy9ShVYGlw5RmfFMGO-x0NHRU0Zuyq4m2SsmlqAnekbYePSRhTUTAL2X_VdpFIcOH0B13Hqr_-xIVg',
  'is not signed':
    'eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoyMDgyNzU4NDAwLCJpYXQiOjE3OTUyNjI0MDAsImp0aSI6IjFiODMwOTkzNGJkZTU2ZjA2OWFiYWQzODFjNzFiNzEzIiwidXNlcl9pZCI6IjY4ZWEzYzAxMGRjMDBhNjUxOTAwM2NmNCJ9.',
} as const

interface Former {
  readonly kind: CredentialKind
  readonly someone: Person
  readonly headers: Record<string, string>
  readonly id: string
}

/** One person with a log-in of each kind that a former server issued. */
const FORMER = {
  'a token of Django REST framework': async (): Promise<Former> => {
    const [someone, key] = [await person(), freshKey(40)]
    const id = await formerCredentialId(key)
    await insertFormerCredential(id, someone, 'token')
    return { kind: 'token', someone, headers: { Authorization: `Token ${key}` }, id }
  },
  'a Django session': async (): Promise<Former> => {
    const [someone, key] = [await person(), freshKey(32)]
    const id = await formerCredentialId(key)
    await insertFormerCredential(id, someone, 'session')
    return { kind: 'session', someone, headers: { Cookie: `sessionid=${key}` }, id }
  },
  'an access token of SimpleJWT': async (): Promise<Former> => {
    const someone = await person()
    const id = await formerPairId(someone.objectId)
    await insertFormerCredential(id, someone, 'pair')
    return { kind: 'pair', someone, headers: { Authorization: `Bearer ${await signFormer(someone.objectId, 'access')}` }, id }
  },
}

const kinds = Object.entries(FORMER)

const ownId = (headers: Record<string, string>) => call('GET', '/user/user-details/', { headers })
const statusWith = async (headers: Record<string, string>): Promise<number> => (await ownId(headers)).status

describe.each(kinds)('%s', (_name, create) => {
  test('opens every contract as its account, and no other', async () => {
    const { headers, someone } = await create()
    for (const [, client] of CONTRACTS) {
      const response = await client.whoAmI(headers)
      expect(response.status).toBe(200)
      if (client.nameAt.length > 0) expect(at(response, ...client.nameAt)).toBe(someone.username)
    }
    expect(at(await ownId(headers), 'user', 'id')).toBe(someone.id)
  })

  test('is stored as a digest only', async () => {
    const { headers } = await create()
    await statusWith(headers)
    const secret = Object.values(headers).join().split(/[ =]/)[1]
    const { results } = await env.DB.prepare('SELECT * FROM credentials').all()
    expect(JSON.stringify(results)).not.toContain(secret)
  })

  test('ends with a log-out', async () => {
    const { headers } = await create()
    expect(await statusWith(headers)).toBe(200)
    expect((await call('POST', '/user/logout/', { headers })).status).toBe(200)
    expect(await statusWith(headers)).toBe(401)
  })

  test('ends with a change of the password, at the next request', async () => {
    const { headers, someone } = await create()
    expect(await statusWith(headers)).toBe(200)
    const json = { username: someone.username, old_password: PASSWORD, new_password: 'another horse 8' }
    expect((await call('PUT', '/users/reset/', { as: someone.token, json })).status).toBe(200)
    expect(await statusWith(headers)).toBe(401)
  })

  test('may change the password itself, and stays', async () => {
    const { headers, someone } = await create()
    const json = { username: someone.username, old_password: PASSWORD, new_password: 'another horse 8' }
    expect((await call('PUT', '/users/reset/', { headers, json })).status).toBe(200)
    expect([await statusWith(headers), await statusWith({ Authorization: someone.token })]).toEqual([200, 401])
  })

  test('ends with a deactivation, and does not come back', async () => {
    const { headers, someone } = await create()
    expect(await statusWith(headers)).toBe(200)
    expect((await call('PATCH', '/users/deactivate/', { as: someone.token })).status).toBe(200)
    expect(await statusWith(headers)).toBe(401)
    await env.DB.prepare('UPDATE accounts SET is_active = 1 WHERE id = ?').bind(someone.id).run()
    expect(await statusWith(headers)).toBe(401)
  })

  test('of an account that was closed when it moved in lives again when the account does', async () => {
    const { headers, someone } = await create()
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(someone.id).run()
    expect(await statusWith(headers)).toBe(401)
    await env.DB.prepare('UPDATE accounts SET is_active = 1 WHERE id = ?').bind(someone.id).run()
    expect(await statusWith(headers)).toBe(200)
  })

  test('of an account that is gone is rejected', async () => {
    const { headers, someone } = await create()
    expect(await statusWith(headers)).toBe(200)
    await env.DB.prepare('DELETE FROM accounts WHERE id = ?').bind(someone.id).run()
    expect(await statusWith(headers)).toBe(401)
  })

  test('opens the account of a repeated import, although the isolate has cached the first one', async () => {
    const { headers, id, kind } = await create()
    expect(await statusWith(headers)).toBe(200)
    const other = await person()
    await env.DB.prepare('DELETE FROM credentials WHERE id = ?').bind(id).run()
    expect(await statusWith(headers)).toBe(401)
    await insertFormerCredential(id, other, kind)
    expect(at(await ownId(headers), 'user', 'id')).toBe(other.id)
  })

  test('ends when its time is over, before the row is swept', async () => {
    const { headers, id } = await create()
    await env.DB.prepare('UPDATE credentials SET expires_at = ? WHERE id = ?')
      .bind(Date.now() - 1, id)
      .run()
    expect(await statusWith(headers)).toBe(401)
  })

  test('is in the list of sessions, and can be ended there', async () => {
    const { headers, someone, id } = await create()
    const listed = await call('GET', '/api/v1/user/sessions/', { as: someone.token })
    expect(listed.text).toContain(id)
    expect((await call('DELETE', `/api/v1/user/sessions/${id}/`, { as: someone.token })).status).toBeLessThan(300)
    expect(await statusWith(headers)).toBe(401)
  })

  test('revoked while many requests use it: none that begins afterwards passes', async () => {
    const { headers, someone } = await create()
    expect(await statusWith(headers)).toBe(200)
    const concurrent = Promise.all(Array.from({ length: 10 }, () => statusWith(headers)))
    expect((await call('POST', '/user/logout/', { headers })).status).toBe(200)
    const after = await Promise.all(Array.from({ length: 10 }, () => statusWith(headers)))
    expect(new Set(await concurrent)).toEqual(
      expect.toSatisfy((statuses: Set<number>) => [...statuses].every((s) => s === 200 || s === 401)),
    )
    expect(after).toEqual(after.map(() => 401))
    expect(await statusWith({ Authorization: someone.token })).toBe(200)
  })
})

describe('as the clients hold them', () => {
  test('the tokens and sessions of the former servers', async () => {
    for (const key of DRF_TOKENS) {
      const someone = await person()
      await insertFormerCredential(await formerCredentialId(key), someone, 'token')
      expect(at(await ownId({ Authorization: `Token ${key}` }), 'user', 'id')).toBe(someone.id)
      expect(await statusWith({ Authorization: `Token ${key.toUpperCase()}` })).toBe(401)
    }
    for (const key of SESSIONS) {
      const someone = await person()
      await insertFormerCredential(await formerCredentialId(key), someone, 'session')
      expect(at(await ownId({ Cookie: `theme=dark; sessionid=${key}` }), 'user', 'id')).toBe(someone.id)
    }
  })

  test('a pair of SimpleJWT: the refresh token gives an access token of ours, which ends with the pair', async () => {
    const someone = await person()
    await env.DB.prepare('UPDATE accounts SET object_id = ? WHERE id = ?').bind(USER_ID, someone.id).run()
    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
    expect([await statusWith(bearer(ACCESS)), (await call('POST', '/api/token/refresh/', { json: { refresh: REFRESH } })).status]).toEqual([
      401, 401,
    ])

    await insertFormerCredential(await formerPairId(USER_ID), someone, 'pair')
    expect(at(await ownId(bearer(ACCESS)), 'user', 'id')).toBe(someone.id)
    expect(await statusWith(bearer(REFRESH))).toBe(401)
    const refreshed = await call('POST', '/api/token/refresh/', { json: { refresh: REFRESH } })
    expect(refreshed.status).toBe(200)
    const access = textAt(refreshed, 'access')
    expect(at(await ownId(bearer(access)), 'user', 'id')).toBe(someone.id)
    expect((await call('POST', '/api/token/refresh/', { json: { refresh: ACCESS } })).status).toBe(401)

    expect((await call('POST', '/api/token/blacklist/', { json: { refresh: REFRESH } })).status).toBe(200)
    expect([await statusWith(bearer(ACCESS)), await statusWith(bearer(access))]).toEqual([401, 401])
    expect((await call('POST', '/api/token/refresh/', { json: { refresh: REFRESH } })).status).toBe(401)
  })

  test.each(Object.entries(REFUSED))('a token of SimpleJWT that %s', async (_why, token) => {
    for (const userId of ['69a596840dc00a6519003d02', USER_ID]) {
      await env.DB.prepare('DELETE FROM credentials WHERE id = ?')
        .bind(await formerPairId(userId))
        .run()
      await insertFormerCredential(await formerPairId(userId), await person(), 'pair')
    }
    expect(await statusWith({ Authorization: `Bearer ${token}` })).toBe(401)
  })

  test('keys that were never issued', async () => {
    for (const key of [freshKey(40), freshKey(32)]) {
      expect(await statusWith({ Authorization: `Token ${key}` })).toBe(401)
      expect(await statusWith({ Cookie: `sessionid=${key}` })).toBe(401)
    }
  })

  test('a credential of ours cannot be opened with its id', async () => {
    const someone = await person()
    const { results } = await env.DB.prepare('SELECT id FROM credentials WHERE account_id = ?').bind(someone.id).all<{ id: string }>()
    for (const { id } of results) expect(await statusWith({ Authorization: `Token ${id}` })).toBe(401)
  })
})

describe('a log-in afterwards', () => {
  test('replaces a session of the same browser, also if its cookie cannot be replaced', async () => {
    const { headers, someone } = await FORMER['a Django session']()
    const json = { username: someone.username, password: PASSWORD }
    const loggedIn = await call('POST', '/api/sessions/', { headers, json })
    expect(loggedIn.status).toBe(200)
    expect(await statusWith(headers)).toBe(401)
    // A cookie for a parent domain stays, and is sent first.
    expect(await statusWith({ Cookie: `${headers.Cookie}; sessionid=${sessionIn(loggedIn)}` })).toBe(200)
    expect(await statusWith({ Cookie: `sessionid=${sessionIn(loggedIn)}; ${headers.Cookie}` })).toBe(200)
  })

  test('hands out a token of ours, and leaves a token of another device', async () => {
    const { headers, someone } = await FORMER['a token of Django REST framework']()
    const loggedIn = await call('POST', '/user/login/', { json: { username: someone.username, password: PASSWORD } })
    expect(textAt(loggedIn, 'token')).toContain('.')
    expect(await statusWith(headers)).toBe(200)
  })
})
