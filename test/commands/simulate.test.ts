import { beforeAll, describe, expect, test } from 'vitest'
import { PLANTED_FAULTS } from '../simulation/planted-faults.ts'
import { GATE_FAULTS } from '../simulation/replicas/planted-faults.ts'
import { run } from './run.ts'

const simulate = (...args: string[]) => run('simulate', args)

/** The report of each planted fault in the output of a run with several. If one has no report, its test reads the whole output. */
const reportsOf = (out: string): ((name: string) => string) => {
  const reports = new Map(out.split(/^Planted fault: /m).map((report) => [report.slice(0, report.indexOf('\n')), report]))
  return (name) => reports.get(name) ?? out
}

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
    const { code, out } = await simulate('--fault', 'ack-before-the-write,none')
    expect(code).toBe(2)
    expect(out).toContain('There is no planted fault none.')
  })

  describe('ten worlds', () => {
    let code = -1
    let out = ''
    beforeAll(async () => {
      ;({ code, out } = await simulate('--seed', '13', '--worlds', '10'))
    })

    test('finds nothing in ten worlds', () => {
      expect(out).toContain('10 worlds')
      expect(code).toBe(0)
    })

    test('a seed gives the same steps again, at any position in a run', async () => {
      const alone = await simulate('--seed', '22', '--worlds', '1')
      const other = await simulate('--seed', '20', '--worlds', '1')
      expect(checksumOf(alone.out)).toMatch(/^\w{8}$/)
      expect(checksumOf(out)).toBe(checksumOf(alone.out))
      expect(checksumOf(other.out)).not.toBe(checksumOf(alone.out))
    })
  })

  test('finds a planted fault, and exits with 1', async () => {
    const name = 'two-holders-of-a-claim'
    const { code, out } = await simulate('--fault', name)
    expect(out).toMatch(/^Found with seed 17: \d staff claimed the conversation of person\d at once, and more than one got it$/m)
    expect(out).toMatch(new RegExp(`^To repeat it: npm run simulate -- --seed 17 --worlds 1 --fault ${name}$`, 'm'))
    expect(code).toBe(1)
  })

  test('exits with 1 if one of several planted faults is not found', async () => {
    const { code, out } = await simulate('--fault', 'two-holders-of-a-claim,ack-before-the-write', '--worlds', '0')
    expect(out).toMatch(/^0 of 2 planted faults were found; not found: two-holders-of-a-claim, ack-before-the-write$/m)
    expect(code).toBe(1)
  })
})

// The seed of each fault is one that finds it at once, in a short world. If a change moves the steps, another seed finds it within
// the minute.
describe('npm run simulate -- --fault all', () => {
  let code = -1
  let out = ''
  beforeAll(async () => {
    ;({ code, out } = await simulate('--fault', 'all', '--worlds', '60', '--minutes', '5'))
  })

  test.each(PLANTED_FAULTS)('finds the planted fault $name', ({ name }) => {
    const report = reportsOf(out)(name)
    expect(report).toMatch(/^Found with seed \d+: \w/m)
    expect(report).toMatch(new RegExp(`^To repeat it: npm run simulate -- --seed \\d+ --worlds 1 --fault ${name}$`, 'm'))
    // A fault that only breaks its file is found by any world.
    expect(report).not.toMatch(/^Found with seed \d+: (?:still not answered|an exception)/m)
  })

  test('has each fault in one copy only', () => {
    const report = reportsOf(out)
    const names = PLANTED_FAULTS.map(({ name }) => name)
    expect(names.filter((name) => report(name).includes('and more than one got it'))).toEqual(['two-holders-of-a-claim'])
    expect(names.filter((name) => report(name).includes('has another alarm than before'))).toEqual(['repeated-call-starts-an-alarm'])
  })

  test('exits with 0 if each was found', () => {
    expect(out).toContain(`${PLANTED_FAULTS.length} of ${PLANTED_FAULTS.length} planted faults were found\n`)
    expect(code).toBe(0)
  })
})

describe('npm run simulate -- --replicas', () => {
  test('finds no answer that a single copy could not have given', async () => {
    const { code, out } = await simulate('--replicas', '--seed', '1', '--reads', '1000')
    expect(out).toMatch(/^1000 reads, [1-9]\d* of them from replicas; [1-9]\d* requests with a revoked credential/m)
    expect(code).toBe(0)
  })

  // The others take half a minute of CPU time.
  const [first, ...others] = GATE_FAULTS.filter(({ reads }) => reads <= 1000).map(({ name }) => name)
  const FOUND = /^Found with seed \d+: (?:account \d+ in [\w-]+ was shown|a request with the credential \d+ was let in)/m

  test(`finds the planted fault ${first}`, async () => {
    const { code, out } = await simulate('--replicas', '--fault', `${first}`)
    expect(out).toMatch(FOUND)
    expect(code).toBe(1)
  })

  describe('with several planted faults', () => {
    let code = -1
    let out = ''
    beforeAll(async () => {
      ;({ code, out } = await simulate('--replicas', '--fault', others.join(',')))
    })

    test.each(others)('finds the planted fault %s', (name) => {
      expect(reportsOf(out)(name)).toMatch(FOUND)
    })

    test('exits with 0 if each was found', () => {
      expect(out).toContain(`${others.length} of ${others.length} planted faults were found\n`)
      expect(code).toBe(0)
    })
  })

  test('a read from Sydney with the primary in Frankfurt takes at most 100 ms, from more than 300', async () => {
    const { code, out } = await simulate('--replicas', '--primary', 'weur', '--reads', '400')
    const [, today, gate] = /^\| Frankfurt \| Sydney \| (\d+) \(\d+\) \| (\d+) \(\d+\) \|$/m.exec(out) ?? []
    expect(Number(today)).toBeGreaterThan(300)
    expect(Number(gate)).toBeLessThan(100)
    expect(code).toBe(0)
  })

  test('a region that has no database exits with 2', async () => {
    const { code, out } = await simulate('--replicas', '--primary', 'moon')
    expect(out).toContain('There is no region moon')
    expect(code).toBe(2)
  })

  test('a planted fault of another simulation is an error', async () => {
    const { code, out } = await simulate('--replicas', '--fault', 'ack-before-the-write')
    expect(code).toBe(2)
    expect(out).toContain('There is no planted fault ack-before-the-write.')
  })
})
