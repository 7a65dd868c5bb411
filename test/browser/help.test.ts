import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createState, type Running, run, serve } from '../commands/run.ts'
import { collectErrors, launch } from './browser.ts'

/** A person who has just registered calls for help, and what they read about it. Each test continues from the previous one. */

const PASSWORD = 'correct horse 7'

const state = createState()
const errors: string[][] = []
let server: Running
let browser: Browser
let staff: Page
let person: Page

const post = async (path: string, json: object, token = '', method = 'POST'): Promise<unknown> => {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Token ${token}` }) }
  const response = await fetch(`${server.origin}${path}`, { method, headers, body: JSON.stringify(json) })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

const register = async (username: string): Promise<string> => {
  await post('/api/v1/user/registration/', { username, password: PASSWORD })
  return Object(await post('/api/v1/user/login/', { username, password: PASSWORD })).token
}

const openPage = async (path: string, username: string): Promise<Page> => {
  const page = await (await browser.newContext({ viewport: { width: 1000, height: 844 } })).newPage()
  errors.push(collectErrors(page))
  await page.goto(`${server.origin}${path}`)
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(PASSWORD)
  await page.locator('#password').press('Enter')
  await page.locator('#connection[data-state="open"]').waitFor()
  return page
}

beforeAll(async () => {
  server = await serve(state.folder)
  expect(await run('admin', ['create', 'rosa', '--staff', '--persist-to', state.folder], `${PASSWORD}\n`)).toMatchObject({ code: 0 })
  browser = await launch()
  staff = await openPage('/console', 'rosa')
})

afterAll(async () => {
  await browser?.close()
  await server?.kill()
  state.remove()
  expect(errors.flat()).toEqual([])
})

test('the call of a new account, without scenario and contacts, is at the desk within a second', async () => {
  await register('mara')
  person = await openPage('/support', 'mara')
  const seen = staff.locator('.alert-strip', { hasText: 'mara needs help' }).waitFor()
  const pressedAt = performance.now()
  await person.getByRole('button', { name: 'Call for help' }).click()
  await seen
  const delay = performance.now() - pressedAt
  expect(delay).toBeLessThan(1000)
  await person.getByText('We have received your call for help.').first().waitFor()
  await person.getByText('Only the support team is notified').waitFor()
})

test('staff acknowledge it: the person reads who has seen it, and can still say that they are safe, also after a reload', async () => {
  await staff.getByRole('button', { name: 'Acknowledge' }).first().click()
  await person.getByText('rosa has seen your alarm').waitFor()
  await person.reload()
  await person.getByText('rosa has seen your alarm').waitFor()
  await person.getByRole('button', { name: 'I am safe' }).click()
  await person.getByText('Good to know that you are safe').waitFor()
  await staff.goto(`${server.origin}/console#/alarms`)
  await staff.locator('.card', { hasText: 'mara reports that they are safe' }).waitFor()
})

test('a message that was only kept is not shown as sent: not to the person, and not to staff', async () => {
  const token = await register('noor')
  const me = Object(await (await fetch(`${server.origin}/api/users/me/`, { headers: { Authorization: `Token ${token}` } })).json())
  const ann = { name: 'Ann', phone: '+12025550143', relationship: 'sister', email: 'ann@example.com' }
  await post(`/api/v1/user/edit/contact/${me.data.user.id}/`, ann, token, 'PATCH')
  const page = await openPage('/support', 'noor')
  await page.getByRole('button', { name: 'Call for help' }).click()
  await page.getByText('Ann was not notified: the message by e-mail was only kept here, and was not sent.').waitFor()
  expect(await page.locator('#help').textContent()).not.toContain('received a notification')
  const card = staff.locator('.card', { hasText: 'noor' })
  await card.getByRole('cell', { name: 'kept in the outbox: not sent' }).waitFor()

  await page.getByRole('button', { name: 'I am safe' }).click()
  await page.getByText('Ann was not notified that you are safe: the message by e-mail was only kept here, and was not sent.').waitFor()
  await card.getByText('noor reports that they are safe').waitFor()
})
