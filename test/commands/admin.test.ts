import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { invocationFrom } from '../../src/cli/admin/arguments.ts'
import { accountTable, describeAccount, describePasskeys, describeSessions } from '../../src/cli/admin/texts.ts'
import { ask, askNewPassword } from '../../src/cli/prompt.ts'

/** How `npm run admin` reads its command line and its input. dev.test.ts runs the commands. */

const COMMANDS = [
  'list',
  'create',
  'set-password',
  'grant',
  'revoke',
  'deactivate',
  'reactivate',
  'sessions',
  'passkeys',
  'unlock',
  'export',
  'erase',
]

const help = (...args: string[]): string => {
  const invocation = invocationFrom(args)
  return 'help' in invocation ? invocation.help : 'no help'
}

describe('the command line', () => {
  test('--help lists every command', () => {
    for (const command of COMMANDS) expect(help('--help')).toMatch(new RegExp(`^  ${command} `, 'm'))
  })

  test.each(COMMANDS)('%s --help describes the command, with or without a username', (command) => {
    expect(help(command, '--help')).toMatch(new RegExp(`^npm run admin -- ${command} `))
    expect(help(command, 'ada', '-h')).toBe(help(command, '--help'))
  })

  test.each([
    [[], 'Name a command.'],
    [['frobnicate', 'x'], 'There is no command "frobnicate".'],
    [['frobnicate', '--help'], 'There is no command "frobnicate".'],
    [['toString'], 'There is no command "toString".'],
    [['grant'], '"grant" takes one username: npm run admin -- grant <username>'],
    [['grant', 'a', 'b'], '"grant" takes one username'],
    [['list', 'a'], '"list" takes no username'],
    [['grant', 'a', '--end'], '"grant" has no option --end'],
    [['unlock', 'a', '--yes'], '"unlock" has no option --yes'],
    [['grant', 'a', '--nonsense'], "Unknown option '--nonsense'."],
    [['create', 'a', '--email'], "Option '--email <value>' argument missing."],
    [['grant', 'a', '--admin=yes'], "Option '--admin' does not take an argument."],
  ])('%j is refused with a sentence', (args, sentence) => {
    expect(() => invocationFrom(args)).toThrow(sentence)
  })

  test('a command with its username and options is accepted', () => {
    expect(invocationFrom(['grant', 'ada', '--staff', '--remote'])).toMatchObject({
      command: 'grant',
      username: 'ada',
      options: { staff: true, remote: true },
    })
    expect(invocationFrom(['list', '--after', '7'])).toMatchObject({ command: 'list', username: '', options: { after: '7' } })
  })
})

test('the table of accounts has one row each, and names the next page', () => {
  const account = { isActive: true, isAdmin: false, isStaff: false, isSuperuser: false }
  const accounts = [
    { ...account, id: 9, username: 'ada', email: 'ada@example.com', isAdmin: true, isSuperuser: true },
    { ...account, id: 10, username: 'grace.hopper', email: '', isActive: false },
  ]
  expect(accountTable(accounts, 10, 2).split('\n')).toEqual([
    'id  username      e-mail           flags             active',
    '9   ada           ada@example.com  admin, superuser  yes',
    '10  grace.hopper  –                –                 no',
    'More: npm run admin -- list --after 10 --limit 2',
  ])
  expect(accountTable(accounts, null, 2)).not.toContain('More')
  expect(accountTable([], null, 2)).toBe('There are no accounts here.')
})

test('names that moved in do not control the terminal, begin a line, or reverse what follows', () => {
  const username = '\u001b[2J\u009b31m\nroot\u202e'
  const account = {
    id: 9,
    username,
    email: '\u001b]0;x\u0007@example.com',
    isActive: true,
    isAdmin: false,
    isStaff: false,
    isSuperuser: false,
  }
  expect(describeAccount(account)).toBe('?[2J?31m?root? (9): active, no flags')
  const [, row] = accountTable([account], null, 2).split('\n')
  expect(row).toMatch(/^9 {3}\?\[2J\?31m\?root\? {2}\?\]0;x\?@example\.com /)
  const session = { id: 's', kind: 'token', createdAt: 0, lastSeenDay: '1970-01-01', userAgent: 'a\u009b2Jb' } as const
  expect(describeSessions(account, [session]).split('\n')[1]).toMatch(/ a\?2Jb$/)
  const passkey = { id: 'p', name: 'key\nkey', createdAt: 0, lastUsedAt: null }
  expect(describePasskeys(account, [passkey]).split('\n')).toHaveLength(2)
})

describe('a password', () => {
  const terminal = (isTTY: boolean) => {
    const input = Object.assign(new PassThrough(), { isTTY })
    const output = new PassThrough({ encoding: 'utf8' })
    return { input, output, shown: () => String(output.read() ?? '') }
  }
  /** Types the next line once the question for it is shown. */
  const type = async ({ input, output }: ReturnType<typeof terminal>, ...lines: string[]): Promise<string> => {
    let shown = ''
    for await (const text of output) {
      shown += text
      if (/: $/.test(text)) input.write(`${lines.shift()}\r`)
      if (lines.length === 0) break
    }
    return shown
  }

  test('is asked for twice at a terminal, without being shown', async () => {
    const at = terminal(true)
    const [password, shown] = await Promise.all([askNewPassword('ada', at), type(at, 'correct horse 7', 'correct horse 7')])
    expect(password).toBe('correct horse 7')
    expect(shown).toBe('New password for ada: \nThe same again: ')
    expect(at.shown()).not.toContain('horse')
  })

  test('is refused if the second one differs', async () => {
    const at = terminal(true)
    const typed = type(at, 'correct horse 7', 'correct horse 8')
    await expect(askNewPassword('ada', at)).rejects.toThrow('The two passwords differ. Nothing was changed.')
    await typed
  })

  test('is refused if the person cancels, with the reason on a line of its own', async () => {
    const at = terminal(true)
    at.input.write('\u0003')
    await expect(askNewPassword('ada', at)).rejects.toThrow('No password was given.')
    expect(at.shown()).toBe('New password for ada: \n')
  })

  test('is the first line of a pipe, where nothing is asked', async () => {
    const at = terminal(false)
    at.input.end('correct horse 7\nanother line\n')
    expect(await askNewPassword('ada', at)).toBe('correct horse 7')
    expect(at.shown()).toBe('')
  })

  test.each(['', '\n', '   \n'])('is refused if the pipe holds none: %j', async (content) => {
    const at = terminal(false)
    at.input.end(content)
    await expect(askNewPassword('ada', at)).rejects.toThrow('No password was given.')
  })

  test('a question that is no secret shows what is typed', async () => {
    const at = terminal(true)
    const [answer, shown] = await Promise.all([ask('Type the username', at), type(at, 'ada')])
    expect(answer).toBe('ada')
    expect(shown + at.shown()).toContain('Type the username: ')
  })
})
