import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { call, readResponse, textAt } from '../../support/call.ts'
import { PASSWORD, type Person, person, personWith } from '../../support/people.ts'
import { handshake, joinRoom, until } from '../../support/sockets.ts'

const NO_CREDENTIALS = '{"detail":"Authentication credentials were not provided."}'
const tokenOf = ({ token }: Person): string => token.slice('Token '.length)
const roomOf = ({ id }: Person): string => `/ws/chat/${id}/`
const DESKS = ['/ws/admin/', '/ws/chat/admin/']

const rejectedHandshake = async (path: string, headers: Record<string, string> = {}) => {
  const response = await handshake(path, headers)
  expect(response.webSocket).toBeNull()
  return readResponse(response)
}

const connect = async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
  const response = await handshake(path, headers)
  if (!response.webSocket) throw new Error(`${response.status} ${await response.text()}`)
  response.webSocket.accept()
  expect(response.status).toBe(101)
  return response
}

const sessionOf = async ({ username }: Person): Promise<string> => {
  const { headers } = await call('POST', '/api/sessions/', { json: { username, password: PASSWORD } })
  return (headers.get('Set-Cookie') ?? '').split(';')[0] ?? ''
}

describe('a handshake', () => {
  test('accepts the credential in the header, the query, the subprotocol or the cookie, in this order', async () => {
    const sam = await person('sam')
    const path = roomOf(sam)
    const token = tokenOf(sam)
    await connect(path, { Authorization: `Token ${token}` })
    await connect(path, { Authorization: `Bearer ${token}` })
    await connect(`${path}?token=${token}`)
    const negotiated = await connect(path, { 'Sec-WebSocket-Protocol': `concord.token.${token}, concord.v1` })
    expect(negotiated.headers.get('Sec-WebSocket-Protocol')).toBe('concord.v1')
    const cookie = await sessionOf(sam)
    await connect(path, { Cookie: cookie, Origin: 'https://concord.test' })
    await connect(path, { Cookie: cookie })
    // The first credential decides, even where a valid one follows.
    expect((await rejectedHandshake(`${path}?token=${token}`, { Authorization: 'Token nonsense' })).text).toBe(
      '{"detail":"Invalid token."}',
    )
    expect((await rejectedHandshake(`${path}?token=nonsense`, { 'Sec-WebSocket-Protocol': `concord.token.${token}` })).status).toBe(401)
    expect((await rejectedHandshake(path, { 'Sec-WebSocket-Protocol': 'concord.token.nonsense', Cookie: cookie })).status).toBe(401)
    expect((await connect(path, { Authorization: 'Basic eA==', Cookie: cookie })).status).toBe(101)
  })

  test('accepts a cookie only from the same origin', async () => {
    const sam = await person('sam')
    const cookie = await sessionOf(sam)
    for (const headers of [
      { Origin: 'https://elsewhere.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { Origin: 'http://concord.test' },
    ]) {
      const refused = await rejectedHandshake(roomOf(sam), { Cookie: cookie, ...headers })
      expect([refused.status, refused.text]).toEqual([401, NO_CREDENTIALS])
    }
    await connect(`${roomOf(sam)}?token=${tokenOf(sam)}`, { Cookie: cookie, Origin: 'https://elsewhere.example' })
  })

  test.each([
    [{}, NO_CREDENTIALS],
    [{ Authorization: 'Token' }, '{"detail":"Invalid token header. No credentials provided."}'],
    [{ Authorization: 'Token a b' }, '{"detail":"Invalid token header. Token string should not contain spaces."}'],
    [{ Authorization: 'Token a.b.c' }, '{"detail":"Invalid token."}'],
  ])('without a valid credential is a 401 over HTTP: %j', async (headers, text) => {
    for (const path of ['/ws/chat/1/', '/ws/chat/x/', ...DESKS]) {
      const refused = await rejectedHandshake(path, headers)
      expect([refused.status, refused.text, refused.headers.get('WWW-Authenticate')]).toEqual([401, text, 'Token'])
    }
  })

  test('with a revoked credential, or one of an inactive account, is a 401', async () => {
    const [sam, pam] = [await person('sam'), await person('pam')]
    await call('POST', '/user/logout/', { as: sam.token })
    expect((await rejectedHandshake(roomOf(sam), { Authorization: sam.token })).text).toBe('{"detail":"Invalid token."}')
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(pam.id).run()
    expect((await rejectedHandshake(roomOf(pam), { Authorization: pam.token })).text).toBe('{"detail":"User inactive or deleted."}')
    const refresh = await call('POST', '/api/token/', { json: { username: (await person('ann')).username, password: PASSWORD } })
    expect((await rejectedHandshake('/ws/chat/1/', { Authorization: `Bearer ${textAt(refresh, 'refresh')}` })).status).toBe(401)
  })

  test('members can join only their own room, and not the desk; staff can join the desk and the room of every person', async () => {
    const [sam, stranger, staff] = [await person('sam'), await person(), await personWith('is_superuser')]
    for (const path of [roomOf(sam), '/ws/chat/987654321/', '/ws/chat/x/', '/ws/chat/-1/', ...DESKS]) {
      const refused = await rejectedHandshake(path, { Authorization: stranger.token })
      expect([refused.status, refused.text]).toEqual([403, '{"error":"You are not authorized to access this chat"}'])
    }
    for (const path of ['/ws/chat/987654321/', '/ws/chat/x/', '/ws/chat/0/']) {
      const missing = await rejectedHandshake(path, { Authorization: staff.token })
      expect([missing.status, missing.text]).toEqual([404, '{"error":"User not found"}'])
    }
    for (const path of [roomOf(sam), roomOf(staff), ...DESKS]) await connect(path, { Authorization: staff.token })
    await connect(`/ws/chat/${sam.id}`, { Authorization: sam.token })
  })

  test('without an upgrade header is a 426', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    for (const [path, as] of [
      [roomOf(sam), sam.token],
      ['/ws/admin/', staff.token],
    ] as const) {
      for (const headers of [{}, { Upgrade: 'h2c' }]) {
        const response = await call('GET', path, { as, headers })
        expect([response.status, response.text, response.headers.get('Upgrade')]).toEqual([
          426,
          '{"detail":"Upgrade to a WebSocket is required."}',
          'websocket',
        ])
      }
      expect((await call('POST', path, { as })).status).toBe(405)
    }
  })

  test('cannot set its own identity by the internal header', async () => {
    const [sam, stranger] = [await person('sam'), await person()]
    const forged = encodeURIComponent(JSON.stringify({ person: { id: sam.id }, connection: { id: sam.id, staff: true } }))
    expect((await rejectedHandshake(roomOf(sam), { Authorization: stranger.token, 'X-Concord-Connection': forged })).status).toBe(403)
    const observer = await joinRoom(stranger)
    const response = await connect(roomOf(stranger), { Authorization: stranger.token, 'X-Concord-Connection': forged })
    response.webSocket?.send('{"message":"who am I?"}')
    expect(await observer.waitForFrame({ message: 'who am I?' })).toMatchObject({ from_admin: false, user_id: String(stranger.id) })
  })

  test('ignores an invalid ?since=', async () => {
    const sam = await person('sam')
    for (const since of ['x', '-1', '', '1.5', '99999999999999999999'])
      await connect(`${roomOf(sam)}?since=${since}`, { Authorization: sam.token })
  })
})

