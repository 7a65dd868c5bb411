import { checkAlarms } from './check-alarms.ts'
import { checkChat } from './check-chat.ts'
import { DeskClient } from './room-client.ts'
import type { World } from './world.ts'

/** What happens in a world, from its beginning until everything has come to rest. */

const SECOND = 1000
const MINUTE = 60 * SECOND

/** As long as faults happen. */
const ACTIVE_MS = 6 * MINUTE
/** All that was sent has to be answered this long after the last fault. */
const SETTLE_MS = 20 * MINUTE
/** Reports to the desk are repeated every five minutes at least, and rooms look for lost connections every ten. */
const REST_MS = 11 * MINUTE
/** The desk is reminded of an unacknowledged alarm for a day. */
const DAY_MS = 26 * 60 * MINUTE

const CRON_MS = 5 * MINUTE

/** Repeats an event at random intervals until the active time is over. */
const repeatedly = (world: World, meanMs: number, event: () => void): void => {
  const { scheduler, random } = world
  const next = (): void => {
    scheduler.plain(-Math.log(1 - random.next()) * meanMs, () => {
      if (scheduler.now >= ACTIVE_MS) return
      event()
      next()
    })
  }
  next()
}

const start = (world: World): void => {
  const { random, scheduler, faults } = world
  const clients = [...world.roomClients, ...world.deskClients]
  // Some come late, and have a long conversation to catch up with.
  for (const client of clients) {
    scheduler.plain(random.chance(0.7) ? random.between(0, 20 * SECOND) : random.between(MINUTE, 5 * MINUTE), () => client.connect())
  }

  // Bursts, because a batch of frames is one write.
  const pace = random.pick([0.5, 1, 3])
  for (const client of world.roomClients) {
    repeatedly(world, 8 * SECOND * pace, () => {
      for (let count = random.integer(1, 5); count > 0; count--) world.say(client)
    })
  }
  for (const client of world.deskClients) repeatedly(world, 10 * SECOND * pace, () => world.sayFromDesk(client))
  repeatedly(world, 20 * SECOND, () => {
    const client = random.oneOf(clients)
    client?.leave()
    scheduler.plain(random.between(0, 30 * SECOND), () => {
      client?.connect()
      // Many messages at the moment at which a client catches up.
      const writers = world.roomClients.filter(({ target }) => client instanceof DeskClient || target === client?.target)
      for (let count = random.chance(0.5) ? 25 : 0; count > 0; count--) {
        const writer = random.oneOf(writers)
        scheduler.plain(random.between(0, 100), () => writer && world.say(writer))
      }
    })
  })
  for (const person of world.people) {
    repeatedly(world, random.pick([8, 15, 60]) * SECOND * pace, () => {
      world.alarms.call(person)
      // Two devices at once, or a person who presses again.
      if (random.chance(0.3)) world.alarms.call(person)
    })
    repeatedly(world, 45 * SECOND, () => void world.claims.round(person))
  }
  if (faults.isCalm) return
  const anyHost = () => random.oneOf([...world.hosts.values()])
  repeatedly(world, SECOND, () => {
    if (faults.happens('crashes', 0.15)) anyHost()?.crash('it is moved to another machine')
    if (faults.happens('hibernation', 0.5)) anyHost()?.hibernate()
    if (faults.happens('broken-lines', 0.15)) random.oneOf(clients)?.breakLine()
    if (faults.happens('clocks', 0.1)) anyHost()?.moveClock(faults.clockOffset())
  })
}

const everythingIsAnswered = (world: World): boolean =>
  !world.alarms.hasOpenCalls &&
  !world.claims.areInProgress &&
  [...world.roomClients, ...world.deskClients].every((client) => client.isConnected && client.unacknowledged.size === 0)

const openWork = (world: World): string =>
  [
    ...world.alarms.calls.flatMap(({ callId, answer }) => (answer ? [] : [callId])),
    ...world.alarms.acknowledgements.flatMap(({ alarmId, answer }) => (answer ? [] : [`the acknowledgement of ${alarmId}`])),
    ...(world.claims.areInProgress ? ['a claim'] : []),
    ...[...world.roomClients, ...world.deskClients].flatMap(({ name, isConnected, unacknowledged }) =>
      isConnected && unacknowledged.size === 0
        ? []
        : [isConnected ? `${unacknowledged.size} messages of ${name}` : `the connection of ${name}`],
    ),
  ].join(', ')

const runCron = async (world: World, until: number): Promise<void> => {
  while (world.scheduler.now < until && !world.scheduler.violation) {
    const next = Math.min(until, (Math.floor(world.scheduler.now / CRON_MS) + 1) * CRON_MS)
    await world.scheduler.runUntil(next)
    if (next % CRON_MS === 0) void world.rearmAlarms()
  }
}

/** Runs a world. Its error is in `world.scheduler.violation`. */
export const live = async (world: World): Promise<void> => {
  const { scheduler, faults } = world
  start(world)
  await runCron(world, ACTIVE_MS)
  faults.stop()
  for (const host of world.hosts.values()) host.moveClock(0)
  for (const client of [...world.roomClients, ...world.deskClients]) client.connect()
  await scheduler.runUntil(ACTIVE_MS + SETTLE_MS, () => everythingIsAnswered(world))
  if (scheduler.violation) return
  if (!everythingIsAnswered(world)) return world.fail(`still not answered, long after the last fault: ${openWork(world)}`)
  await runCron(world, scheduler.now + REST_MS)
  if (!scheduler.violation) checkChat(world)
  for (const client of [...world.roomClients, ...world.deskClients]) client.leave()
  await runCron(world, scheduler.now + REST_MS)
  await scheduler.runUntil(scheduler.now + DAY_MS)
  if (!scheduler.violation) checkAlarms(world)
}
