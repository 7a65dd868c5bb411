import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { systemContext } from '../../src/domain/access.ts'
import { prepareEscalation } from '../../src/domain/alarms/escalate.ts'
import type { Outcome } from '../../src/model/alarm.ts'
import type { Escalation } from '../../src/model/escalation.ts'
import { DAY, MINUTE } from '../../src/model/time.ts'
import { clock, personWithContacts, recordingCarriers, rows, runAlarm, SENT, setDependencies, trigger } from '../support/alarms.ts'
import { at, call } from '../support/call.ts'
import { linkIn, linkWorker, tokenIn } from '../support/links.ts'
import { type Person, personWith } from '../support/people.ts'

/** Who else is told of an alarm that nobody acknowledges, and the link with which they acknowledge it. */

const ALARM = '/support/alarm'
const worker = linkWorker()

const entry = (fields: Partial<Escalation>): Escalation => ({ afterMs: 10 * MINUTE, staff: [], hours: null, webhook: null, ...fields })

const staffWithPhone = async (): Promise<Person> => {
  const alex = await personWith('is_staff')
  await env.DB.prepare('UPDATE accounts SET phone_number = ? WHERE id = ?')
    .bind(`+4930${String(alex.id).padStart(7, '0')}`, alex.id)
    .run()
  return alex
}

/** A person whose alarm is open, and a recording of what their object sends. */
const withAlarm = async (escalation: readonly Escalation[], outcome: Outcome = SENT) => {
  const sam = await personWithContacts({ therapist: false })
  const time = clock()
  const recorded = recordingCarriers(outcome)
  const webhooks: { url: string; body: string }[] = []
  const webhook = {
    name: 'webhook',
    send: async ({ address, body }: { address: string; body: string }) => {
      webhooks.push({ url: address, body })
      return SENT
    },
  }
  const system = () => systemContext(createContext({ ...env, PUBLIC_URL: 'https://help.example' }, { waitUntil: () => {} }))
  const dependencies = {
    now: time.now,
    carriers: { ...recorded.carriers, webhook },
    escalation,
    prepareEscalation: (alarm: Parameters<typeof prepareEscalation>[1], planned: Escalation) => prepareEscalation(system(), alarm, planned),
  }
  await setDependencies(sam, dependencies)
  const alarmId = String(at(await trigger(sam), 'alarm_id'))
  await runAlarm(sam)
  const toStaffWith = (isEnd: boolean) =>
    recorded.sent.filter(({ message: { key } }) => key.includes('.staff-') && key.endsWith('.end') === isEnd).map(({ message }) => message)
  const toStaff = () => toStaffWith(false)
  /** What staff were told at the end of the alarm: `[address, subject]`. */
  const endsToStaff = () =>
    toStaffWith(true)
      .map(({ address, subject }) => [address, subject])
      .sort()
  return { sam, time, recorded, webhooks, alarmId, toStaff, endsToStaff, dependencies, run: () => runAlarm(sam) }
}

const acknowledge = (token: string) => worker.send('POST', ALARM, { form: { token } })

const stateOf = async ({ sam }: { sam: Person }) => {
  const list = await call('GET', '/support/help/', { as: sam.token })
  return ['status', 'acknowledged_by', 'acknowledged_via', 'is_safe'].map((name) => at(list, 'alarms', 0, name))
}

