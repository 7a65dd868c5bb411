import { measureChat } from './chat.ts'
import type { Dataset } from './dataset.ts'
import { median } from './load.ts'
import type { Served } from './runtime.ts'

/** Measures one room with 50 connections: the person and 49 staff members, all sending at the same time. */

interface RoomFigures {
  readonly deliveries: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** CPU milliseconds of the serving process for one run. */
  readonly cpuMs: number
}

const SOCKETS = 50

/** The benchmark sends more messages per second than the rate limit for people allows. */
export const CHAT_WITHOUT_LIMIT = { CHAT_BURST: '1000000', CHAT_PER_SECOND: '1000000' }

export const measureRoom = async (
  { target, cpuMs }: Served,
  { people }: Dataset,
  database: D1Database,
  { runs, messagesEach }: { runs: number; messagesEach: number },
): Promise<RoomFigures> => {
  const [person, ...staff] = people.slice(-SOCKETS)
  if (!person) throw new Error('the dataset is empty')
  await database.prepare('UPDATE accounts SET is_staff = 1 WHERE id > ? AND id <= ?').bind(person.id, people.length).run()
  const tokens = [person.token, ...staff.map(({ token }) => token)] as const
  const room = { origin: `http://${target.host}:${target.port}`, room: person.id, tokens }

  await measureChat({ ...room, messagesEach: 5 }) // warm-up for the JIT compilers
  const results: RoomFigures[] = []
  for (let n = 0; n < runs; n++) {
    const cpuBefore = cpuMs()
    results.push({ ...(await measureChat({ ...room, messagesEach })), cpuMs: cpuMs() - cpuBefore })
  }
  const medianOf = (figure: keyof RoomFigures) => median(results.map((result) => result[figure]))
  return {
    deliveries: medianOf('deliveries'),
    perSecond: medianOf('perSecond'),
    p50: medianOf('p50'),
    p99: medianOf('p99'),
    cpuMs: medianOf('cpuMs'),
  }
}