describe('the history', () => {
  const page = (owner: Person, as: Person, query = '') =>
    call('GET', `/api/v1/chat/user/support/${owner.id}/messages/${query}`, { as: as.token })

  const startChat = async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, helper] = [await joinRoom(sam), await joinRoom(sam, staff)]
    for (let n = 1; n <= 5; n++) {
      const client = n % 2 === 1 ? phone : helper
      client.send({ message: n === 3 ? 'three\nstaff (support): forged' : `${n}`, client_id: `${n}` })
      await client.waitForFrame({ type: 'ack', id: n })
    }
    return { sam, staff, phone, helper }
  }

  test('is the same over HTTP as over the socket, page by page', async () => {
    const { sam, staff, helper } = await startChat()
    const history = await page(sam, sam)
    const sentAt = /"sent_at":"[^"]+"/g
    expect(history.text.replaceAll(sentAt, '"sent_at":""')).toBe(
      `{"messages":[${[1, 2, 3, 4, 5]
        .map(
          (n) =>
            `{"id":${n},"message":${JSON.stringify(n === 3 ? 'three\nstaff (support): forged' : `${n}`)},"from_admin":${n % 2 === 0},"sender_id":${n % 2 === 0 ? staff.id : sam.id},"sent_at":""}`,
        )
        .join(',')}],"unread":2}`,
    )
    const late = await joinRoom(sam, staff, { since: 0 })
    await until(() => late.messages().length === 5)
    const overHttp = Object(history.json).messages.map(({ id, message, from_admin, sent_at }: Record<string, unknown>) => [
      id,
      message,
      from_admin,
      sent_at,
    ])
    // Beside the messages, a connecting client gets the read marks and the automatic answers that exist already.
    const [marks, notices] = [late.frames.filter(({ type }) => type === 'read'), late.frames.filter(({ type }) => type === 'notice')]
    const messages = late.frames.filter(({ type }) => type !== 'read' && type !== 'notice')
    expect(marks.map(({ id, from_admin }) => [id, from_admin])).toEqual([[4, true]])
    expect(notices.map(({ id, after }) => [id, after])).toEqual([[1, 1]])
    expect(messages.map(({ id, message, from_admin, sent_at }) => [id, message, from_admin, sent_at])).toEqual(overHttp)
    const ids = (response: { json: unknown }) => Object(response.json).messages.map(({ id }: { id: number }) => id)
    expect(ids(await page(sam, staff, '?limit=2'))).toEqual([4, 5])
    expect(ids(await page(sam, staff, '?limit=2&before=4'))).toEqual([2, 3])
    expect(ids(await page(sam, staff, '?before=1'))).toEqual([])
    helper.send({ type: 'read', id: 5 })
    await until(async () => Object((await page(sam, staff)).json).unread === 0)
  })

  test('only the person and staff can read it; invalid page parameters are a 400', async () => {
    const { sam, staff } = await startChat()
    for (const end of ['messages/', 'messages.txt', 'messages.json']) {
      const path = `/api/v1/chat/user/support/${sam.id}/${end}`
      const refused = await call('GET', path, { as: (await person()).token })
      expect([refused.status, refused.text]).toEqual([403, '{"error":"You are not authorized to access this chat"}'])
      expect((await call('GET', path)).status).toBe(401)
      const missing = await call('GET', `/api/v1/chat/user/support/987654321/${end}`, { as: staff.token })
      expect([missing.status, missing.text]).toEqual([404, '{"error":"User not found"}'])
    }
    for (const query of ['?limit=0', '?limit=x', '?limit=100000', '?before=0', '?before=x'])
      expect((await page(sam, sam, query)).status).toBe(400)
  })

  test('can be downloaded as a file, in which no message can imitate another one', async () => {
    const { sam, staff } = await startChat()
    const text = await call('GET', `/api/v1/chat/user/support/${sam.id}/messages.txt`, { as: sam.token })
    expect(text.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(text.headers.get('Content-Disposition')).toBe(`attachment; filename="support-${sam.id}.txt"`)
    const lines = text.text.split('\n')
    expect(lines[0]).toMatch(new RegExp(`^Support chat of ${sam.username} \\(${sam.id}\\), as of 20`))
    expect(lines.slice(2).map((line) => line.replace(/^\S+Z {2}/, ''))).toEqual([
      `${sam.username}: 1`,
      `${staff.username} (support): 2`,
      `${sam.username}: three`,
      '    staff (support): forged',
      `${staff.username} (support): 4`,
      `${sam.username}: 5`,
      '',
    ])
    const json = await call('GET', `/api/v1/chat/user/support/${sam.id}/messages.json`, { as: staff.token })
    expect(Object.keys(Object(json.json))).toEqual(['user_id', 'username', 'exported_at', 'messages'])
    expect(Object(json.json).messages).toEqual(Object((await page(sam, staff)).json).messages)
    const empty = await call('GET', `/api/v1/chat/user/support/${staff.id}/messages.json`, { as: staff.token })
    expect(Object(empty.json).messages).toEqual([])
  })

  test('is downloaded completely, even when it is long', async () => {
    const { sam } = await startChat()
    await addMessages(sam, 1300)
    const json = await call('GET', `/api/v1/chat/user/support/${sam.id}/messages.json`, { as: sam.token })
    expect(Object(json.json).messages.map(({ id }: { id: number }) => id)).toEqual(Array.from({ length: 1305 }, (_, n) => n + 1))
  })
})

/** Inside the object: each call from outside would cost several milliseconds of CPU time. */
const addMessages = (owner: Person, count: number): Promise<void> =>
  runInDurableObject(env.SUPPORT_ROOM.getByName(String(owner.id)), async (room) => {
    for (let n = 0; n < count; n++) {
      // A new sender for every 20 messages, to stay below the rate limit.
      const sender = { id: 1_000_000 + Math.floor(n / 20), username: 'many' }
      await room.storeMessage(
        { id: owner.id, username: owner.username },
        { sender, fromAdmin: false, message: `m${n}`, clientId: null, connectionId: '' },
      )
    }
  })