describe('an alarm that nobody acknowledges', () => {
  test('goes to the staff of each entry, by each of their channels, once', async () => {
    const [alex, kim] = [await staffWithPhone(), await personWith('is_admin')]
    const alarm = await withAlarm([
      entry({ staff: [alex.username] }),
      entry({ afterMs: 20 * MINUTE, staff: [alex.username, kim.username] }),
    ])
    alarm.time.advance(10 * MINUTE - 1)
    await alarm.run()
    expect(alarm.toStaff()).toEqual([])
    alarm.time.advance(1)
    await alarm.run()
    const phone = `+4930${String(alex.id).padStart(7, '0')}`
    expect(
      alarm
        .toStaff()
        .map(({ address }) => address)
        .sort(),
    ).toEqual([phone, alex.email])
    await alarm.run()
    alarm.time.advance(10 * MINUTE)
    await alarm.run()
    await alarm.run()
    expect(
      alarm
        .toStaff()
        .map(({ address }) => address)
        .sort(),
    ).toEqual([phone, phone, alex.email, alex.email, kim.email].sort())
    expect(new Set(alarm.toStaff().map(({ body }) => tokenIn(body))).size).toBe(5)
    const email = alarm.toStaff().find(({ address }) => address === kim.email)
    expect(email?.subject).toContain('No one has answered the alarm of')
    expect(linkIn(email?.body ?? '')).toMatch(/^\/support\/alarm\?token=[0-9a-f]{32}$/)
  })

  test('still goes to the contacts, as without an order', async () => {
    const alex = await personWith('is_staff')
    const alarm = await withAlarm([entry({ afterMs: MINUTE, staff: [alex.username] })])
    alarm.time.advance(5 * MINUTE)
    await alarm.run()
    const contacts = alarm.recorded.sent.filter(({ message }) => message.key.includes('.contact-'))
    expect(contacts.length).toBe(4)
  })

  test('goes to nobody whose account is not staff, closed, or the person themselves', async () => {
    const [former, closed] = [await personWith('is_staff'), await personWith('is_staff')]
    await env.DB.prepare('UPDATE accounts SET is_staff = 0 WHERE id = ?').bind(former.id).run()
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(closed.id).run()
    const alarm = await withAlarm([])
    await env.DB.prepare('UPDATE accounts SET is_staff = 1 WHERE id = ?').bind(alarm.sam.id).run()
    const recipients = await prepareEscalation(
      systemContext(createContext({ ...env, PUBLIC_URL: 'https://help.example' }, { waitUntil: () => {} })),
      { alarmId: alarm.alarmId, accountId: alarm.sam.id },
      entry({ staff: [former.username, closed.username, alarm.sam.username, 'nobody'] }),
    )
    expect(recipients).toEqual([])
  })

  test('goes to nobody out of the hours of the entry', async () => {
    const alex = await personWith('is_staff')
    // The clock starts on Sunday, 1 January 2040, at midnight.
    const hours = { times: [{ firstDay: 0, lastDay: 4, opens: '00:00', closes: '24:00' }], timeZone: 'UTC' }
    const alarm = await withAlarm([entry({ staff: [alex.username], hours }), entry({ afterMs: 20 * MINUTE, staff: [alex.username] })])
    alarm.time.advance(10 * MINUTE)
    await alarm.run()
    expect(alarm.toStaff().length).toBe(0)
    alarm.time.advance(10 * MINUTE)
    await alarm.run()
    expect(alarm.toStaff().length).toBe(1)
  })

  test('that was acknowledged in time goes to nobody else', async () => {
    const alex = await personWith('is_staff')
    const alarm = await withAlarm([entry({ staff: [alex.username] })])
    await call('POST', `/api/v1/event/alarms/${alarm.sam.id}/${alarm.alarmId}/ack/`, { as: alex.token, json: {} })
    alarm.time.advance(DAY)
    await alarm.run()
    expect(alarm.toStaff()).toEqual([])
  })

  test('that is acknowledged while the entry is prepared goes to nobody else', async () => {
    const alex = await personWith('is_staff')
    const alarm = await withAlarm([entry({ staff: [alex.username] })])
    await setDependencies(alarm.sam, {
      ...alarm.dependencies,
      prepareEscalation: async (one, planned) => {
        const recipients = await alarm.dependencies.prepareEscalation(one, planned)
        await call('POST', `/api/v1/event/alarms/${alarm.sam.id}/${alarm.alarmId}/ack/`, { as: alex.token, json: {} })
        return recipients
      },
    })
    alarm.time.advance(10 * MINUTE)
    await alarm.run()
    expect(alarm.toStaff()).toEqual([])
  })

  test.each(['the addresses cannot be read', 'the write is interrupted'])(
    '%s: the entry is tried again, and tells everybody once',
    async (what) => {
      const alex = await staffWithPhone()
      const alarm = await withAlarm([entry({ staff: [alex.username] })])
      let failures = 0
      const failOnce = () => {
        failures++
        if (failures === 1) throw new Error('crash')
      }
      await setDependencies(alarm.sam, {
        ...alarm.dependencies,
        ...(what === 'the write is interrupted'
          ? { checkpoint: (name) => name === 'escalated' && failOnce() }
          : {
              prepareEscalation: async (one, planned) => {
                failOnce()
                return alarm.dependencies.prepareEscalation(one, planned)
              },
            }),
      })
      alarm.time.advance(10 * MINUTE)
      await alarm.run().catch(() => undefined)
      expect(alarm.toStaff()).toEqual([])
      alarm.time.advance(MINUTE)
      await alarm.run()
      await alarm.run()
      expect(alarm.toStaff().length).toBe(2)
    },
  )

  test('calls the webhook of the entry, with a link', async () => {
    const alarm = await withAlarm([entry({ webhook: 'https://pager.example/alarms' })])
    alarm.time.advance(10 * MINUTE)
    await alarm.run()
    const [request] = alarm.webhooks.filter(({ url }) => url === 'https://pager.example/alarms')
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ event: 'alarm_unanswered', alarm_id: alarm.alarmId, status: 'open', step: 1 })
    expect((await acknowledge(tokenIn(JSON.parse(request?.body ?? '').acknowledge_url))).status).toBe(200)
    expect(await stateOf(alarm)).toEqual(['acknowledged', 'on-call service', 'webhook', false])
  })

  test('takes no messages of the day from the contacts', async () => {
    const alex = await staffWithPhone()
    const alarm = await withAlarm([entry({ staff: [alex.username] })])
    alarm.time.advance(10 * MINUTE)
    await alarm.run()
    const counted = await rows<{ n: number }>(alarm.sam, "SELECT count(*) AS n FROM deliveries WHERE purpose = 'escalation'")
    expect(counted).toEqual([{ n: 2 }])
  })
})

