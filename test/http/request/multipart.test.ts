import { describe, expect, test } from 'vitest'
import { parseMultipart, Upload } from '../../../src/http/request/multipart.ts'
import { call } from '../../support/call.ts'
import { PASSWORD, person } from '../../support/people.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const TYPE = 'multipart/form-data; boundary=b'

const MIB = 1024 * 1024

/** The fields as text; a file is shown as an array of its bytes. */
const parsed = (body: string | Uint8Array, contentType = TYPE) => {
  const entries = parseMultipart(typeof body === 'string' ? encode(body) : body, contentType, MIB)
  return Array.isArray(entries) ? entries.map(([name, value]) => [name, value instanceof Upload ? [...value.bytes] : value]) : entries
}

const part = (name: string, content: string) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`

describe('a multipart form', () => {
  test('of the platform is read as it was written', async () => {
    const form = new FormData()
    const file = Uint8Array.from({ length: 3000 }, (_, index) => (index * 7) % 256)
    form.append('plain', 'text')
    form.append('ünïcödé', 'läng\r\ner\nText ✓')
    form.append('twice', '1')
    form.append('twice', '')
    form.append('quote"d;name=x', '--b')
    form.append('file', new File([file], 'a "b".jpg'))
    form.append('empty', new File([], ''))
    const request = new Request('https://concord.test', { method: 'POST', body: form })
    const entries = parsed(new Uint8Array(await request.arrayBuffer()), request.headers.get('Content-Type') ?? '')
    expect(entries).toEqual([
      ['plain', 'text'],
      ['ünïcödé', 'läng\r\ner\nText ✓'],
      ['twice', '1'],
      ['twice', ''],
      ['quote"d;name=x', '--b'],
      ['file', [...file]],
      ['empty', []],
    ])
  })

  test('shares the bytes of a file with the body', () => {
    const body = encode('--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nabc\r\n--b--')
    const upload = parseMultipart(body, TYPE, MIB)?.at(0)?.[1]
    expect(upload instanceof Upload && upload.bytes.buffer).toBe(body.buffer)
  })

  test.each([
    ['without fields', '--b--\r\n', []],
    ['with text around it', `before\r\n${part('a', '1')}--b--\r\nafter`, [['a', '1']]],
    ['with single line feeds', '--b\nContent-Disposition: form-data; name="a"\n\n1\n--b--\n', [['a', '1']]],
    ['with an empty field', `${part('a', '')}--b--`, [['a', '']]],
    ['with blanks after the delimiter', `${part('a', '1').replace('--b', '--b \t')}--b--`, [['a', '1']]],
    ['whose content begins like the delimiter', `${part('a', '--b\r\n--a\r\n\r\n-')}--b--`, null],
    [
      'with other headers',
      `--b\r\nX: y\r\ncontent-disposition:form-data;NAME=a\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--`,
      [['a', '1']],
    ],
    ['with an escaped quote', `${part('a\\"b', '1')}--b--`, [['a"b', '1']]],
    ['with an encoded file name', `--b\r\nContent-Disposition: form-data; name=a; filename*=utf-8''x\r\n\r\n1\r\n--b--`, [['a', [49]]]],
    ['with a name that looks like a file name', `${part('a; filename=x', '1')}--b--`, [['a; filename=x', '1']]],
  ])('%s', (_how, body, expected) => {
    expect(parsed(body)).toEqual(expected)
  })

  test('with a quoted boundary', () => {
    expect(parsed(`${part('a', '1').replace('--b', '--x y')}--x y--`, 'multipart/form-data; charset=utf-8; boundary="x y"')).toEqual([
      ['a', '1'],
    ])
  })

  test.each([
    ['no boundary', `${part('a', '1')}--b--`, 'multipart/form-data'],
    ['an empty boundary', `${part('a', '1')}--b--`, 'multipart/form-data; boundary=""'],
    ['no delimiter', 'a=1'],
    ['no end', part('a', '1')],
    ['an end within the headers', '--b\r\nContent-Disposition: form-data; name="a"'],
    ['no empty line', '--b\r\nContent-Disposition: form-data; name="a"\r\n--b--'],
    ['no name', '--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--'],
    ['no disposition', '--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--'],
    ['text after a delimiter', `${part('a', '1').replace('--b', '--bc')}--b--`],
    ['headers of more than 8 KiB', `${part('a'.repeat(8200), '1')}--b--`],
    ['more than 1,000 fields', `${part('a', '1').repeat(1001)}--b--`],
  ])('with %s is malformed', (_how, body, contentType = TYPE) => {
    expect(parsed(body, contentType)).toBeNull()
  })

  test('may have 1,000 fields', () => {
    expect(parsed(`${part('a', '1').repeat(1000)}--b--`)).toHaveLength(1000)
  })

  test.each([
    ['line feeds', '\n'],
    ['almost delimiters', '\r\n--'],
    ['delimiters', '\r\n--b'],
    ['headers', '\r\n--b\r\nContent-Disposition: form-data; a="'],
  ])('of five million bytes of %s is read quickly', (_what, text) => {
    const body = encode(part('a', text.repeat(Math.floor(5_000_000 / text.length))))
    const startedAt = performance.now()
    parsed(body)
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })

  test('that is malformed is a 400', async () => {
    const response = await call('POST', '/user/login/', { body: 'x', headers: { 'Content-Type': TYPE } })
    expect([response.status, response.text]).toEqual([400, '{"detail":"Multipart form parse error - Malformed form"}'])
  })
})

describe('a body without a length', () => {
  const chunked = (body: Uint8Array, size: number) =>
    new ReadableStream({
      start: (controller) => {
        for (let sent = 0; sent < body.length; sent += size) controller.enqueue(body.slice(sent, sent + size))
        controller.close()
      },
    })

  test.each([1, 7, 4096])('is read in chunks of %d bytes', async (size) => {
    const { username } = await person()
    const body = chunked(encode(JSON.stringify({ username, password: PASSWORD })), size)
    const response = await call('POST', '/user/login/', { body, headers: { 'Content-Type': 'application/json' } })
    expect(response.status).toBe(200)
  })
})

test('only a multipart form may be larger than 1 MiB where a file is accepted', async () => {
  const { token } = await person()
  const text = 'x'.repeat(MIB)
  const small = JSON.stringify({ Bio: text.slice(100) })
  const sent = (body: string, type: string) => call('POST', '/profile/', { as: token, body, headers: { 'Content-Type': type } })
  expect((await sent(small, 'application/json')).status).toBe(400)
  expect((await sent(JSON.stringify({ Bio: text }), 'application/json')).status).toBe(413)
  expect((await sent(`Bio=${text}`, 'application/x-www-form-urlencoded')).status).toBe(413)
  expect((await sent(`${part('Bio', text)}--b--`, TYPE)).status).toBe(400)
  expect((await sent(`${part('Bio', text)}${part('Name', 'x')}--b--`, TYPE)).status).toBe(413)
})

describe('a body', () => {
  /** With a valid name and date, so that only the size of the rest decides. */
  const send = async (rest: string) => {
    const { token } = await person()
    const body = `{"name":"Run","date":"2026-01-02","duration":5,"rest":${rest}}`
    return (await call('POST', '/session/', { as: token, body, headers: { 'Content-Type': 'application/json' } })).status
  }
  const list = (values: number, value: string) => `[${Array.from({ length: values }, () => value).join(',')}]`

  test.each(['0', '""', '[]', '{}', '{"a":0}'])('of twenty thousand values is read, and not of more: %s', async (value) => {
    const perItem = /[[{]/.test(value) ? 2 : 1
    const [around, items] = [5, Math.floor(19_995 / perItem)]
    expect(await send(list(items, value))).toBe(201)
    expect(await send(list(items + around, value))).toBe(413)
  })

  test('may contain any number of commas and brackets in its texts', async () => {
    expect(await send(JSON.stringify('[{,\\"'.repeat(100_000)))).toBe(201)
  })

  test('of a thousand form fields is read, and not of more', async () => {
    const { token } = await person()
    const form = async (fields: number) => {
      const body = `name=Run&date=2026-01-02&duration=5${'&x=1'.repeat(fields - 3)}`
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      return (await call('POST', '/session/', { as: token, body, headers })).status
    }
    expect(await form(1000)).toBe(201)
    expect(await form(1001)).toBe(413)
  })
})
