import { expect, test } from 'vitest'
import { withoutLinks } from '../../src/model/plain-text.ts'

test.each([
  ['Ann', 'Ann'],
  ['Dr. Hall', 'Dr. Hall'],
  ["Anne-Marie O'Neill", "Anne-Marie O'Neill"],
  ['Олена Шевченко', 'Олена Шевченко'],
  ['سارا', 'سارا'],
  ['Apt. 4, St. Mary St. 12/5', 'Apt. 4, St. Mary St. 12/5'],
  ['50.4501, 30.5234', '50.4501, 30.5234'],
  ['at 10:30, near the river', 'at 10:30, near the river'],
  ['Bank: https://evil.example/login?a=1 now', 'Bank: now'],
  ['HTTPS://EVIL.EXAMPLE', ''],
  ['hhttp://evil.example/ttp://x.example', ''],
  ['https:\\\\evil.example', ''],
  ['geo.app://open', ''],
  ['mailto:bob@evil.example', ''],
  ['call tel:+19005551234', 'call'],
  ['www.evil.example', 'www evil example'],
  ['evil.com/login', 'evil com/login'],
  ['evil.com:8080', 'evil com:8080'],
  ['//evil.com', '//evil com'],
  ['see(evil.com)', 'see(evil com)'],
  ['bob@evil.com', 'bob evil com'],
  ['bücher.рф', 'bücher рф'],
  ['xn--e1afmkfd.xn--p1ai', 'xn--e1afmkfd xn--p1ai'],
  ['evil。com', 'evil com'],
  ['ev\u200bil.\u202ecom', 'evil com'],
  ['10.0.0.1/x', '10 0 0 1/x'],
  ['sam.smith', 'sam smith'],
  ['sam.4.bbe2f976', 'sam.4.bbe2f976'],
  ['evil.com-x', 'evil com-x'],
  ['Sam\nCall 112', 'Sam Call 112'],
  ['  ', ''],
])('%j becomes %j', (text, plain) => {
  expect(withoutLinks(text, 100)).toBe(plain)
})

test('a text is cut at whole characters', () => {
  expect(withoutLinks('x'.repeat(100), 100)).toBe('x'.repeat(100))
  expect(withoutLinks('x'.repeat(101), 100)).toBe(`${'x'.repeat(99)}…`)
  expect(withoutLinks('😀'.repeat(5), 3)).toBe('😀😀…')
})

test('whatever the parts are, no link is left', () => {
  const parts = ['http', ':', '//', '/', '.', 'evil', '.com', '@', ' ', '\u200b', 'www', '。', 'mailto:', '1.2.3.4', '-', 'я']
  let state = 1
  const next = () => {
    state = Math.imul(state, 48_271) % 2_147_483_647
    return Math.abs(state)
  }
  for (let run = 0; run < 20_000; run++) {
    const text = Array.from({ length: 2 + (next() % 8) }, () => parts[next() % parts.length]).join('')
    const plain = withoutLinks(text, 200)
    expect(/\p{L}:\/\/\S|[\p{L}\p{N}-][.。]\p{L}{2,}(?![\p{L}\p{N}])|\d\.\d+\.\d|mailto:\S/u.test(plain), `${text} → ${plain}`).toBe(false)
    expect(withoutLinks(plain, 200)).toBe(plain)
  }
})

test('a long text of dots and labels takes no long time', () => {
  const texts = ['a.'.repeat(5000), 'a'.repeat(10_000), `${'a.'.repeat(499)}1`, '1.'.repeat(5000), '@'.repeat(10_000), ':/'.repeat(5000)]
  const started = performance.now()
  for (const text of texts) withoutLinks(text, 200)
  expect(performance.now() - started).toBeLessThan(500)
})