describe('at the end of an alarm', () => {
  const PAGER = 'https://pager.example/alarms'

  /** Alex by two channels and a webhook are told twice, Kim by e-mail once. */
  const told = async (outcome?: Outcome) => {
    const [alex, kim] = [await staffWithPhone(), await personWith('is_admin')]
    const first = entry({ staff: [alex.username], webhook: PAGER })
    const alarm = await withAlarm([first, { ...first, afterMs: 20 * MINUTE, staff: [alex.username, kim.username] }], outcome)
    for (let step = 0; step < 2; step++) {
      alarm.time.advance(10 * MINUTE)
      await alarm.run()
    }
    return { alex, kim, alarm, phone: `+4930${String(alex.id).padStart(7, '0')}` }
  }

  const ends = ({ webhooks }: { webhooks: { url: string; body: string }[] }) =>
    webhooks
      .filter(({ url }) => url === PAGER)
      .map(({ body }) => JSON.parse(body))
      .filter(({ status }) => status === 'acknowledged')

  test('everybody whom the order told is told once by each channel, by whatever way it was acknowledged', async () => {
    const { alex, kim, alarm, phone } = await told()
    expect(alarm.endsToStaff()).toEqual([])
    await acknowledge(tokenIn(alarm.toStaff()[0]?.body ?? ''))
    for (let round = 0; round < 3; round++) await alarm.run()
    const subject = `The alarm of ${alarm.sam.username} is answered`
    expect(alarm.endsToStaff()).toEqual(
      [
        [phone, ''],
        [alex.email, subject],
        [kim.email, subject],
      ].sort(),
    )
    expect(ends(alarm)).toEqual([expect.objectContaining({ event: 'alarm', alarm_id: alarm.alarmId, acknowledged_by: alex.username })])
    const bodies = alarm.recorded.sent.filter(({ message }) => message.key.endsWith('.end')).map(({ message }) => message.body)
    for (const body of bodies) expect(body).toContain(`was acknowledged by ${alex.username}.`)
    // The person is safe later: the desk and the contacts are told, and these not once more.
    alarm.time.advance(MINUTE)
    await call('POST', `/api/v1/event/alarms/${alarm.sam.id}/${alarm.alarmId}/ack/`, { as: alarm.sam.token, json: {} })
    await alarm.run()
    expect(alarm.endsToStaff()).toHaveLength(3)
    expect(ends(alarm)).toHaveLength(1)
  })

  test('they are told that it is over if the person says that they are safe', async () => {
    const { alarm, kim } = await told()
    await call('POST', `/api/v1/event/alarms/${alarm.sam.id}/${alarm.alarmId}/ack/`, { as: alarm.sam.token, json: {} })
    await alarm.run()
    expect(alarm.endsToStaff()).toContainEqual([kim.email, `The alarm of ${alarm.sam.username} is over`])
    expect(alarm.endsToStaff()).toHaveLength(3)
  })

  test('who was never told hears nothing', async () => {
    const { alarm } = await told({ type: 'refused', reason: 'HTTP 422' })
    await call('POST', `/api/v1/event/alarms/${alarm.sam.id}/${alarm.alarmId}/ack/`, { as: alarm.sam.token, json: {} })
    await alarm.run()
    expect(alarm.endsToStaff()).toEqual([])
  })

  test.each(['acknowledged', 'attempt-started', 'attempt-sent', 'attempt-recorded', 'items-handled'] as const)(
    'after a crash at "%s", they are told all the same, and only a message that was being sent may arrive twice',
    async (crashAt) => {
      const { alarm } = await told()
      let crashes = 0
      const checkpoint = (reached: string) => {
        if (reached === crashAt && crashes++ === 0) throw new Error('crash')
      }
      await setDependencies(alarm.sam, { ...alarm.dependencies, checkpoint })
      const acknowledging = call('POST', `/api/v1/event/alarms/${alarm.sam.id}/${alarm.alarmId}/ack/`, { as: alarm.sam.token, json: {} })
      await acknowledging.catch(() => undefined)
      for (let round = 0; round < 4; round++) {
        await alarm.run().catch(() => undefined)
        alarm.time.advance(MINUTE)
      }
      expect(crashes).toBeGreaterThan(0)
      const keys = alarm.recorded.sent.map(({ message }) => message.key).filter((key) => key.endsWith('.end') && key.includes('.staff-'))
      expect(new Set(keys).size).toBe(3)
      expect(keys.length).toBeLessThanOrEqual(4)
      expect(await rows(alarm.sam, "SELECT state, count(*) AS n FROM deliveries WHERE id LIKE '%.end' GROUP BY state")).toEqual([
        { state: 'sent', n: 4 },
      ])
    },
  )
})

