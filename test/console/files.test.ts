import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { systemContext } from '../../src/domain/access.ts'
import { sweepChatFiles } from '../../src/domain/maintenance/sweep-media.ts'
import { SupportRoom } from '../../src/durable/support-room.ts'
import { at, call, ORIGIN, type TestResponse, textAt } from '../support/call.ts'
import { gif, jpeg, png, textOf, webp } from '../support/images.ts'
import { freshName, PASSWORD, type Person, person, personWith } from '../support/people.ts'
import { joinRoom, until } from '../support/sockets.ts'
import { handleWith } from '../support/worker-context.ts'

const HOUR = 60 * 60_000
const pdf = () => new TextEncoder().encode('%PDF-1.7 a report')

const roomOf = ({ id }: Pick<Person, 'id'>) => env.SUPPORT_ROOM.getByName(String(id))

const formOf = (content: Uint8Array | string, name = 'beach.jpg'): FormData => {
  const form = new FormData()
  form.set('name', name)
  form.set('file', new Blob([content]), 'file')
  return form
}

const upload = (owner: Pick<Person, 'id'>, as: Person, content: Uint8Array | string = jpeg(), name?: string): Promise<TestResponse> =>
  call('POST', `/support/files/${owner.id}/`, { as: as.token, body: formOf(content, name) })

const uploaded = async (owner: Person, as: Person, content?: Uint8Array | string, name?: string): Promise<string> => {
  const response = await upload(owner, as, content, name)
  if (response.status !== 201) throw new Error(response.text)
  return textAt(response, 'id')
}

const fetchFile = (owner: Pick<Person, 'id'>, id: string, as?: string): Promise<Response> =>
  handleWith(
    new Request(`${ORIGIN}/support/files/${owner.id}/${id}`, { headers: as === undefined ? {} : { Authorization: as } }),
    createContext(env, { waitUntil: () => undefined }),
  )

const statusOf = async (response: Promise<Response>): Promise<number> => {
  const { status, body } = await response
  await body?.cancel()
  return status
}

const send = (owner: Pick<Person, 'id'>, as: Person, id: string, clientId = 'a'): Promise<TestResponse> =>
  call('POST', `/support/files/${owner.id}/${id}/send/`, { as: as.token, json: { client_id: clientId } })

const sent = async (owner: Person, as: Person, content?: Uint8Array | string, name?: string): Promise<string> => {
  const id = await uploaded(owner, as, content, name)
  expect((await send(owner, as, id, id)).status).toBe(200)
  return id
}

const keysOf = async ({ id }: Pick<Person, 'id'>): Promise<string[]> =>
  (await env.MEDIA.list({ prefix: `chat/${id}/` })).objects.map(({ key }) => key)

describe('a picture', () => {
  test('that the person sends over the socket reaches staff, without its metadata', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, helper] = [await joinRoom(sam), await joinRoom(sam, staff)]
    const id = await uploaded(sam, sam)
    phone.send({ type: 'file', file: id, client_id: 'a' })
    expect(await phone.waitForFrame({ type: 'ack' })).toEqual({ type: 'ack', id: 1, client_id: 'a' })
    const frame = await helper.waitForFrame({ event: 'chat_message' })
    const response = await fetchFile(sam, id, staff.token)
    const content = new Uint8Array(await response.arrayBuffer())
    expect(frame).toMatchObject({
      message: '[Picture: beach.jpg]',
      from_admin: false,
      file: { id, name: 'beach.jpg', type: 'image/jpeg', size: content.length },
    })
    expect(response.headers.get('Content-Type')).toBe('image/jpeg')
    expect(textOf(content)).not.toMatch(/GPSLatitude|Dublin/)
    expect(content.length).toBeGreaterThan(100)
  })

  test('that staff send over HTTP reaches the person, and both histories show it', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const phone = await joinRoom(sam)
    const id = await sent(sam, staff, png(), 'map.png')
    expect(await phone.waitForFrame({ event: 'chat_message' })).toMatchObject({ from_admin: true, file: { id, type: 'image/png' } })
    const file = { id, name: 'map.png', type: 'image/png' }
    const own = await call('GET', '/support/messages/', { as: sam.token })
    expect(at(own, 'messages')).toMatchObject([{ id: 1, message: '[Picture: map.png]', from_admin: true, file }])
    expect(Object.keys(Object(at(own, 'messages', 0)))).toEqual(['id', 'message', 'from_admin', 'sent_at', 'file'])
    const forStaff = await call('GET', `/console/api/rooms/${sam.id}/messages/`, { as: staff.token })
    expect(at(forStaff, 'messages')).toMatchObject([{ id: 1, file, sender: { id: staff.id } }])
    expect(await statusOf(fetchFile(sam, id, sam.token))).toBe(200)
  })

  test('is a text for clients of the contract: frames, list and transcript have the keys of the contract', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const old = await joinRoom(sam, sam, { old: true })
    await sent(sam, staff)
    const frame = await old.waitForFrame({ message: '[Picture: beach.jpg]' })
    expect(Object.keys(frame)).toEqual(['event', 'message', 'identifier', 'user_id', 'from_admin', 'id', 'sent_at'])
    const path = `/api/v1/chat/user/support/${sam.id}/messages`
    const list = await call('GET', `${path}/`, { as: sam.token })
    expect(Object.keys(Object(at(list, 'messages', 0)))).toEqual(['id', 'message', 'from_admin', 'sender_id', 'sent_at'])
    expect(at(list, 'messages', 0)).toMatchObject({ message: '[Picture: beach.jpg]' })
    expect((await call('GET', `${path}.txt`, { as: sam.token })).text).toContain('(support): [Picture: beach.jpg]\n')
  })

  test('that was missed arrives after a reconnection', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const id = await sent(sam, staff, gif(), 'cat.gif')
    const phone = await joinRoom(sam, sam, { since: 0 })
    expect(await phone.waitForFrame({ event: 'chat_message' })).toMatchObject({ file: { id, name: 'cat.gif', type: 'image/gif' } })
  })
})

