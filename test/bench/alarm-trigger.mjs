import { cast, createHouse, createProviders, providerVars, until } from '../crash/harness.mjs'

/** `node test/bench/alarm-trigger.mjs [port]`: how long fifty people who ring at once wait, over real HTTP. */

const PEOPLE = 50
const ROUNDS = 5
const port = Number(process.argv[2] ?? 9250)
const providers = await createProviders({
  port: port + 1,
  behave: ({ message, accept, reply }) => {
    accept()
    reply(message.channel === 'sms' ? 201 : 200, { id: 'x', sid: 'SMx' })
  },
})
const house = await createHouse({ port, vars: providerVars(port + 1) })

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(0)

try {
  await house.start()
  const people = []
  for (let n = 0; n < PEOPLE; n++) people.push(await cast(house.call, `ringer${n}`))
  // What the same fifty wait for an answer that rings nothing: the rest is the alarm.
  for (let round = 1; round <= 3; round++) {
    const took = await Promise.all(
      people.map(async ({ id, as }) => {
        const from = performance.now()
        await house.call('GET', `/api/v1/user/${id}/`, { as })
        return performance.now() - from
      }),
    )
    took.sort((a, b) => a - b)
    console.log(`for comparison, user info: p50 ${at(took, 0.5)} ms, p99 ${at(took, 0.99)} ms`)
  }
  for (let round = 1; round <= ROUNDS; round++) {
    const before = providers.accepted.size
    const started = performance.now()
    const times = await Promise.all(
      people.map(async ({ id, as }) => {
        const from = performance.now()
        const { status, json } = await house.call('GET', `/api/v1/event/trigger/${id}/`, { as })
        if (status !== 200) throw new Error(`${status}`)
        const took = performance.now() - from
        return { took, id, as, alarm: json.alarm_id }
      }),
    )
    // Two contacts, a therapist and the webhook each.
    await until('all messages', () => providers.accepted.size >= before + 4 * PEOPLE)
    const all = performance.now() - started
    const sorted = times.map(({ took }) => took).sort((a, b) => a - b)
    console.log(
      `round ${round}: trigger p50 ${at(sorted, 0.5)} ms, p99 ${at(sorted, 0.99)} ms; all ${4 * PEOPLE} messages sent after ${all.toFixed(0)} ms`,
    )
    for (const { id, as, alarm } of times) await house.call('POST', `/api/v1/event/alarms/${id}/${alarm}/ack/`, { as, json: {} })
    await until('everybody hears that it is over', () => providers.accepted.size >= before + 5 * PEOPLE)
  }
} finally {
  providers.end()
  await house.end()
}
