import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { origin } from '../../src/app.ts'
import { createContext } from '../../src/compose.ts'
import type { Model, ModelTurn } from '../../src/providers/model.ts'
import { cast, clock, recorder, refit, ring, rows, V1 } from '../support/alarms.ts'
import { at, call, hear, ORIGIN, textAt } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'

const write = (someone: Person, json: unknown, as = someone.token) => call('POST', `${V1}/chat/${someone.id}/`, { as, json })

/** The same request, answered with another model behind the assistant. */
const writeWith = async (someone: Person, text: string, model: Model) => {
  const execution = createExecutionContext()
  const request = new Request(`${ORIGIN}${V1}/chat/${someone.id}/`, {
    method: 'POST',
    headers: { Authorization: someone.token, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  const heard = await hear(await origin(request, { ...createContext(env, execution), model }))
  await waitOnExecutionContext(execution)
  return heard
}

const turnsOf = async (someone: Person) =>
  (await env.DB.prepare('SELECT role, text FROM assistant_turns WHERE account_id = ? ORDER BY id').bind(someone.id).all<ModelTurn>())
    .results

describe('the assistant', () => {
  test('answers, errorResponse that it is no person, and keeps what was said', async () => {
    const sam = await person()
    const answer = await write(sam, { text: ' I have a panic attack ' })
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.json ?? {})).toEqual(['response'])
    expect(textAt(answer, 'response')).toMatch(/^I am a program, not a person.*breathing/s)
    expect(await turnsOf(sam)).toEqual([
      { role: 'user', text: 'I have a panic attack' },
      { role: 'assistant', text: textAt(answer, 'response') },
    ])
  })

  test.each([
    ['I keep having flashbacks', /5-4-3-2-1/],
    ['who can I talk to?', /emergency contacts.*support chat.*112/s],
    ['I can not sleep', /Nights/],
    ['are you a human?', /cannot see or call anybody/],
    ['thanks', /welcome/],
    ['xyzzy', /Say "breathe"/],
  ])('without a model, "%s" is answered from what is written', async (text, said) => {
    const answer = await write(await person(), { text })
    expect(textAt(answer, 'response')).toMatch(said)
    expect(textAt(answer, 'response')).toMatch(/not a person/)
  })

  test('is for the person alone, and that is settled first', async () => {
    const [sam, staff] = [await person(), await personWith('is_admin')]
    for (const id of [sam.id, 987_654_321, 'x']) {
      const refused = await call('POST', `${V1}/chat/${id}/`, { as: staff.token, json: {} })
      expect([refused.status, refused.text]).toEqual([403, '{"error":"You are not authorized to send messages to this user"}'])
    }
    expect((await call('POST', `${V1}/chat/${sam.id}/`, { json: { text: 'x' } })).status).toBe(401)
    expect(await turnsOf(sam)).toEqual([])
  })

  test('without a text there is nothing to answer', async () => {
    const sam = await person()
    for (const json of [{}, { text: '' }, { text: '  ' }, { text: null }, { text: true }, { text: ['x'] }]) {
      const refused = await write(sam, json)
      expect([refused.status, refused.text]).toEqual([400, '{"error":"Message text is required"}'])
    }
    expect((await write(sam, { text: 'x'.repeat(4001) })).text).toBe('{"text":["Ensure this field has no more than 4000 characters."]}')
    expect((await write(sam, { text: 'a\u0000' })).text).toBe('{"text":["Null characters are not allowed."]}')
    expect((await write(sam, [])).text).toBe('{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}')
    expect((await write(sam, { text: 'x\ny'.repeat(1333) })).status).toBe(200)
  })

  test('a model is told the last turns of the same person, and no more than so many characters', async () => {
    const [sam, other] = [await person(), await person()]
    await write(other, { text: 'somebody else' })
    const told: (readonly ModelTurn[])[] = []
    const model: Model = {
      reply: async (turns) => {
        told.push(turns)
        return `reply ${told.length}`
      },
    }
    for (const text of ['one', 'two']) expect(textAt(await writeWith(sam, text, model), 'response')).toBe(`reply ${told.length}`)
    expect(told[1]?.slice(1)).toEqual([
      { role: 'user', text: 'one' },
      { role: 'assistant', text: 'reply 1' },
      { role: 'user', text: 'two' },
    ])
    expect(told[1]?.[0]?.role).toBe('system')
    for (const letter of ['a', 'b', 'c']) await writeWith(sam, letter.repeat(3900), model)
    await writeWith(sam, 'last', model)
    const context = told.at(-1)?.slice(1, -1) ?? []
    expect(context.map(({ text }) => text[0])).toEqual(['b', 'r', 'c', 'r'])
    expect(context.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(8000)
  })

  test('only the last turns are kept', async () => {
    const sam = await person()
    const old = Array.from({ length: 100 }, (_, n) =>
      env.DB.prepare(`INSERT INTO assistant_turns VALUES (NULL, ?, 'user', ?, 0)`).bind(sam.id, `${n}`),
    )
    await env.DB.batch(old)
    await write(sam, { text: 'new' })
    const kept = await turnsOf(sam)
    expect(kept).toHaveLength(60)
    expect(kept[0]?.text).toBe('42')
  })

  test('a model that fails is a 503 with whom to call; what was not answered is not kept', async () => {
    const sam = await cast({ contacts: [], therapist: false })
    const failed = await writeWith(sam, 'hello', { reply: async () => null })
    expect(failed.status).toBe(503)
    expect(failed.text).toBe(
      '{"error":"The assistant is not available right now.","resources":[{"country":"Ukraine","name":"Lifeline Ukraine","contact":"Call 7333"},{"country":"Anywhere","name":"Emergency services","contact":"Call 112, 911, 999 or your local number"},{"country":"Anywhere","name":"Find A Helpline","contact":"https://findahelpline.com"}]}',
    )
    expect(await turnsOf(sam)).toEqual([])
  })

  test('forty at once: thirty are answered', async () => {
    const sam = await person()
    const answers = await Promise.all(Array.from({ length: 40 }, () => write(sam, { text: 'hello' })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(30)
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.headers.get('Retry-After')).toBe('60')
  })

  test('nothing of what is said stands in a log line', async () => {
    const lines: unknown[] = []
    const spies = (['log', 'error', 'warn', 'info'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...said: unknown[]) => {
        lines.push(...said)
      }),
    )
    const sam = await person()
    await write(sam, { text: 'zebrafinch: I want to kill myself' })
    await writeWith(sam, 'zebrafinch again', { reply: async () => null })
    await writeWith(sam, 'zebrafinch breaks', { reply: () => Promise.reject(new Error('model broke')) })
    for (const spy of spies) spy.mockRestore()
    expect(lines.length).toBeGreaterThan(2)
    expect(JSON.stringify(lines)).not.toContain('zebrafinch')
  })
})

describe('what speaks of harm', () => {
  test('is answered with whom to call and the alarm, whoever answers, and the desk is told, without a word of it', async () => {
    const sam = await cast({ contacts: [], therapist: false })
    const [time, told] = [clock(), recorder()]
    await refit(sam, { now: time.now, carriers: told.carriers })
    const answer = await writeWith(sam, 'zebrafinch: I want to kill myself', { reply: async () => 'I hear you.' })
    const response = textAt(answer, 'response')
    for (const part of ['Lifeline Ukraine: Call 7333', '112', 'set off your alarm', 'staff have been told', 'I hear you.'])
      expect(response).toContain(part)
    await ring(sam)
    const [event] = told.to('desk')
    expect(JSON.parse(event?.body ?? '')).toMatchObject({ event: 'crisis', user_id: String(sam.id), username: sam.username })
    expect(event?.body).not.toContain('zebrafinch')
    expect(JSON.stringify(await rows(sam, 'SELECT * FROM deliveries'))).not.toContain('zebrafinch')
    expect((await call('GET', `${V1}/event/alarms/${sam.id}/`, { as: sam.token })).text).toBe('{"alarms":[]}')
  })

  test('is told to the desk although the model fails', async () => {
    const sam = await cast({ contacts: [], therapist: false })
    const [time, told] = [clock(), recorder()]
    await refit(sam, { now: time.now, carriers: told.carriers })
    expect((await writeWith(sam, 'I want to die', { reply: async () => null })).status).toBe(503)
    await ring(sam)
    expect(told.to('desk')).toHaveLength(1)
  })

  test('an ordinary message alerts nobody', async () => {
    const sam = await person()
    const answer = await write(sam, { text: 'this deadline is killing me' })
    expect(textAt(answer, 'response')).not.toContain('alone with it')
    expect(await rows(sam, 'SELECT * FROM deliveries')).toEqual([])
  })
})

describe('where the support chat is', () => {
  const ask = (id: unknown, as: string, host = '') => call('GET', `${host}${V1}/chat/user/support/${id}/`, { as })

  test('for the person, and for staff', async () => {
    const [sam, staff] = [await person(), await personWith('is_staff')]
    expect((await ask(sam.id, sam.token)).text).toBe(
      `{"user_id":${sam.id},"is_admin":false,"websocket_url":"wss://concord.test/ws/chat/${sam.id}/"}`,
    )
    expect((await ask(sam.id, staff.token, 'http://localhost:8787')).text).toBe(
      `{"user_id":${sam.id},"is_admin":true,"websocket_url":"ws://localhost:8787/ws/chat/${sam.id}/"}`,
    )
    expect(at(await ask(staff.id, staff.token), 'is_admin')).toBe(true)
  })

  test('a stranger is turned away, whoever it is about; staff hear that nobody is there', async () => {
    const [sam, stranger, staff] = [await person(), await person(), await personWith('is_staff')]
    for (const id of [sam.id, 987_654_321, 'x']) {
      const refused = await ask(id, stranger.token)
      expect([refused.status, refused.text]).toEqual([403, '{"error":"You are not authorized to access this chat"}'])
    }
    for (const id of [987_654_321, 'x']) {
      const nobody = await ask(id, staff.token)
      expect([nobody.status, nobody.text]).toEqual([404, '{"error":"User not found"}'])
    }
  })
})

test('what is read of a conversation is a few rows by an index', async () => {
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
