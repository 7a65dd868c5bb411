import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { call, hear, textAt } from '../support/call.ts'
import { PASSWORD, type Person, person, personWith } from '../support/people.ts'
import { handshake, sitIn, until } from '../support/sockets.ts'

const ABSENT = '{"detail":"Authentication credentials were not provided."}'
const bare = ({ token }: Person): string => token.slice('Token '.length)
const roomOf = ({ id }: Person): string => `/ws/chat/${id}/`
const DESKS = ['/ws/admin/', '/ws/chat/admin/']

const answer = async (path: string, headers: Record<string, string> = {}) => {
  const response = await handshake(path, headers)
  expect(response.webSocket).toBeNull()
  return hear(response)
}

const opens = async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
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
  test('takes the credential from the header, the query, the subprotocol or the cookie, in this order', async () => {
    const sam = await person('sam')
    const path = roomOf(sam)
    const token = bare(sam)
    await opens(path, { Authorization: `Token ${token}` })
    await opens(path, { Authorization: `Bearer ${token}` })
    await opens(`${path}?token=${token}`)
    const chosen = await opens(path, { 'Sec-WebSocket-Protocol': `concord.token.${token}, concord.v1` })
    expect(chosen.headers.get('Sec-WebSocket-Protocol')).toBe('concord.v1')
    const cookie = await sessionOf(sam)
    await opens(path, { Cookie: cookie, Origin: 'https://concord.test' })
    await opens(path, { Cookie: cookie })
    // What stands first decides, even where something good stands behind it.
    expect((await answer(`${path}?token=${token}`, { Authorization: 'Token nonsense' })).text).toBe('{"detail":"Invalid token."}')
    expect((await answer(`${path}?token=nonsense`, { 'Sec-WebSocket-Protocol': `concord.token.${token}` })).status).toBe(401)
    expect((await answer(path, { 'Sec-WebSocket-Protocol': 'concord.token.nonsense', Cookie: cookie })).status).toBe(401)
    expect((await opens(path, { Authorization: 'Basic eA==', Cookie: cookie })).status).toBe(101)
  })

  test('by cookie is for our own pages alone', async () => {
    const sam = await person('sam')
    const cookie = await sessionOf(sam)
    for (const headers of [
      { Origin: 'https://elsewhere.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { Origin: 'http://concord.test' },
    ]) {
      const refused = await answer(roomOf(sam), { Cookie: cookie, ...headers })
      expect([refused.status, refused.text]).toEqual([401, ABSENT])
    }
    await opens(`${roomOf(sam)}?token=${bare(sam)}`, { Cookie: cookie, Origin: 'https://elsewhere.example' })
  })

  test.each([
    [{}, ABSENT],
    [{ Authorization: 'Token' }, '{"detail":"Invalid token header. No credentials provided."}'],
    [{ Authorization: 'Token a b' }, '{"detail":"Invalid token header. Token string should not contain spaces."}'],
    [{ Authorization: 'Token a.b.c' }, '{"detail":"Invalid token."}'],
  ])('without a good credential is a 401 over HTTP: %j', async (headers, text) => {
    for (const path of ['/ws/chat/1/', '/ws/chat/x/', ...DESKS]) {
      const refused = await answer(path, headers)
      expect([refused.status, refused.text, refused.headers.get('WWW-Authenticate')]).toEqual([401, text, 'Token'])
    }
  })

  test('with one that was revoked, or of an account that is closed, is refused', async () => {
    const [sam, pam] = [await person('sam'), await person('pam')]
    await call('POST', '/user/logout/', { as: sam.token })
    expect((await answer(roomOf(sam), { Authorization: sam.token })).text).toBe('{"detail":"Invalid token."}')
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(pam.id).run()
    expect((await answer(roomOf(pam), { Authorization: pam.token })).text).toBe('{"detail":"User inactive or deleted."}')
    const refresh = await call('POST', '/api/token/', { json: { username: (await person('ann')).username, password: PASSWORD } })
    expect((await answer('/ws/chat/1/', { Authorization: `Bearer ${textAt(refresh, 'refresh')}` })).status).toBe(401)
  })

  test("is refused at somebody else's room, at nobody's, and at the desk; staff may sit anywhere that is somebody's", async () => {
    const [sam, stranger, staff] = [await person('sam'), await person(), await personWith('is_superuser')]
    for (const path of [roomOf(sam), '/ws/chat/987654321/', '/ws/chat/x/', '/ws/chat/-1/', ...DESKS]) {
      const refused = await answer(path, { Authorization: stranger.token })
      expect([refused.status, refused.text]).toEqual([403, '{"error":"You are not authorized to access this chat"}'])
    }
    for (const path of ['/ws/chat/987654321/', '/ws/chat/x/', '/ws/chat/0/']) {
      const nobody = await answer(path, { Authorization: staff.token })
      expect([nobody.status, nobody.text]).toEqual([404, '{"error":"User not found"}'])
    }
    for (const path of [roomOf(sam), roomOf(staff), ...DESKS]) await opens(path, { Authorization: staff.token })
    await opens(`/ws/chat/${sam.id}`, { Authorization: sam.token })
  })

  test('that is none is told to upgrade', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    for (const [path, as] of [
      [roomOf(sam), sam.token],
      ['/ws/admin/', staff.token],
    ] as const) {
      for (const headers of [{}, { Upgrade: 'h2c' }]) {
        const told = await call('GET', path, { as, headers })
        expect([told.status, told.text, told.headers.get('Upgrade')]).toEqual([
          426,
          '{"detail":"Upgrade to a WebSocket is required."}',
          'websocket',
        ])
      }
      expect((await call('POST', path, { as })).status).toBe(405)
    }
  })

  test('cannot say for itself who it is from', async () => {
    const [sam, stranger] = [await person('sam'), await person()]
    const seat = encodeURIComponent(JSON.stringify({ person: { id: sam.id }, seat: { id: sam.id, staff: true } }))
    expect((await answer(roomOf(sam), { Authorization: stranger.token, 'X-Concord-Connection': seat })).status).toBe(403)
    const theirs = await sitIn(stranger)
    const response = await opens(roomOf(stranger), { Authorization: stranger.token, 'X-Concord-Connection': seat })
    response.webSocket?.send('{"message":"who am I?"}')
    expect(await theirs.hears({ message: 'who am I?' })).toMatchObject({ from_admin: false, user_id: String(stranger.id) })
  })

  test('with an odd ?since= opens all the same', async () => {
    const sam = await person('sam')
    for (const since of ['x', '-1', '', '1.5', '99999999999999999999'])
      await opens(`${roomOf(sam)}?since=${since}`, { Authorization: sam.token })
  })
})

