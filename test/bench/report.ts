import { BETTER_AUTHS } from './alternatives.ts'
import type { CaseResult, Figures } from './measure.ts'
import type { Results } from './results.ts'

/** Prints the results as the tables in docs/benchmarks.md. */

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const pad = (cell: string, width: number, column: number): string => (column === 0 ? cell.padEnd(width) : cell.padStart(width))

const formatInteger = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–')
const formatDecimal = (value: number): string => (Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '–')
const ratio = (one: number, other: number): string => (Number.isFinite(one / other) ? (one / other).toFixed(2) : '–')

const formatLatencies = ({ p50, p99 }: Figures): string => `${formatDecimal(p50)} / ${formatDecimal(p99)}`

/** Compares two servers: requests per second, latencies, and CPU time for 1,000 requests. A ratio above 1 favours the first server. */
const comparison = (results: readonly CaseResult[], server: string, other: string): string =>
  table(
    [`${server} : ${other}`, 'req/s', 'ratio', `p50 / p99 ms, ${server}`, other, 'CPU ms', 'ratio'],
    results.flatMap(({ name, servers }) => {
      const [mine, theirs] = [servers[server], servers[other]]
      if (!mine || !theirs) return []
      return [
        [
          name,
          `${formatInteger(mine.perSecond)} : ${formatInteger(theirs.perSecond)}`,
          ratio(mine.perSecond, theirs.perSecond),
          formatLatencies(mine),
          formatLatencies(theirs),
          `${formatInteger(mine.cpuPer1000)} : ${formatInteger(theirs.cpuPer1000)}`,
          ratio(theirs.cpuPer1000, mine.cpuPer1000),
        ],
      ]
    }),
  )

/** How the cost of a list grows with the size of the dataset. */
const growthTable = (results: readonly CaseResult[], sizes: readonly [number, number]): string =>
  table(
    [
      '',
      ...sizes.map((size) => `${formatInteger(size)}: p50 ms`),
      'growth',
      ...sizes.map((size) => `${formatInteger(size)}: CPU ms`),
      'growth',
    ],
    results.flatMap(({ name, servers: { small, large } }) =>
      small && large
        ? [
            [
              name,
              formatDecimal(small.p50),
              formatDecimal(large.p50),
              ratio(large.p50, small.p50),
              formatInteger(small.cpuPer1000),
              formatInteger(large.cpuPer1000),
              ratio(large.cpuPer1000, small.cpuPer1000),
            ],
          ]
        : [],
    ),
  )

const responses = (results: readonly CaseResult[], d1: Results['d1']): string =>
  table(
    ['', 'D1 round trips / statements', 'bytes'],
    results.map(({ name, servers: { ours } }) => [name, d1[name] ?? '–', ours ? formatInteger(ours.bytes) : '–']),
  )

export const print = ({ about, empty, ours, d1, alternatives, growth, sizes, chat, alarms, logIns, start, bundle }: Results): string => {
  const parts = [
    `${about.date}, ${about.machine}, ${about.versions}. CPU: milliseconds of the serving process for 1,000 requests. A ratio above 1 favours Concord.`,
    ...empty.map(
      ({ servers: { empty: figures } }) =>
        figures && `An empty Worker: ${formatInteger(figures.perSecond)} req/s, ${formatInteger(figures.cpuPer1000)} ms.`,
    ),
    ours.length > 0 && comparison(ours, 'ours', 'baseline'),
    ours.length > 0 && responses(ours, d1),
    ...[...BETTER_AUTHS, 'starter', 'Node'].map((alternative) => {
      const compared = alternatives.filter(({ servers }) => servers[alternative])
      return compared.length > 0 && comparison(compared, 'ours', alternative)
    }),
    growth.length > 0 && growthTable(growth, sizes),
    chat &&
      `Chat, 50 sockets in one room, all sending: ${formatInteger(chat.perSecond)} stored and acknowledged deliveries per second, p50 ${formatDecimal(chat.p50)} ms, p99 ${formatDecimal(chat.p99)} ms (${formatInteger(chat.deliveries)} deliveries per run, ${formatInteger(chat.cpuMs)} ms of CPU).`,
    alarms &&
      `Alarms, 50 triggers at once: p50 ${formatDecimal(alarms.p50)} ms, p99 ${formatDecimal(alarms.p99)} ms; the providers have accepted all 200 messages after ${formatDecimal(alarms.deliveredMs)} ms.`,
    logIns &&
      table(
        ['', 'p50 / p99 ms'],
        [
          ['other requests, no log-ins', `${formatDecimal(logIns.idle.p50)} / ${formatDecimal(logIns.idle.p99)}`],
          [
            `other requests, ${formatDecimal(logIns.logInsPerSecond)} log-ins per second`,
            `${formatDecimal(logIns.loaded.p50)} / ${formatDecimal(logIns.loaded.p99)}`,
          ],
          ['growth', `${ratio(logIns.loaded.p50, logIns.idle.p50)} / ${ratio(logIns.loaded.p99, logIns.idle.p99)}`],
        ],
      ),
    start &&
      `CPU time from start to first response: ${formatDecimal(start.programMs)} ms, and ${formatDecimal(start.emptyMs)} ms with an empty Worker.`,
    bundle && `Bundle, minified: ${formatDecimal(bundle.kib)} KiB, ${formatDecimal(bundle.gzipKib)} KiB gzip.`,
  ]
  return parts.filter((part) => typeof part === 'string').join('\n\n')
}