describe('a file is sent once', () => {
  test('however often, from wherever and with whichever client id its sender sends it', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [await joinRoom(sam), await joinRoom(sam), await joinRoom(sam, staff)]
    const id = await uploaded(sam, sam)
    const requests = Promise.all(Array.from({ length: 5 }, (_, n) => send(sam, sam, id, `over HTTP ${n}`)))
    for (let n = 0; n < 5; n++) for (const client of [phone, laptop]) client.send({ type: 'file', file: id, client_id: `${n}` })
    expect((await requests).map((response) => at(response, 'id'))).toEqual([1, 1, 1, 1, 1])
    for (const client of [phone, laptop]) {
      await until(() => client.frames.filter(({ type }) => type === 'ack').length === 5)
      expect(new Set(client.frames.flatMap((frame) => (frame.type === 'ack' ? [frame.id] : [])))).toEqual(new Set([1]))
    }
    expect(helper.messages()).toEqual(['[Picture: beach.jpg]'])
  })

  test('and a client id that another message has stays with that message', async () => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    phone.send({ message: 'Hello', client_id: 'a' })
    await phone.waitForFrame({ type: 'ack' })
    const id = await uploaded(sam, sam)
    expect(at(await send(sam, sam, id, 'a'), 'id')).toBe(1)
    expect(at(await send(sam, sam, id, 'b'), 'id')).toBe(2)
  })

  test('and only by the account that uploaded it', async () => {
    const [sam, staff, other] = [await person('sam'), await personWith('is_staff'), await person('other')]
    const [helper, elsewhere] = [await joinRoom(sam, staff), await joinRoom(other)]
    const id = await uploaded(sam, sam)
    for (const client of [helper, elsewhere]) {
      client.send({ type: 'file', file: id, client_id: 'a' })
      expect(await client.waitForFrame({ event: 'error' })).toEqual({
        event: 'error',
        detail: 'file: There is no such file any more. Upload it again.',
      })
    }
    expect((await send(sam, staff, id)).status).toBe(404)
    expect((await send(other, other, id)).status).toBe(404)
    helper.send({ type: 'file', file: 'x' })
    await helper.waitForFrame({ detail: 'file: Must be the id of an uploaded file.' })
    expect((await send(sam, sam, 'x')).status).toBe(404)
    expect((await send(sam, sam, id)).status).toBe(200)
  })

  test('and counts for the rate limit of the chat', async () => {
    const sam = await person('sam')
    const id = await uploaded(sam, sam)
    const statuses = (await Promise.all(Array.from({ length: 40 }, () => send(sam, sam, id)))).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200, 429]))
  })
})

