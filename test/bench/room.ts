import { measureChat } from './chat.ts'
import { median } from './load.ts'
import type { Served } from './runtime.ts'
import type { Town } from './town.ts'

/** One room, in which the person and forty-nine of the staff sit and all talk at once. */

interface Talk {
  readonly deliveries: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** What a run costs the runtime's process. */
  readonly cpuMs: number
}

const SOCKETS = 50

/** A benchmark errorResponse more in a second than any person. */
export const TALKATIVE = { CHAT_BURST: '1000000', CHAT_PER_SECOND: '1000000' }

export const measureRoom = async (
  { target, cpuMs }: Served,
  { people }: Town,
  database: D1Database,
  { runs, messagesEach }: { runs: number; messagesEach: number },
): Promise<Talk> => {
  const [person, ...staff] = people.slice(-SOCKETS)
  if (!person) throw new Error('nobody lives in this town')
  await database.prepare('UPDATE accounts SET is_staff = 1 WHERE id > ? AND id <= ?').bind(person.id, people.length).run()
  const tokens = [person.token, ...staff.map(({ token }) => token)] as const
  const room = { origin: `http://${target.host}:${target.port}`, room: person.id, tokens }

  await measureChat({ ...room, messagesEach: 5 }) // for the compilers
  const talks: Talk[] = []
  for (let n = 0; n < runs; n++) {
    const before = cpuMs()
    talks.push({ ...(await measureChat({ ...room, messagesEach })), cpuMs: cpuMs() - before })
  }
  const middle = (figure: keyof Talk) => median(talks.map((talk) => talk[figure]))
  return {
    deliveries: middle('deliveries'),
    perSecond: middle('perSecond'),
    p50: middle('p50'),
    p99: middle('p99'),
    cpuMs: middle('cpuMs'),
  }
}
