import { CLIENT_REGIONS, type Region } from './distances.ts'
import { objectIdOf, type Person } from './people.ts'
import type { ReplicaWorld } from './world.ts'

/** What the people of a world do, and what happens to it meanwhile. */

const KINDS = ['messages', 'friends'] as const

const act = (world: ReplicaWorld): void => {
  const { random, people, options, scheduler } = world
  // Some people are in the middle of everything.
  const anyone = (): Person | null => random.oneOf(random.chance(0.3) ? people.slice(0, 5) : people)
  const [person, other] = [anyone(), anyone()]
  if (!person || !other || person === other) return
  const region = random.chance(options.atHome) ? person.home : random.pick(CLIENT_REGIONS)
  const sent = { person, credential: random.oneOf(person.credentials) ?? '', region }
  // What was written is read from other continents, whether it was answered or not.
  const readBack = (): void => {
    if (!options.hasFaults) return
    for (const reader of [person, other, other]) {
      const from = { person: reader, credential: random.oneOf(reader.credentials) ?? '', region: random.pick(CLIENT_REGIONS) }
      scheduler.after(random.between(0, 3000), () => void world.read(from, random.pick(KINDS)))
    }
  }
  // The same people look at the same profile from several continents.
  const look = (): void => {
    const [reader, owner] = [random.oneOf(people.slice(5, 10)), random.oneOf(people.slice(0, 5))]
    if (!reader || !owner) return
    const from = { person: reader, credential: random.oneOf(reader.credentials) ?? '', region: random.pick(CLIENT_REGIONS) }
    void world.readPerson(from, owner)
  }
  const what = random.next()
  if (what < 0.1) {
    const send = (): void =>
      void world.write(sent, [other], 'POST', '/message/', { receiver_id: other.id, content: 'hello' }).then(readBack)
    send()
    if (random.chance(0.05)) send()
  } else if (what < 0.102) void world.write(sent, [other], 'POST', `/matching/block/${other.id}/`).then(readBack)
  else if (what < 0.107) void world.write(sent, [other], 'DELETE', `/api/friends/remove/${objectIdOf(other.id)}/`).then(readBack)
  else if (what < 0.115) revoke(world, person, region)
  else if (what < 0.13) void world.logIn(person, region)
  else if (what < 0.15) void world.write(sent, [], 'PATCH', '/api/profile/update/', { first_name: `name ${scheduler.now}` })
  else if (what < 0.3 && options.hasFaults) look()
  else void world.read(sent, random.pick(KINDS))
}

/** Ends one credential with another one. Its device is not notified, and continues. */
const revoke = (world: ReplicaWorld, person: Person, region: Region): void => {
  const alive = person.credentials.filter((credential) => !world.history.isRevokedBefore(credential, Number.POSITIVE_INFINITY))
  const [by, ended] = [alive[0], alive[1]]
  if (!by || !ended) return
  void world.write({ person, credential: by, region }, [], 'DELETE', `/api/v1/user/sessions/${ended}/`).then((isDone) => {
    if (isDone) world.history.noteRevoked(ended, world.scheduler.now)
  })
}

/** Runs until so many reads were answered. */
export const live = async (world: ReplicaWorld, reads: number): Promise<void> => {
  const { scheduler, random, options } = world
  const repeat = (meanMs: number, event: () => void): void => {
    scheduler.plain(-Math.log(1 - random.next()) * meanMs, () => {
      scheduler.after(0, event)
      repeat(meanMs, event)
    })
  }
  repeat(options.paceMs, () => act(world))
  if (options.hasFaults) repeat(options.paceMs * 10, () => world.disturb())
  await scheduler.runUntil(Number.POSITIVE_INFINITY, () => world.history.reads >= reads)
}