describe('nobody else reads a file', () => {
  test('another account, no credential, a revoked one, and a closed account', async () => {
    const [sam, other, staff] = [await person('sam'), await person('other'), await personWith('is_staff')]
    const id = await sent(sam, sam)
    expect(await statusOf(fetchFile(sam, id, sam.token))).toBe(200)
    expect(await statusOf(fetchFile(sam, id, staff.token))).toBe(200)
    expect(await statusOf(fetchFile(sam, id, other.token))).toBe(404)
    expect(await statusOf(fetchFile(other, id, other.token))).toBe(404)
    expect(await statusOf(fetchFile(sam, id))).toBe(401)
    expect((await call('GET', `/media/chat/${sam.id}/${id}`)).status).toBe(404)
    await call('POST', '/user/logout/', { as: sam.token })
    expect(await statusOf(fetchFile(sam, id, sam.token))).toBe(401)
    await env.DB.prepare('UPDATE accounts SET is_staff = 0 WHERE id = ?').bind(staff.id).run()
    expect(await statusOf(fetchFile(sam, id, staff.token))).toBe(404)
  })

  test('nor writes one: the response comes before the body is read', async () => {
    const [sam, other] = [await person('sam'), await person('other')]
    expect((await upload(sam, other)).status).toBe(404)
    expect((await call('POST', `/support/files/${sam.id}/`, { body: formOf(jpeg()) })).status).toBe(401)
    expect((await upload({ id: 987_654_321 }, await personWith('is_staff'))).status).toBe(404)
    const oversized = { as: other.token, body: 'x', headers: { 'Content-Type': 'nonsense' } }
    expect((await call('POST', `/support/files/${sam.id}/`, oversized)).status).toBe(404)
    expect(await keysOf(sam)).toEqual([])
  })

  test('before it is sent, not even the staff', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const id = await uploaded(sam, sam)
    expect(await statusOf(fetchFile(sam, id, staff.token))).toBe(404)
    expect(await statusOf(fetchFile(sam, id, sam.token))).toBe(200)
  })

  test.each(['x', '0'.repeat(32), `${'0'.repeat(31)}%2f`, '..%2f..%2fprofile_img'])('%s is no file', async (id) => {
    const sam = await person('sam')
    expect(await statusOf(fetchFile(sam, id, sam.token))).toBe(404)
  })
})

describe('what is accepted', () => {
  test.each([
    ['a JPEG', jpeg(), 'a.jpeg', 'image/jpeg', 'a.jpeg'],
    ['a PNG with a wrong name', png(), 'a.pdf', 'image/png', 'a.pdf.png'],
    ['a WebP', webp(), 'a.WEBP', 'image/webp', 'a.webp'],
    ['a PDF', pdf(), 'report.pdf', 'application/pdf', 'report.pdf'],
    ['a text', 'I feel 5 < 7, äöü 😀', 'diary.txt', 'text/plain', 'diary.txt'],
    ['a text with the name of a page', 'hello', 'index.html', 'text/plain', 'index.html.txt'],
    ['a text without a name', 'hello', '', 'text/plain', 'file.txt'],
  ])('%s', async (_what, content, name, type, storedName) => {
    const sam = await person('sam')
    const response = await upload(sam, sam, content, name)
    expect([response.status, response.json]).toMatchObject([201, { name: storedName, type }])
    expect(Object.keys(Object(response.json))).toEqual(['id', 'name', 'type', 'size'])
  })

  test.each([
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a picture with scripts', ' \n<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['XML', '\ufeff<?xml version="1.0"?>'],
    ['a program', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3, 0])],
    ['an archive', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0, 0])],
    ['no UTF-8', new Uint8Array([0x61, 0xff, 0xfe, 0x62])],
    ['a text that ends within a character', new Uint8Array([0x61, 0xc3])],
    ['half a picture', jpeg().subarray(0, 40)],
  ])('not %s', async (_what, content) => {
    const sam = await person('sam')
    const response = await upload(sam, sam, content)
    expect([response.status, response.json]).toEqual([
      400,
      { file: ['Only pictures (JPEG, PNG, WebP, GIF), PDF files and plain text can be sent.'] },
    ])
    expect(await keysOf(sam)).toEqual([])
  })

  test('at most 5 MiB, and not nothing', async () => {
    const sam = await person('sam')
    const limit = 5 * 1024 * 1024
    expect((await upload(sam, sam, 'x'.repeat(limit), 'a.txt')).status).toBe(201)
    expect((await upload(sam, sam, 'x'.repeat(limit + 1), 'a.txt')).status).toBe(413)
    expect((await upload(sam, sam, '')).json).toEqual({ file: ['The submitted file is empty.'] })
    expect((await call('POST', `/support/files/${sam.id}/`, { as: sam.token, json: { name: 'a' } })).status).toBe(400)
  })

  test('a hundred in a day', async () => {
    const sam = await person('sam')
    await uploaded(sam, sam, 'a')
    await env.DB.prepare(`UPDATE quota_uses SET uses = 99 WHERE account_id = ? AND quota = 'chat-files'`).bind(sam.id).run()
    expect((await upload(sam, sam, 'a')).status).toBe(201)
    expect((await upload(sam, sam, 'a')).status).toBe(429)
  })
})

