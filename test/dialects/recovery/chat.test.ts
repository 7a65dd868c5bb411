import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import { deskEventFrame } from '../../../src/dialects/recovery/frames.ts'
import type { Model, ModelTurn } from '../../../src/providers/model.ts'
import { clock, personWithContacts, recordingCarriers, rows, runAlarm, setDependencies, V1 } from '../../support/alarms.ts'
import { at, call, ORIGIN, readResponse, textAt } from '../../support/call.ts'
import { type Person, person, personWith } from '../../support/people.ts'
import { handleWith } from '../../support/worker-context.ts'

const send = (owner: Person, json: unknown, as = owner.token) => call('POST', `${V1}/chat/${owner.id}/`, { as, json })

/** The same request, with another model behind the assistant. */
const sendWith = async (owner: Person, text: string, model: Model) => {
  const execution = createExecutionContext()
  const request = new Request(`${ORIGIN}${V1}/chat/${owner.id}/`, {
    method: 'POST',
    headers: { Authorization: owner.token, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  const response = await readResponse(await handleWith(request, { ...createContext(env, execution), model }))
  await waitOnExecutionContext(execution)
  return response
}

const turnsOf = async (owner: Person) =>
  (await env.DB.prepare('SELECT role, text FROM assistant_turns WHERE account_id = ? ORDER BY id').bind(owner.id).all<ModelTurn>()).results

describe('the assistant', () => {
  test('replies, states that it is a program, and stores both turns', async () => {
    const sam = await person()
    const result = await send(sam, { text: ' I have a panic attack ' })
    expect(result.status).toBe(200)
    expect(Object.keys(result.json ?? {})).toEqual(['response'])
    expect(textAt(result, 'response')).toMatch(/^I am a program, not a person.*breathing/s)
    expect(await turnsOf(sam)).toEqual([
      { role: 'user', text: 'I have a panic attack' },
      { role: 'assistant', text: textAt(result, 'response') },
    ])
  })

  test.each([
    ['I keep having flashbacks', /5-4-3-2-1/],
    ['who can I talk to?', /emergency contacts.*support chat.*112/s],
    ['I can not sleep', /Nights/],
    ['are you a human?', /cannot see or call anyone/],
    ['thanks', /welcome/],
    ['xyzzy', /Say "breathe"/],
  ])('without a model, "%s" gets a built-in reply', async (text, expected) => {
    const result = await send(await person(), { text })
    expect(textAt(result, 'response')).toMatch(expected)
    expect(textAt(result, 'response')).toMatch(/not a person/)
  })

  test('only the person may use it; this is checked before the body', async () => {
    const [sam, staff] = [await person(), await personWith('is_admin')]
    for (const id of [sam.id, 987_654_321, 'x']) {
      const refused = await call('POST', `${V1}/chat/${id}/`, { as: staff.token, json: {} })
      expect([refused.status, refused.text]).toEqual([403, '{"error":"You are not authorized to send messages to this user"}'])
    }
    expect((await call('POST', `${V1}/chat/${sam.id}/`, { json: { text: 'x' } })).status).toBe(401)
    expect(await turnsOf(sam)).toEqual([])
  })

  test('a missing or invalid text is a 400', async () => {
    const sam = await person()
    for (const json of [{}, { text: '' }, { text: '  ' }, { text: null }, { text: true }, { text: ['x'] }]) {
      const refused = await send(sam, json)
      expect([refused.status, refused.text]).toEqual([400, '{"error":"Message text is required"}'])
    }
    expect((await send(sam, { text: 'x'.repeat(4001) })).text).toBe('{"text":["Ensure this field has no more than 4000 characters."]}')
    expect((await send(sam, { text: 'a\u0000' })).text).toBe('{"text":["Null characters are not allowed."]}')
    expect((await send(sam, [])).text).toBe('{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}')
    expect((await send(sam, { text: 'x\ny'.repeat(1333) })).status).toBe(200)
  })

  test('a model receives the last turns of the same person, up to a character limit', async () => {
    const [sam, other] = [await person(), await person()]
    await send(other, { text: 'another person' })
    const received: (readonly ModelTurn[])[] = []
    const model: Model = {
      reply: async (turns) => {
        received.push(turns)
        return `reply ${received.length}`
      },
    }
    for (const text of ['one', 'two']) expect(textAt(await sendWith(sam, text, model), 'response')).toBe(`reply ${received.length}`)
    expect(received[1]?.slice(1)).toEqual([
      { role: 'user', text: 'one' },
      { role: 'assistant', text: 'reply 1' },
      { role: 'user', text: 'two' },
    ])
    expect(received[1]?.[0]?.role).toBe('system')
    for (const letter of ['a', 'b', 'c']) await sendWith(sam, letter.repeat(3900), model)
    await sendWith(sam, 'last', model)
    const context = received.at(-1)?.slice(1, -1) ?? []
    expect(context.map(({ text }) => text[0])).toEqual(['b', 'r', 'c', 'r'])
    expect(context.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(8000)
  })

  test('only the last turns are stored', async () => {
    const sam = await person()
    const old = Array.from({ length: 100 }, (_, n) =>
      env.DB.prepare(`INSERT INTO assistant_turns VALUES (NULL, ?, 'user', ?, 0)`).bind(sam.id, `${n}`),
    )
    await env.DB.batch(old)
    await send(sam, { text: 'new' })
    const stored = await turnsOf(sam)
    expect(stored).toHaveLength(60)
    expect(stored[0]?.text).toBe('42')
  })

  test('a failing model is a 503 with crisis resources; the unanswered message is not stored', async () => {
    const sam = await personWithContacts({ contacts: [], therapist: false })
    const failed = await sendWith(sam, 'hello', { reply: async () => null })
    expect(failed.status).toBe(503)
    expect(failed.text).toBe(
      '{"error":"The assistant is not available right now.","resources":[{"country":"Ukraine","name":"Lifeline Ukraine","contact":"Call 7333"},{"country":"Anywhere","name":"Emergency services","contact":"Call 112, 911, 999 or your local number"},{"country":"Anywhere","name":"Find A Helpline","contact":"https://findahelpline.com"}]}',
    )
    expect(await turnsOf(sam)).toEqual([])
  })

  test('of forty simultaneous messages, thirty are answered', async () => {
    const sam = await person()
    const responses = await Promise.all(Array.from({ length: 40 }, () => send(sam, { text: 'hello' })))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(30)
    const refused = responses.find(({ status }) => status === 429)
    expect(refused?.headers.get('Retry-After')).toBe('60')
  })

  test('log lines contain no message text', async () => {
    const lines: unknown[] = []
    const spies = (['log', 'error', 'warn', 'info'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...values: unknown[]) => {
        lines.push(...values)
      }),
    )
    const sam = await person()
    await send(sam, { text: 'zebrafinch: I want to kill myself' })
    await sendWith(sam, 'zebrafinch again', { reply: async () => null })
    await sendWith(sam, 'zebrafinch breaks', { reply: () => Promise.reject(new Error('model broke')) })
    for (const spy of spies) spy.mockRestore()
    expect(lines.length).toBeGreaterThan(2)
    expect(JSON.stringify(lines)).not.toContain('zebrafinch')
  })
})

describe('a message about self-harm', () => {
  test('gets crisis resources and the offer of an alarm from every provider; the desk is notified without the message text', async () => {
    const sam = await personWithContacts({ contacts: [], therapist: false })
    const [time, recorded] = [clock(), recordingCarriers()]
    await setDependencies(sam, { now: time.now, carriers: recorded.carriers })
    const result = await sendWith(sam, 'zebrafinch: I want to kill myself', { reply: async () => 'I hear you.' })
    const response = textAt(result, 'response')
    for (const part of ['Lifeline Ukraine: Call 7333', '112', 'set off your alarm', 'staff have been notified', 'I hear you.'])
      expect(response).toContain(part)
    await runAlarm(sam)
    const [event] = recorded.to('desk')
    expect(deskEventFrame(JSON.parse(event?.body ?? ''))).toMatchObject({
      event: 'crisis',
      user_id: String(sam.id),
      username: sam.username,
    })
    expect(event?.body).not.toContain('zebrafinch')
    expect(JSON.stringify(await rows(sam, 'SELECT * FROM deliveries'))).not.toContain('zebrafinch')
    expect((await call('GET', `${V1}/event/alarms/${sam.id}/`, { as: sam.token })).text).toBe('{"alarms":[]}')
  })

  test('notifies the desk even when the model fails', async () => {
    const sam = await personWithContacts({ contacts: [], therapist: false })
    const [time, recorded] = [clock(), recordingCarriers()]
    await setDependencies(sam, { now: time.now, carriers: recorded.carriers })
    expect((await sendWith(sam, 'I want to die', { reply: async () => null })).status).toBe(503)
    await runAlarm(sam)
    expect(recorded.to('desk')).toHaveLength(1)
  })

  test('an ordinary message does not notify the desk', async () => {
    const sam = await person()
    const result = await send(sam, { text: 'this deadline is killing me' })
    expect(textAt(result, 'response')).not.toContain('alone with it')
    expect(await rows(sam, 'SELECT * FROM deliveries')).toEqual([])
  })
})

describe('the WebSocket URL of the support chat', () => {
  const readUrl = (id: unknown, as: string, host = '') => call('GET', `${host}${V1}/chat/user/support/${id}/`, { as })

  test('is returned to the person and to staff', async () => {
    const [sam, staff] = [await person(), await personWith('is_staff')]
    expect((await readUrl(sam.id, sam.token)).text).toBe(
      `{"user_id":${sam.id},"is_admin":false,"websocket_url":"wss://concord.test/ws/chat/${sam.id}/"}`,
    )
    expect((await readUrl(sam.id, staff.token, 'http://localhost:8787')).text).toBe(
      `{"user_id":${sam.id},"is_admin":true,"websocket_url":"ws://localhost:8787/ws/chat/${sam.id}/"}`,
    )
    expect(at(await readUrl(staff.id, staff.token), 'is_admin')).toBe(true)
  })

  test('other callers get a 403 for every id; staff get a 404 for an unknown id', async () => {
    const [sam, stranger, staff] = [await person(), await person(), await personWith('is_staff')]
    for (const id of [sam.id, 987_654_321, 'x']) {
      const refused = await readUrl(id, stranger.token)
      expect([refused.status, refused.text]).toEqual([403, '{"error":"You are not authorized to access this chat"}'])
    }
    for (const id of [987_654_321, 'x']) {
      const missing = await readUrl(id, staff.token)
      expect([missing.status, missing.text]).toEqual([404, '{"error":"User not found"}'])
    }
  })
})

test('assistant turns and open alarms are read through an index', async () => {
  for (const query of [
    'SELECT role, text FROM assistant_turns WHERE account_id = 1 ORDER BY id DESC LIMIT 20',
    'SELECT id FROM assistant_turns WHERE account_id = 1 ORDER BY id DESC LIMIT 1 OFFSET 60',
    'DELETE FROM assistant_turns WHERE account_id = 1 AND id <= 5',
    'SELECT account_id FROM open_alarms ORDER BY checked_at, account_id LIMIT 400',
    "DELETE FROM open_alarms WHERE account_id IN (SELECT value FROM json_each('[1]'))",
  ]) {
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query}`).all<{ detail: string }>()
    const details = results.map(({ detail }) => detail).join('; ')
    expect(details).toMatch(/USING (COVERING )?(INDEX|INTEGER PRIMARY KEY)/)
    expect(details).not.toMatch(/SCAN assistant_turns|TEMP B-TREE/)
  }
})
