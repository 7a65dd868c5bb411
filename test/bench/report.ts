import type { Figures, Measured } from './measure.ts'
import { BETTER_AUTHS } from './peers.ts'
import type { Results } from './results.ts'

/** Tables as README.md has them. */

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const pad = (cell: string, width: number, column: number): string => (column === 0 ? cell.padEnd(width) : cell.padStart(width))

const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–')
const fine = (value: number): string => (Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '–')
const ratio = (one: number, other: number): string => (Number.isFinite(one / other) ? (one / other).toFixed(2) : '–')

const pair = ({ p50, p99 }: Figures): string => `${fine(p50)} / ${fine(p99)}`

/** One side against another: requests a second, waits, and what a thousand requests cost the processor. Above 1 the first is better. */
const versus = (measured: readonly Measured[], side: string, other: string): string =>
  table(
    [`${side} : ${other}`, 'req/s', 'ratio', `p50 / p99 ms, ${side}`, other, 'CPU ms', 'ratio'],
    measured.flatMap(({ name, sides }) => {
      const [mine, theirs] = [sides[side], sides[other]]
      if (!mine || !theirs) return []
      return [
        [
          name,
          `${whole(mine.perSecond)} : ${whole(theirs.perSecond)}`,
          ratio(mine.perSecond, theirs.perSecond),
          pair(mine),
          pair(theirs),
          `${whole(mine.cpuPer1000)} : ${whole(theirs.cpuPer1000)}`,
          ratio(theirs.cpuPer1000, mine.cpuPer1000),
        ],
      ]
    }),
  )

/** How a list's cost grows. */
const growth = (measured: readonly Measured[], sizes: readonly [number, number]): string =>
  table(
    ['', ...sizes.map((size) => `${whole(size)}: p50 ms`), 'growth', ...sizes.map((size) => `${whole(size)}: CPU ms`), 'growth'],
    measured.flatMap(({ name, sides: { small, large } }) =>
      small && large
        ? [
            [
              name,
              fine(small.p50),
              fine(large.p50),
              ratio(large.p50, small.p50),
              whole(small.cpuPer1000),
              whole(large.cpuPer1000),
              ratio(large.cpuPer1000, small.cpuPer1000),
            ],
          ]
        : [],
    ),
  )

const answers = (measured: readonly Measured[], d1: Results['d1']): string =>
  table(
    ['', 'D1 round trips / statements', 'bytes'],
    measured.map(({ name, sides: { ours } }) => [name, d1[name] ?? '–', ours ? whole(ours.bytes) : '–']),
  )

export const print = ({ about, nothing, ours, d1, peers, growing, sizes, chat, alarms, logIns, start, bundle }: Results): string => {
  const parts = [
    `${about.date}, ${about.machine}, ${about.versions}. CPU: milliseconds of the runtime for a thousand requests. A ratio above 1 is better for the program.`,
    ...nothing.map(
      ({ sides: { empty } }) => empty && `A Worker that does nothing: ${whole(empty.perSecond)} req/s, ${whole(empty.cpuPer1000)} ms.`,
    ),
    ours.length > 0 && versus(ours, 'ours', 'floor'),
    ours.length > 0 && answers(ours, d1),
    ...[...BETTER_AUTHS, 'starter', 'Node'].map((peer) => {
      const against = peers.filter(({ sides }) => sides[peer])
      return against.length > 0 && versus(against, 'ours', peer)
    }),
    growing.length > 0 && growth(growing, sizes),
    chat &&
      `Chat, fifty sockets in one room, everybody talking: ${whole(chat.perSecond)} stored and acked deliveries a second, p50 ${fine(chat.p50)} ms, p99 ${fine(chat.p99)} ms (${whole(chat.deliveries)} deliveries a run, ${whole(chat.cpuMs)} ms of CPU).`,
    alarms &&
      `Fifty people ring at once: p50 ${fine(alarms.p50)} ms, p99 ${fine(alarms.p99)} ms; their two hundred messages are with the providers after ${fine(alarms.toldMs)} ms.`,
    logIns &&
      table(
        ['', 'p50 / p99 ms'],
        [
          ['others, quiet', `${fine(logIns.quiet.p50)} / ${fine(logIns.quiet.p99)}`],
          [`others, ${fine(logIns.logInsPerSecond)} log-ins a second`, `${fine(logIns.crowded.p50)} / ${fine(logIns.crowded.p99)}`],
          ['growth', `${ratio(logIns.crowded.p50, logIns.quiet.p50)} / ${ratio(logIns.crowded.p99, logIns.quiet.p99)}`],
        ],
      ),
    start &&
      `From start to first answer the runtime computes ${fine(start.programMs)} ms, and ${fine(start.emptyMs)} ms with an empty Worker.`,
    bundle && `Bundle, minified: ${fine(bundle.kib)} KiB, ${fine(bundle.gzipKib)} KiB gzip.`,
  ]
  return parts.filter((part) => typeof part === 'string').join('\n\n')
}