describe('how a file is served', () => {
  const headersOf = async (content: Uint8Array | string, name: string): Promise<Headers> => {
    const sam = await person('sam')
    const response = await fetchFile(sam, await sent(sam, sam, content, name), sam.token)
    expect((await response.arrayBuffer()).byteLength).toBe(Number(response.headers.get('Content-Length')))
    return response.headers
  }

  test('a picture is shown, anything else only saved; neither can run anything', async () => {
    const files = [
      [jpeg(), 'a.jpg', 'image/jpeg', /^inline; /],
      [pdf(), 'a.pdf', 'application/pdf', /^attachment; /],
      ['a', 'a.txt', 'text/plain', /^attachment; /],
    ] as const
    for (const [content, name, type, disposition] of files) {
      const headers = await headersOf(content, name)
      expect(headers.get('Content-Type')).toBe(type)
      expect(headers.get('Content-Disposition')).toMatch(disposition)
      expect(headers.get('Content-Security-Policy')).toBe("default-src 'none'; sandbox; frame-ancestors 'none'")
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin')
      expect(headers.get('Cache-Control')).toBe('private, no-store')
    }
  })

  test('its name cannot add a header, a folder or another extension', async () => {
    const disposition = async (name: string) => (await headersOf('a', name)).get('Content-Disposition')
    expect(await disposition("a'b (c).txt")).toBe(`attachment; filename="a_b _c_.txt"; filename*=UTF-8''a%27b%20%28c%29.txt`)
    expect(await disposition('C:\\x\\..\\"é;.txt')).toBe(`attachment; filename="__.txt"; filename*=UTF-8''%C3%A9%3B.txt`)
    expect(await disposition('invoice\u202etxt.exe')).toBe(`attachment; filename="invoicetxt.exe.txt"; filename*=UTF-8''invoicetxt.exe.txt`)
  })
})

describe('the audit trail', () => {
  const entriesAbout = async ({ id }: Person) =>
    (await env.DB.prepare(`SELECT role, actor_id, detail FROM audit_entries WHERE subject_id = ? AND action = 'file-read'`).bind(id).all())
      .results

  test('records each time staff get a file, and not the person', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const id = await sent(sam, sam)
    await statusOf(fetchFile(sam, id, sam.token))
    expect(await entriesAbout(sam)).toEqual([])
    await statusOf(fetchFile(sam, id, staff.token))
    expect(await entriesAbout(sam)).toEqual([{ role: 'staff', actor_id: staff.id, detail: id }])
  })
})

describe('an upload that is not sent', () => {
  /** Runs the room's alarm at a later time. */
  const runAlarmAt = async (owner: Person, now: number, change: Partial<SupportRoom['dependencies']> = {}): Promise<void> => {
    await runInDurableObject(roomOf(owner), (room) => {
      if (!(room instanceof SupportRoom)) throw new Error('no room')
      room.dependencies = { ...room.dependencies, now: () => now, ...change }
    })
    await runDurableObjectAlarm(roomOf(owner))
  }
  const alarmOf = (owner: Person) => runInDurableObject(roomOf(owner), (_room, state) => state.storage.getAlarm())

  test('is deleted after an hour; one that was sent stays', async () => {
    const sam = await person('sam')
    const [kept, forgotten] = [await sent(sam, sam), await uploaded(sam, sam, 'secret', 'diary.txt')]
    expect(await alarmOf(sam)).toBeLessThanOrEqual(Date.now() + HOUR)
    await runAlarmAt(sam, Date.now() + HOUR - 5000)
    expect((await keysOf(sam)).length).toBe(2)
    expect(await alarmOf(sam)).not.toBeNull()
    await runAlarmAt(sam, Date.now() + HOUR)
    expect(await keysOf(sam)).toEqual([`chat/${sam.id}/${kept}`])
    expect((await send(sam, sam, forgotten)).status).toBe(404)
    expect(await statusOf(fetchFile(sam, forgotten, sam.token))).toBe(404)
    // A report to the desk that was under way wakes the room once more.
    await expect.poll(() => alarmOf(sam), { timeout: 30_000 }).toBeNull()
  })

  test('is deleted later if the bucket fails, and can not be sent meanwhile', async () => {
    const sam = await person('sam')
    const id = await uploaded(sam, sam)
    const failing = async () => {
      throw new Error('the bucket fails')
    }
    await runAlarmAt(sam, Date.now() + HOUR, { removeFiles: failing })
    expect((await send(sam, sam, id)).status).toBe(404)
    expect(await alarmOf(sam)).not.toBeNull()
    await runAlarmAt(sam, Date.now() + HOUR, { removeFiles: (keys) => env.MEDIA.delete([...keys]) })
    expect(await keysOf(sam)).toEqual([])
  })
})

