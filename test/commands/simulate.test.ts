import { describe, expect, test } from 'vitest'
import { PLANTED_FAULTS } from '../simulation/planted-faults.ts'
import { GATE_FAULTS } from '../simulation/replicas/planted-faults.ts'
import { run } from './run.ts'

const simulate = (...args: string[]) => run('simulate', args)

const checksumOf = (out: string): string => /^checksum of the last world: (\w+)$/m.exec(out)?.[1] ?? out

describe('npm run simulate', () => {
  test('--help prints the usage and does nothing', async () => {
    const { code, out } = await simulate('--help')
    expect(code).toBe(0)
    expect(out).toMatch(/^npm run simulate /)
    expect(out).not.toContain('checksum of')
  })

  test.each([[['--minutes', 'soon']], [['--seed', '']], [['--planet', '1']], [['1']]])('exits with 2 for %s', async (args) => {
    const { code, out } = await simulate(...args)
    expect(code).toBe(2)
    expect(out).toContain('npm run simulate [-- --minutes')
  })

  test('a planted fault without a name that exists is an error', async () => {
    const { code, out } = await simulate('--fault', 'none')
    expect(code).not.toBe(0)
    expect(out).toContain('There is no planted fault none.')
  })

  test('finds nothing in ten worlds', async () => {
    const { code, out } = await simulate('--seed', '13', '--worlds', '10')
    expect(out).toContain('10 worlds')
    expect(code).toBe(0)
  })

  test('a seed gives the same steps again, at any position in a run', async () => {
    const [alone, second, other] = await Promise.all([
      simulate('--seed', '20', '--worlds', '1'),
      simulate('--seed', '19', '--worlds', '2'),
      simulate('--seed', '22', '--worlds', '1'),
    ])
    expect(checksumOf(alone.out)).toMatch(/^\w{8}$/)
    expect(checksumOf(second.out)).toBe(checksumOf(alone.out))
    expect(checksumOf(other.out)).not.toBe(checksumOf(alone.out))
  })

  // The seed of each fault is one that finds it at once, in a short world. If a change moves the steps, another seed finds it within
  // the minute.
  test.concurrent.each(PLANTED_FAULTS)('finds the planted fault $name', async ({ name, seed }) => {
    const { code, out } = await simulate('--seed', String(seed), '--worlds', '60', '--minutes', '5', '--fault', name)
    expect(out).toMatch(/^Found with seed \d+: \w/m)
    expect(out).toMatch(new RegExp(`^To repeat it: npm run simulate -- --seed \\d+ --worlds 1 --fault ${name}$`, 'm'))
    expect(code).toBe(1)
  })
})

describe('npm run simulate -- --replicas', () => {
  test('finds no answer that a single copy could not have given', async () => {
    const { code, out } = await simulate('--replicas', '--seed', '1', '--reads', '1000')
    expect(out).toMatch(/^1000 reads, [1-9]\d* of them from replicas; [1-9]\d* requests with a revoked credential/m)
    expect(code).toBe(0)
  })

  // The others take half a minute of CPU time.
  const quick = GATE_FAULTS.filter(({ reads }) => reads <= 1000)

  test.concurrent.each(quick)('finds the planted fault $name', async ({ name, seed, reads }) => {
    const { code, out } = await simulate('--replicas', '--seed', String(seed), '--reads', String(reads), '--fault', name)
    expect(out).toMatch(/^Found with seed \d+: (?:account \d+ in [\w-]+ was shown|a request with the credential \d+ was let in)/m)
    expect(code).toBe(1)
  })

  test('a read from Sydney with the primary in Frankfurt takes at most 100 ms, from more than 300', async () => {
    const { code, out } = await simulate('--replicas', '--primary', 'weur', '--reads', '400')
    const [, today, gate] = /^\| Frankfurt \| Sydney \| (\d+) \(\d+\) \| (\d+) \(\d+\) \|$/m.exec(out) ?? []
    expect(Number(today)).toBeGreaterThan(300)
    expect(Number(gate)).toBeLessThan(100)
    expect(code).toBe(0)
  })

  test('a region that has no database exits with 2', async () => {
    expect((await simulate('--replicas', '--primary', 'moon')).code).toBe(2)
  })

  test('a planted fault of another simulation is an error', async () => {
    const { code, out } = await simulate('--replicas', '--fault', 'ack-before-the-write')
    expect(code).not.toBe(0)
    expect(out).toContain('There is no planted fault ack-before-the-write.')
  })
})
