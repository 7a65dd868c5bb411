import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Account, createPerson, createStaff, fillLogin, PASSWORD, send } from './people.ts'
import { useSite } from './site.ts'

/** The inbox of many conversations. Each test continues from the state that the previous one left. */

const NAMES = ['mara', 'noor', 'otto'] as const

const site = useSite()
const people = new Map<string, Account>()
let staff: Page

const account = (name: string): Account => people.get(name) ?? { id: 0, token: '' }
const names = () => staff.locator('.rooms li .name').allTextContents()
const count = (filter: string) => staff.locator(`[data-filter="${filter}"] .filter-count`).textContent()
const counts = async () => Promise.all(['all', 'waiting', 'mine', 'resolved'].map(count))
const show = (filter: string) => staff.locator(`[data-filter="${filter}"]`).click()

const write = async (name: string, text: string): Promise<void> => {
  const { id, token } = account(name)
  const socket = new WebSocket(`${site.origin.replace('http', 'ws')}/ws/chat/${id}/?token=${token}`)
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  socket.send(JSON.stringify({ message: text, client_id: text }))
  await new Promise((resolve) => socket.addEventListener('message', resolve))
  socket.close()
}

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'sam')
  for (const name of NAMES) {
    people.set(name, await createPerson(site.origin, name))
    await write(name, `I am ${name}.`)
  }
  staff = await site.newPage({ viewport: { width: 1200, height: 800 } })
  await staff.goto(`${site.origin}/console`)
  await fillLogin(staff, 'sam')
  await staff.locator('#connection[data-state="open"]').waitFor()
})

describe('the keyboard', () => {
  test('after the log-in the list has the focus', async () => {
    await expect.poll(() => staff.locator('.rooms a:focus').count()).toBe(1)
    expect(await staff.locator('.rooms li:first-child a:focus .name').textContent()).toBe('mara')
  })

  test('the list is one Tab stop, and the arrow keys move inside it', async () => {
    await staff.keyboard.press('ArrowDown')
    expect(await staff.locator('.rooms a:focus .name').textContent()).toBe('noor')
    await staff.keyboard.press('End')
    expect(await staff.locator('.rooms a:focus .name').textContent()).toBe('otto')
    expect(await staff.locator('.rooms a[tabindex="0"]').count()).toBe(1)
    await staff.keyboard.press('Tab')
    expect(await staff.locator('.rooms a:focus').count()).toBe(0)
    await staff.keyboard.press('Shift+Tab')
    expect(await staff.locator('.rooms a:focus .name').textContent()).toBe('otto')
    await staff.keyboard.press('Shift+Tab')
    await staff.locator('.filters input:focus').waitFor()
    await staff.keyboard.press('Shift+Tab')
    await staff.locator('#inbox-search:focus').waitFor()
  })

  test('a new message does not take the focus from the row, although the row moves', async () => {
    await staff.locator('.rooms li', { hasText: 'noor' }).locator('a').focus()
    await write('noor', 'Still here.')
    await staff.locator('.rooms', { hasText: 'Still here.' }).waitFor()
    expect(await staff.locator('.rooms a:focus .name').textContent()).toBe('noor')
  })
})

describe('filters and the search', () => {
  test('the counts come from the server: 500 who wait show 500, although 100 are loaded', async () => {
    await expect.poll(counts).toEqual(['3', '3', '0', '0'])
    let isMocked = true
    await staff.route('**/console/api/rooms?*', async (route) => {
      if (!isMocked) return route.fallback()
      const response = await route.fetch()
      const json = await response.json()
      await route.fulfill({ json: { ...json, counts: { all: 800, waiting: 500, mine: 0, resolved: 300 } } })
    })
    await staff.reload()
    await expect.poll(counts).toEqual(['800', '500', '0', '300'])
    await expect.poll(() => staff.locator('#inbox-count').textContent()).toBe('500')
    expect(await staff.title()).toBe('(500) Support console')
    // Removing the route here would leave a request that is being fetched without a handler.
    isMocked = false
    await staff.reload()
    await expect.poll(counts).toEqual(['3', '3', '0', '0'])
  })

  test('the search finds by a part of the name', async () => {
    await staff.locator('#inbox-search').fill('OO')
    await expect.poll(names).toEqual(['noor'])
    await staff.locator('#inbox-search').fill('nobody')
    await staff.getByText('No conversation matches.').waitFor()
    await staff.locator('#inbox-search').fill('')
    await expect.poll(names).toHaveLength(3)
  })

  test('a conversation is claimed, resolved, and reopened by the next message', async () => {
    await staff.locator('.rooms li', { hasText: 'otto' }).locator('a').click()
    await staff.getByRole('button', { name: 'Claim' }).click()
    await expect.poll(counts).toEqual(['3', '2', '1', '0'])
    await show('mine')
    await expect.poll(names).toEqual(['otto'])
    await staff.getByRole('button', { name: 'Resolve' }).click()
    await staff.getByText('Resolved by sam').waitFor()
    await expect.poll(names).toEqual([])
    await show('resolved')
    await expect.poll(names).toEqual(['otto'])
    await expect.poll(counts).toEqual(['3', '2', '0', '1'])
    await staff.reload()
    await staff.getByText('Resolved by sam').waitFor()
    await expect.poll(counts).toEqual(['3', '2', '0', '1'])
    await show('waiting')
    await expect.poll(names).toHaveLength(2)
    await staff.goto(`${site.origin}/console#/`)
    await write('otto', 'One more thing.')
    await expect.poll(counts).toEqual(['3', '3', '0', '0'])
    await expect.poll(names).toContain('otto')
  })
})

test('a note is there for colleagues, also after a reload, and the person does not see it', async () => {
  await staff.goto(`${site.origin}/console#/room/${account('otto').id}`)
  await staff.locator('#note').fill('Prefers the phone.')
  await staff.getByRole('button', { name: 'Add note' }).click()
  const note = staff.locator('.notes li', { hasText: 'Prefers the phone.' })
  await note.getByText('sam').waitFor()
  await staff.reload()
  await note.waitFor()
  // A note of a colleague appears while the conversation is open.
  await createStaff(site.folder, 'alex')
  const { token } = Object(await send(`${site.origin}/api/v1/user/login/`, { username: 'alex', password: PASSWORD }))
  await send(`${site.origin}/console/api/rooms/${account('otto').id}/notes/`, { text: 'Called at noon.', client_id: 'a' }, { token })
  await staff.locator('.notes li', { hasText: 'Called at noon.' }).waitFor()

  const person = await (await site.browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
  await person.goto(`${site.origin}/support`)
  await fillLogin(person, 'otto')
  await person.locator('.message', { hasText: 'One more thing.' }).waitFor()
  expect(await person.getByText('Prefers the phone.').count()).toBe(0)
  await person.context().close()
})

test('a phone shows the filters without scrolling sideways', async () => {
  await staff.setViewportSize({ width: 390, height: 844 })
  await staff.goto(`${site.origin}/console#/`)
  await expect.poll(names).toHaveLength(3)
  expect(await staff.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
})