describe('an account that is erased', () => {
  test('leaves no file, whether it was sent or not, and neither does an upload that is under way', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    await sent(sam, sam)
    await sent(sam, staff)
    await uploaded(sam, sam)
    const erased = await call('POST', '/account/erase', { as: sam.token, json: { password: PASSWORD } })
    expect([erased.status, at(erased, 'removed', 'files')]).toEqual([200, 3])
    expect(await keysOf(sam)).toEqual([])
    expect((await upload(sam, staff)).status).toBe(404)
  })

  test.each([
    ['before its bytes are read', 401],
    ['while its bytes are stored', 404],
  ] as const)('%s, an upload ends with a %i', async (when, status) => {
    const sam = await person('sam')
    const context = createContext(env, { waitUntil: () => undefined })
    const eraseNow = async () => {
      await env.DB.prepare('DELETE FROM accounts WHERE id = ?').bind(sam.id).run()
      await roomOf(sam).erase()
    }
    const form = new Response(formOf(jpeg()))
    const bytes = new Uint8Array(await form.arrayBuffer())
    const send = async (controller: ReadableStreamDefaultController): Promise<void> => {
      if (when === 'before its bytes are read') await eraseNow()
      controller.enqueue(bytes)
      controller.close()
    }
    // Nothing is read ahead: the body begins when the caller is authenticated.
    const body = new ReadableStream({ pull: send }, { highWaterMark: 0 })
    const headers = { Authorization: sam.token, 'Content-Type': form.headers.get('Content-Type') ?? '' }
    const request = new Request(`${ORIGIN}/support/files/${sam.id}/`, { method: 'POST', headers, body })
    const put: typeof context.media.put = async (...parameters) => {
      await context.media.put(...parameters)
      if (when === 'while its bytes are stored') await eraseNow()
    }
    const response = await handleWith(request, { ...context, media: { ...context.media, put } })
    expect(await statusOf(Promise.resolve(response))).toBe(status)
    expect(await keysOf(sam)).toEqual([])
  })

  test('is found by the daily sweep if all of this was interrupted', async () => {
    const sam = await person('sam')
    const id = await sent(sam, sam)
    const orphan = `chat/987654321/${'a'.repeat(32)}`
    await env.MEDIA.put(orphan, 'a file')
    const context = systemContext(createContext(env, { waitUntil: () => undefined }))
    expect(await sweepChatFiles(context)).toBe(0)
    expect(await sweepChatFiles({ ...context, now: () => Date.now() + 2 * HOUR })).toBe(1)
    expect(await env.MEDIA.head(orphan)).toBeNull()
    expect(await keysOf(sam)).toEqual([`chat/${sam.id}/${id}`])
  })
})

test('a cookie is not enough for another site to upload or send a file', async () => {
  const username = freshName('sam')
  await call('POST', '/user/register/', { json: { username, email: `${username}@example.com`, password: PASSWORD } })
  const login = await call('POST', '/api/sessions/', { json: { username, password: PASSWORD } })
  const cookie = /sessionid=[^;]+/.exec(login.headers.get('Set-Cookie') ?? '')?.[0] ?? ''
  const id = await env.DB.prepare('SELECT id FROM accounts WHERE username = ?').bind(username).first<number>('id')
  const request = (site: string) =>
    call('POST', `/support/files/${id}/`, { body: formOf(jpeg()), headers: { Cookie: cookie, 'Sec-Fetch-Site': site } })
  expect((await request('cross-site')).status).toBe(403)
  expect((await request('same-origin')).status).toBe(201)
})