describe('the link in the message', () => {
  const told = async () => {
    const alex = await personWith('is_staff')
    const alarm = await withAlarm([entry({ staff: [alex.username] })])
    alarm.time.advance(10 * MINUTE)
    await alarm.run()
    return { alex, alarm, body: alarm.toStaff()[0]?.body ?? '', token: tokenIn(alarm.toStaff()[0]?.body ?? '') }
  }

  test('acknowledges the alarm once, without a log-in, and says nothing but that', async () => {
    const { alex, alarm, token } = await told()
    const page = await acknowledge(token)
    expect(page.status).toBe(200)
    expect(page.text).toContain('The alarm is acknowledged.')
    expect(page.text).not.toMatch(new RegExp(`${alarm.sam.username}|${alex.username}|Kyiv`))
    expect(await stateOf(alarm)).toEqual(['acknowledged', alex.username, 'email', false])
    expect((await acknowledge(token)).status).toBe(410)
    const sentBefore = alarm.recorded.sent.length
    alarm.time.advance(5 * MINUTE)
    await alarm.run()
    // The contacts are told that the alarm is answered, and not once more that it is open.
    expect(alarm.recorded.sent.slice(sentBefore).every(({ message }) => /answer|desk|\.end$/.test(message.key))).toBe(true)
  })

  test('is shown at the desk with the channel, and is recorded', async () => {
    const { alex, alarm, token } = await told()
    await setDependencies(alarm.sam, { carriers: createContext(env, { waitUntil: () => {} }).carriers })
    await alarm.run()
    await acknowledge(token)
    await alarm.run()
    const list = await call('GET', '/console/api/alarms/', { as: alex.token })
    expect(JSON.parse(list.text).alarms).toContainEqual(
      expect.objectContaining({ alarm_id: alarm.alarmId, acknowledged_by: alex.username, acknowledged_via: 'email' }),
    )
    const entries = await env.DB.prepare("SELECT role, detail FROM audit_entries WHERE subject_id = ? AND action = 'alarm-acknowledged'")
      .bind(alarm.sam.id)
      .all()
    expect(entries.results).toEqual([{ role: 'anyone', detail: 'link' }])
  })

  test('opened by a mail scanner changes nothing', async () => {
    const { alarm, body } = await told()
    for (const method of ['GET', 'HEAD']) expect((await worker.send(method, linkIn(body))).status).toBe(200)
    expect(await stateOf(alarm)).toEqual(['open', null, undefined, false])
  })

  test('used twenty times at once, acknowledges once', async () => {
    const { alarm, token } = await told()
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await acknowledge(token)).status))
    expect(statuses.every((status) => status === 200 || status === 410)).toBe(true)
    expect(statuses).toContain(200)
    await alarm.run()
    const notices = alarm.recorded.sent.filter(({ message }) => message.key.endsWith('.answered'))
    expect(new Set(notices.map(({ message }) => message.key)).size).toBe(notices.length)
  })

  test('of an alarm that somebody else has acknowledged changes nothing, and does not say who', async () => {
    const { alex, alarm, token } = await told()
    const other = await personWith('is_staff')
    await call('POST', `/api/v1/event/alarms/${alarm.sam.id}/${alarm.alarmId}/ack/`, { as: other.token, json: {} })
    const page = await acknowledge(token)
    expect([page.status, page.text.includes(other.username)]).toEqual([200, false])
    expect(await stateOf(alarm)).toEqual(['acknowledged', other.username, undefined, false])
    expect(alex.id).not.toBe(other.id)
  })

  test('does not say that the person is safe, even if the account of the person is the one that has the link', async () => {
    const { alarm, token } = await told()
    await env.DB.prepare("UPDATE one_time_links SET subject = json_set(subject, '$.by.id', ?) WHERE account_id = ? AND purpose = 'alarm'")
      .bind(alarm.sam.id, alarm.sam.id)
      .run()
    await acknowledge(token)
    expect((await stateOf(alarm)).at(-1)).toBe(false)
  })

  test.each(['', 'x', 'f'.repeat(32)])('that is invented (%j) reaches no object', async (token) => {
    expect((await acknowledge(token)).status).toBe(410)
  })
})
