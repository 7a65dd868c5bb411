import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { DAY } from '../../src/model/time.ts'
import { ANN, BOB, clock, recordingCarriers, rows, runAlarm, setDependencies, V1 } from '../support/alarms.ts'
import { at } from '../support/call.ts'
import { linkIn, linkWorker, tokenIn } from '../support/links.ts'
import { type Person, person } from '../support/people.ts'

/** What somebody hears who is named as an emergency contact, and what they can answer. */

const CONTACT = '/support/contact'

const worker = linkWorker()

/** A person whose object sends to a recording carrier. */
const newPerson = async () => {
  const sam = await person('sam')
  const [time, recorded] = [clock(), recordingCarriers()]
  await setDependencies(sam, { now: time.now, carriers: recorded.carriers })
  await worker.send('PATCH', `${V1}/user/edit/${sam.id}/`, { as: sam.token, json: { scenario: 3 } })
  return { sam, time, recorded }
}

const add = (someone: Person, contact: object) =>
  worker.send('PATCH', `${V1}/user/edit/contact/${someone.id}/`, { as: someone.token, json: contact })

const remove = (someone: Person, id: unknown) => worker.send('DELETE', `${V1}/user/contacts/${someone.id}/${id}/`, { as: someone.token })

const answer = (token: string, value: string) => worker.send('POST', CONTACT, { form: { token, answer: value } })

const trigger = async (someone: Person) =>
  at(await worker.send('POST', `${V1}/event/trigger/${someone.id}/`, { as: someone.token }), 'messages')

const answersOf = async (someone: Person) => (await worker.send('GET', '/support/help/contacts/', { as: someone.token })).json

/** A person with one contact, who has got the invitation. */
const invited = async (contact: object = ANN) => {
  const { sam, time, recorded } = await newPerson()
  const contactId = at(await add(sam, contact), 'data', 'id')
  await runAlarm(sam)
  const [message] = recorded.sent.map(({ message }) => message)
  return { sam, time, recorded, contactId, body: message?.body ?? '', token: tokenIn(message?.body ?? '') }
}

