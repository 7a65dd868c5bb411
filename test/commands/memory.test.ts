import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset, type Dataset } from '../bench/dataset.ts'
import type { Isolate } from '../bench/isolate.ts'
import { CHAT_WITHOUT_LIMIT } from '../bench/room.ts'
import { type Runtime, serve } from '../bench/runtime.ts'
import { BenchSocket } from '../bench/socket.ts'
import { concordServer } from '../bench/workers.ts'
import { LARGE_IMAGES } from '../support/large-images.ts'

/**
 * What the isolate of the real Worker holds while it handles the largest requests and responses, twenty at once. Garbage is freed before
 * each reading, as V8 does itself on the platform when the heap comes near its limit.
 */

const MIB = 1024 * 1024
const AT_ONCE = 20

/** The platform gives an isolate 128 MB. The memory of the password hash is not in V8's figures; a hash uses 19 MiB of it. */
const LIMIT = 128 * 1_000_000 - 19 * MIB

let runtime: Runtime
let isolate: Isolate
let dataset: Dataset
let origin: string

beforeAll(async () => {
  runtime = await serve(
    { root: import.meta.dirname, workers: [concordServer('memory', 'memory', { vars: CHAT_WITHOUT_LIMIT })] },
    { inspector: true },
  )
  await runtime.migrate('memory', 'DB')
  dataset = await createDataset(await runtime.database('memory'), 1000)
  isolate = await runtime.isolate('memory')
  const { host, port } = runtime.served('memory').target
  origin = `http://${host}:${port}`
})

afterAll(async () => {
  isolate?.close()
  await runtime?.close()
})

const callerOf = (index: number) => dataset.people[index % dataset.people.length] ?? dataset.people[0]

const send = async (index: number, method: string, path: string, body: BodyInit | null = null, type = '') => {
  const headers = { Authorization: `Token ${callerOf(index).token}`, ...(body !== null && { 'Content-Type': type }) }
  const response = await fetch(origin + path, { method, headers, body })
  return { status: response.status, bytes: (await response.arrayBuffer()).byteLength }
}

type Reply = Awaited<ReturnType<typeof send>>

/** Sends twenty requests at once, and reads again and again what the isolate holds. */
const measure = async (
  request: (index: number) => Promise<Reply>,
): Promise<{ readonly held: number; readonly replies: readonly Reply[] }> => {
  const replies = Promise.all(Array.from({ length: AT_ONCE }, (_, index) => request(index)))
  // An isolate without requests does not answer its inspector.
  const done = replies.then(() => null)
  let held = 0
  for (;;) {
    const heap = await Promise.race([done, isolate.collectGarbage().then(isolate.heap)])
    if (heap === null) return { held, replies: await replies }
    held = Math.max(held, heap.objects + heap.buffers)
  }
}

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data; boundary=b'

const MANY_OBJECTS = `[${'{},'.repeat(MIB / 3 - 100)}{}]`

/** One character needs two bytes, so V8 stores all of them in two. */
const LONG_TEXT = `€${'a'.repeat(MIB - 200)}`

const session = (rest: string) => `{"name":"Run","date":"2026-01-02","duration":5,"rest":${rest}}`

const part = (head: string, content: Uint8Array): Uint8Array<ArrayBuffer> => {
  const start = new TextEncoder().encode(`--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n`)
  const end = new TextEncoder().encode('\r\n--b--\r\n')
  const body = new Uint8Array(start.length + content.length + end.length)
  body.set(start)
  body.set(content, start.length)
  body.set(end, start.length + content.length)
  return body
}

const picture = part('name="Profile_img"; filename="me.jpg"', LARGE_IMAGES['JPEG of one scan']())
const field = part('name="Bio"', new TextEncoder().encode(`€${'a'.repeat(5 * MIB)}`))

describe('twenty at once stay below the memory of an isolate:', () => {
  test.each([
    ['JSON of empty objects', session(MANY_OBJECTS), JSON_TYPE, 413],
    ['JSON of one text', session(JSON.stringify(LONG_TEXT)), JSON_TYPE, 201],
    ['form fields', `name=Run&date=2026-01-02&duration=5${'&a'.repeat(500_000)}`, FORM_TYPE, 413],
    ['a form of one text', `name=Run&date=2026-01-02&duration=5&rest=${LONG_TEXT}`, FORM_TYPE, 201],
  ])('%s', async (_, body, type, status) => {
    const { held, replies } = await measure((index) => send(index, 'POST', '/session/', body, type))
    expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: AT_ONCE }, () => status))
    console.log(Math.round(held / 1e5) / 10)
    expect(held).toBeLessThan(LIMIT)
  })

  test.each([
    ['pictures', picture, 201],
    ['multipart forms of one text', field, 413],
  ])('%s', async (_, body, status) => {
    const { held, replies } = await measure((index) => send(index, 'POST', '/profile/', body, MULTIPART))
    expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: AT_ONCE }, () => status))
    console.log(Math.round(held / 1e5) / 10)
    expect(held).toBeLessThan(LIMIT)
  })

  test('pages of a list', async () => {
    const database = await runtime.database('memory')
    await database.prepare('UPDATE plans SET description = ?').bind('€'.repeat(5000)).run()
    const { held, replies } = await measure((index) => send(index, 'GET', '/api/plans?limit=100'))
    for (const { status, bytes } of replies) {
      expect(status).toBe(200)
      expect(bytes).toBeGreaterThan(0.9 * MIB)
    }
    console.log(Math.round(held / 1e5) / 10)
    expect(held).toBeLessThan(LIMIT)
  })

  test('pages of the conversation', async () => {
    const { id, token } = callerOf(0)
    const socket = await BenchSocket.open(new URL(`/ws/chat/${id}/`, origin), ['concord.v1', `concord.token.${token}`])
    const message = '€'.repeat(4000)
    const stored = new Promise<void>((resolve, reject) => {
      let acks = 0
      socket.listen((bytes, from, to) => {
        if (bytes.toString('utf8', from, to).startsWith('{"type":"ack"') && ++acks === 500) resolve()
      }, reject)
    })
    for (let n = 0; n < 500; n++) socket.send(JSON.stringify({ message, client_id: `${n}` }))
    await stored
    await socket.close()
    const { held, replies } = await measure(() => send(0, 'GET', `/api/v1/chat/user/support/${id}/messages/?limit=500`))
    for (const { status, bytes } of replies) {
      expect(status).toBe(200)
      expect(bytes).toBeGreaterThan(0.9 * MIB)
    }
    console.log(Math.round(held / 1e5) / 10)
    expect(held).toBeLessThan(LIMIT)
  })
})
