import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { expectAccessible } from './axe.ts'
import { createPerson, field, PASSWORD, send } from './people.ts'
import { useSite } from './site.ts'

/** A person with two accounts joins them on the page at /account/join. */

const site = useSite()

const OTHER_PASSWORD = 'a better horse 8'

beforeAll(() => site.start())

interface Entry {
  readonly contract: string
  readonly username: string
  readonly password: string
}

const open = async (): Promise<Page> => {
  const page = await site.newPage()
  await page.goto(`${site.origin}/account/join`)
  return page
}

const fill = async (page: Page, group: string, { contract, username, password }: Entry): Promise<void> => {
  const fields = page.getByRole('group', { name: group })
  await fields.getByLabel('App').selectOption({ label: contract })
  await fields.getByLabel('Username').fill(username)
  await fields.getByLabel('Password').fill(password)
}

const submit = async (page: Page, kept: Entry, other: Entry): Promise<void> => {
  await fill(page, 'The account that you keep', kept)
  await fill(page, 'The other account', other)
  await page.getByLabel('I know that this cannot be undone.').check()
  await page.getByRole('button', { name: 'Join the accounts' }).click()
}

/** The active log-ins of the account, without the one of this request. */
const otherLogIns = async (username: string): Promise<unknown[]> => {
  const token = String(field(await send(`${site.origin}/api/v1/user/login/`, { username, password: PASSWORD }), 'token'))
  const response = await fetch(`${site.origin}/api/v1/user/sessions/`, { headers: { Authorization: `Token ${token}` } })
  const sessions: unknown = await response.json()
  return Object.values(Object(sessions).sessions ?? sessions).filter((session) => field(session, 'current') !== true)
}

const register = (username: string) =>
  send(`${site.origin}/user/register/`, { username, email: `${username}@example.com`, password: OTHER_PASSWORD })

test('two accounts become one', async () => {
  await createPerson(site.origin, 'mara')
  const { token } = Object(await register('mara.second'))
  await send(`${site.origin}/session/`, { name: 'Morning run', date: '2026-11-01', duration: 20 }, { token })
  const page = await open()
  await expectAccessible(page, 'the form')

  const kept = { contract: 'Recovery', username: 'mara', password: PASSWORD }
  const other = { contract: 'Mindharmony', username: 'mara.second', password: OTHER_PASSWORD }
  await submit(page, { ...kept, password: 'wrong' }, other)
  await page.getByRole('alert').getByText('The account that you keep: ').waitFor()
  await submit(page, kept, { ...other, password: 'wrong' })
  await page.getByText('The other account: There is no account with this username and password.').waitFor()
  await expectAccessible(page, 'a wrong password')
  await submit(page, kept, { ...kept, contract: 'Facility' })
  await page.getByRole('alert').getByText('This is the same account.').waitFor()

  await submit(page, kept, other)
  await page.getByRole('heading', { name: 'The accounts are joined' }).waitFor()
  await page.locator('#join').waitFor({ state: 'hidden' })
  expect(await page.locator('dl').innerText()).toContain('Mindharmony\nmara.second')
  expect(await page.locator('dl').innerText()).toContain('Recovery\nmara')
  for (const password of await page.locator('input[type=password]').all()) expect(await password.inputValue()).toBe('')
  await expectAccessible(page, 'joined')

  const login = await send(`${site.origin}/user/login/`, { username: 'mara.second', password: PASSWORD })
  const sessions = await fetch(`${site.origin}/session/`, { headers: { Authorization: `Token ${field(login, 'token')}` } })
  expect(await sessions.text()).toContain('Morning run')
})

test('the log-in of each app is used, and ended when the accounts are not joined', async () => {
  await createPerson(site.origin, 'petra')
  await register('petra.second')
  const before = (await otherLogIns('petra')).length
  const page = await open()
  for (const contract of ['Mindharmony', 'Facility', 'Matrimony', 'Recovery', 'Meetups']) {
    await submit(page, { contract, username: 'petra', password: PASSWORD }, { contract, username: 'petra.second', password: 'wrong' })
    await page.getByText('The other account: There is no account').waitFor()
    await page.locator('#join button:enabled').waitFor()
  }
  expect(await otherLogIns('petra')).toHaveLength(before + 1) // the log-in that counted them before
  expect(await page.context().cookies()).toEqual([])
})

test('without a server, the page does not claim that nothing has happened', async () => {
  const page = await open()
  await page.route('**/user/login/', (route) => route.abort())
  const kept = { contract: 'Mindharmony', username: 'petra', password: PASSWORD }
  await submit(page, kept, { ...kept, username: 'petra.second', password: OTHER_PASSWORD })
  await page.getByRole('alert').getByText('The server did not respond.').waitFor()
})