describe('a new contact', () => {
  test('is told once who named them, by the first channel, and the response of the contract stays as it is', async () => {
    const { sam, recorded } = await newPerson()
    await worker.send('PATCH', '/api/profile/update/', { as: sam.token, json: { first_name: 'Sam', last_name: 'Smith' } })
    const added = await add(sam, ANN)
    expect(added.text).toBe(
      JSON.stringify({
        message: 'A new emergency contact has been created.',
        data: { id: at(added, 'data', 'id'), name: 'Ann', phone: ANN.phone, email: ANN.email, relationship: 'sister' },
      }),
    )
    await add(sam, BOB)
    await runAlarm(sam)
    const [ann, bob] = recorded.sent.toSorted((a, b) => a.channel.localeCompare(b.channel))
    expect([ann, bob].map((sent) => [sent?.channel, sent?.message.address])).toEqual([
      ['email', 'ann@example.com'],
      ['sms', '+380507654321'],
    ])
    expect([ann?.message.body, bob?.message.body].every((body) => body?.includes('Sam Smith named you as an emergency contact'))).toBe(true)
    expect(linkIn(ann?.message.body ?? '')).toMatch(/^\/support\/contact\?token=[0-9a-f]{32}$/)
    await runAlarm(sam)
    expect(recorded.sent.length).toBe(2)
    expect(await answersOf(sam)).toMatchObject({
      contacts: [
        { name: 'Ann', answer: 'asked' },
        { name: 'Bob', answer: 'asked' },
      ],
    })
  })

  test('gets no second message when they are deleted and entered again, even in another notation', async () => {
    const { sam, recorded, contactId } = await invited()
    await remove(sam, contactId)
    await add(sam, { ...ANN, name: 'Anna', email: 'ANN@example.com', phone: '+380 50 123-45-67' })
    await Promise.all(Array.from({ length: 5 }, () => add(sam, ANN)))
    await runAlarm(sam)
    expect(recorded.sent.length).toBe(1)
  })

  test('entered by several requests at once, gets one message', async () => {
    const { sam, recorded } = await newPerson()
    await Promise.all(Array.from({ length: 8 }, () => add(sam, ANN)))
    await runAlarm(sam)
    expect(recorded.sent.length).toBe(1)
  })

  test('reads no link but ours, whatever the names are', async () => {
    const { sam, recorded } = await newPerson()
    await worker.send('PATCH', '/api/profile/update/', {
      as: sam.token,
      json: { first_name: 'evil.example', last_name: 'https://evil.example/x' },
    })
    await add(sam, { ...ANN, name: 'see www.evil.example', relationship: 'http://evil.example' })
    await runAlarm(sam)
    const [sent] = recorded.sent
    expect(`${sent?.message.subject} ${sent?.message.body}`.match(/\S+\.example\S*/g)).toEqual([
      expect.stringContaining('https://help.example/support/contact'),
    ])
  })

  test.each([
    ['without an address for links', { PUBLIC_URL: '' }],
    ['without a channel', { OUTBOX_IS_CHANNEL: 'false' }],
  ])('%s is not asked, and can be asked later', async (_what, settings) => {
    const { sam, recorded } = await newPerson()
    const silent = linkWorker(settings)
    const added = await silent.send('PATCH', `${V1}/user/edit/contact/${sam.id}/`, { as: sam.token, json: ANN })
    expect(added.status).toBe(201)
    expect(await answersOf(sam)).toMatchObject({ contacts: [{ answer: 'not-asked' }] })
    await remove(sam, at(added, 'data', 'id'))
    await add(sam, ANN)
    await runAlarm(sam)
    expect(recorded.sent.length).toBe(1)
  })

  test('who has not answered is told of an alarm', async () => {
    const { sam, recorded } = await invited()
    expect(await trigger(sam)).toContain('Your sister (Ann) received a notification by email.')
    await runAlarm(sam)
    expect(recorded.to('email').length).toBe(2)
  })
})

describe('who declines', () => {
  test('hears nothing more: no alarm, no invitation, also when they are entered again', async () => {
    const { sam, recorded, contactId, token } = await invited()
    const declined = await answer(token, 'declined')
    expect([declined.status, declined.text.includes('You will hear nothing more')]).toEqual([200, true])
    expect(await answersOf(sam)).toMatchObject({ contacts: [{ answer: 'declined' }] })
    expect(await trigger(sam)).toContain('Your sister (Ann) does not want to be notified.')
    await remove(sam, contactId)
    // With the phone number alone, and with another name.
    await add(sam, { name: 'Sister', phone: ANN.phone, relationship: 'sister' })
    await worker.send('POST', `${V1}/event/alarms/${sam.id}/x/ack/`, { as: sam.token })
    await trigger(sam)
    await runAlarm(sam)
    expect(recorded.sent.filter(({ channel }) => channel !== 'desk').length).toBe(1)
  })

  test('hears nothing more of an alarm that is open, nor that it is over', async () => {
    const { sam, time, recorded, token } = await invited()
    await add(sam, BOB)
    await trigger(sam)
    await runAlarm(sam)
    expect(recorded.to('email').length).toBe(2)
    await answer(token, 'declined')
    time.advance(5 * 60_000)
    await runAlarm(sam)
    const [{ id } = { id: '' }] = await rows<{ id: string }>(sam, 'SELECT id FROM alarms')
    await worker.send('POST', `${V1}/event/alarms/${sam.id}/${id}/ack/`, { as: sam.token, json: {} })
    await runAlarm(sam)
    expect(recorded.to('email').length).toBe(2)
    expect(
      recorded
        .to('sms')
        .map(({ address }) => address)
        .every((address) => address === '+380507654321'),
    ).toBe(true)
    // The invitation, two steps, and the all-clear.
    expect(recorded.to('sms').length).toBe(4)
  })

  test('does so for one account: others may still name them', async () => {
    const { token } = await invited()
    await answer(token, 'declined')
    const { recorded } = await invited()
    expect(recorded.sent.length).toBe(1)
  })

  test('cannot agree afterwards: the link is used up', async () => {
    const { sam, token } = await invited()
    await answer(token, 'declined')
    expect([(await answer(token, 'agreed')).status, (await answer(token, 'declined')).status]).toEqual([410, 410])
    expect(await answersOf(sam)).toMatchObject({ contacts: [{ answer: 'declined' }] })
  })

  test('and agrees at the same time, has declined', async () => {
    const { sam, token } = await invited()
    await Promise.all(Array.from({ length: 20 }, (_, index) => answer(token, index === 7 ? 'declined' : 'agreed')))
    expect(await answersOf(sam)).toMatchObject({ contacts: [{ answer: 'declined' }] })
    const entries = await env.DB.prepare(
      `SELECT role, detail FROM audit_entries WHERE subject_id = ? AND action = 'contact-answered' AND detail = 'declined'`,
    )
      .bind(sam.id)
      .all()
    expect(entries.results).toEqual([{ role: 'anyone', detail: 'declined' }])
  })
})

