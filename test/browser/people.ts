import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { run } from '../commands/run.ts'

/** Accounts for the browser tests, and how they log in. */

export const PASSWORD = 'correct horse 7'

export interface Account {
  readonly id: number
  readonly token: string
}

interface RequestOptions {
  readonly method?: string
  readonly token?: string
}

export const send = async (url: string, json: object, { method = 'POST', token = '' }: RequestOptions = {}): Promise<unknown> => {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Token ${token}` }) }
  const response = await fetch(url, { method, headers, body: JSON.stringify(json) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return response.json()
}

export const field = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((current, key) => (typeof current === 'object' && current !== null ? Reflect.get(current, key) : undefined), value)

export const createPerson = async (origin: string, username: string): Promise<Account> => {
  await send(`${origin}/api/v1/user/registration/`, { username, password: PASSWORD })
  const token = String(field(await send(`${origin}/api/v1/user/login/`, { username, password: PASSWORD }), 'token'))
  const me: unknown = await (await fetch(`${origin}/api/users/me/`, { headers: { Authorization: `Token ${token}` } })).json()
  return { id: Number(field(me, 'data', 'user', 'id')), token }
}

export const createStaff = async (folder: string, username: string): Promise<void> => {
  const admin = (args: string[], input?: string) => run('admin', [...args, '--persist-to', folder], input)
  expect(await admin(['create', username], `${PASSWORD}\n`)).toMatchObject({ code: 0 })
  expect(await admin(['grant', username, '--staff'])).toMatchObject({ code: 0 })
}

/** With the keyboard only: the form has the focus when it appears. */
export const fillLogin = async (page: Page, username: string): Promise<void> => {
  await page.locator('#username:focus').waitFor()
  await page.keyboard.type(username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
}
