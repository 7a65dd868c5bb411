import { expect, test } from 'vitest'
import { Progress } from '../../../../src/cli/move/run/progress.ts'

test('a bar with the rate and the time left on a terminal, and a line now and then elsewhere', () => {
  let now = 0
  const written: string[] = []
  const output = (isTerminal: boolean) => ({ isTerminal, write: (text: string) => void written.push(text), now: () => now })
  const bar = new Progress(output(true))
  bar.start('accounts', 1000)
  now = 1000
  bar.advance(250)
  bar.end()
  expect(written).toEqual(['\r\u001b[Kaccounts [######..................] 250 of 1,000, 250 a second, 3 s left', '\r\u001b[K'])
  written.length = 0
  const lines = new Progress(output(false))
  lines.start('reading', 0)
  now = 2000
  lines.advance(10)
  now = 17_000
  lines.advance(10)
  lines.end()
  expect(written).toEqual(['reading 20, 1 a second\n'])
})