test('who agrees is told of alarms, and can still decline', async () => {
  const { sam, token } = await invited()
  expect((await answer(token, 'agreed')).status).toBe(200)
  expect(await answersOf(sam)).toMatchObject({ contacts: [{ answer: 'agreed' }] })
  expect(await trigger(sam)).toContain('Your sister (Ann) received a notification by email.')
  expect((await answer(token, 'declined')).status).toBe(200)
  expect(await answersOf(sam)).toMatchObject({ contacts: [{ answer: 'declined' }] })
})

describe('the page', () => {
  test('names nobody, and opening it changes nothing', async () => {
    const { sam, body } = await invited()
    const page = await worker.send('GET', linkIn(body))
    expect(page.status).toBe(200)
    expect(page.text).not.toMatch(/Ann|sam|<script/)
    expect(await answersOf(sam)).toMatchObject({ contacts: [{ answer: 'asked' }] })
  })

  test.each(['', 'x', 'f'.repeat(32)])('an invented link %j changes nothing', async (token) => {
    expect((await answer(token, 'declined')).status).toBe(410)
  })
})

describe('the limits', () => {
  test('five invitations a day: the others follow on the next day', async () => {
    const { sam, time, recorded } = await newPerson()
    for (let number = 0; number < 8; number++) await add(sam, { ...ANN, phone: `+38050123456${number}`, email: `ann${number}@example.com` })
    await runAlarm(sam)
    expect(recorded.sent.length).toBe(5)
    time.advance(DAY)
    await runAlarm(sam)
    expect(recorded.sent.length).toBe(8)
  })

  test('invitations count as messages of the day, and wait if there are none left', async () => {
    const { sam, time, recorded } = await newPerson()
    await setDependencies(sam, { now: time.now, carriers: recorded.carriers, limits: { recipients: 5, messages: 1 } })
    await add(sam, ANN)
    await runAlarm(sam)
    expect(await trigger(sam)).toContain('Your sister (Ann) could not be notified by email.')
    await add(sam, BOB)
    await runAlarm(sam)
    expect(recorded.to('sms').length).toBe(0)
    time.advance(DAY)
    await runAlarm(sam)
    expect(recorded.to('sms').length).toBe(1)
  })

  test('the link is not stored any longer than it is needed, and never in the database', async () => {
    const { sam, token } = await invited()
    expect(await rows(sam, "SELECT purpose, state, body FROM deliveries WHERE purpose = 'invitation'")).toEqual([
      { purpose: 'invitation', state: 'sent', body: '' },
    ])
    const { results } = await env.DB.prepare('SELECT * FROM one_time_links').all()
    expect(JSON.stringify(results)).not.toContain(token)
  })
})