describe('the history', () => {
  const page = (someone: Person, as: Person, query = '') =>
    call('GET', `/api/v1/chat/user/support/${someone.id}/messages/${query}`, { as: as.token })

  const talk = async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, helper] = [await sitIn(sam), await sitIn(sam, staff)]
    for (let n = 1; n <= 5; n++) {
      const client = n % 2 === 1 ? phone : helper
      client.send({ message: n === 3 ? 'three\nstaff (support): forged' : `${n}`, client_id: `${n}` })
      await client.hears({ type: 'ack', id: n })
    }
    return { sam, staff, phone, helper }
  }

  test('is the same over HTTP as over the socket, page by page', async () => {
    const { sam, staff, helper } = await talk()
    const whole = await page(sam, sam)
    const sentAt = /"sent_at":"[^"]+"/g
    expect(whole.text.replaceAll(sentAt, '"sent_at":""')).toBe(
      `{"messages":[${[1, 2, 3, 4, 5]
        .map(
          (n) =>
            `{"id":${n},"message":${JSON.stringify(n === 3 ? 'three\nstaff (support): forged' : `${n}`)},"from_admin":${n % 2 === 0},"sender_id":${n % 2 === 0 ? staff.id : sam.id},"sent_at":""}`,
        )
        .join(',')}],"unread":2}`,
    )
    const late = await sitIn(sam, staff, { since: 0 })
    await until(() => late.messages().length === 5)
    const overHttp = Object(whole.json).messages.map(({ id, message, from_admin, sent_at }: Record<string, unknown>) => [
      id,
      message,
      from_admin,
      sent_at,
    ])
    expect(late.heard.map(({ id, message, from_admin, sent_at }) => [id, message, from_admin, sent_at])).toEqual(overHttp)
    const ids = (heard: { json: unknown }) => Object(heard.json).messages.map(({ id }: { id: number }) => id)
    expect(ids(await page(sam, staff, '?limit=2'))).toEqual([4, 5])
    expect(ids(await page(sam, staff, '?limit=2&before=4'))).toEqual([2, 3])
    expect(ids(await page(sam, staff, '?before=1'))).toEqual([])
    helper.send({ type: 'read', id: 5 })
    await until(async () => Object((await page(sam, staff)).json).unread === 0)
  })

  test('is for the person and for staff; odd pages are refused', async () => {
    const { sam, staff } = await talk()
    for (const end of ['messages/', 'messages.txt', 'messages.json']) {
      const path = `/api/v1/chat/user/support/${sam.id}/${end}`
      const refused = await call('GET', path, { as: (await person()).token })
      expect([refused.status, refused.text]).toEqual([403, '{"error":"You are not authorized to access this chat"}'])
      expect((await call('GET', path)).status).toBe(401)
      const nobody = await call('GET', `/api/v1/chat/user/support/987654321/${end}`, { as: staff.token })
      expect([nobody.status, nobody.text]).toEqual([404, '{"error":"User not found"}'])
    }
    for (const query of ['?limit=0', '?limit=x', '?limit=100000', '?before=0', '?before=x'])
      expect((await page(sam, sam, query)).status).toBe(400)
  })

  test('is written out as a file, in which nobody can forge a line', async () => {
    const { sam, staff } = await talk()
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

  test('is written out whole, however long it is', async () => {
    const { sam } = await talk()
    await runWith(sam, 1300)
    const json = await call('GET', `/api/v1/chat/user/support/${sam.id}/messages.json`, { as: sam.token })
    expect(Object(json.json).messages.map(({ id }: { id: number }) => id)).toEqual(Array.from({ length: 1305 }, (_, n) => n + 1))
  })
})

const runWith = async (someone: Person, count: number): Promise<void> => {
  const room = env.SUPPORT_ROOM.getByName(String(someone.id))
  for (let n = 0; n < count; n++) {
    // As many senders as it takes to stay below what one may type.
    const sender = { id: 1_000_000 + Math.floor(n / 20), username: 'many' }
    await room.say(
      { id: someone.id, username: someone.username },
      { sender, fromAdmin: false, message: `m${n}`, clientId: null, connectionId: '' },
    )
  }
}
