import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createState, type Running, serve } from '../commands/run.ts'
import { expectAccessible } from './axe.ts'
import { collectErrors, launch } from './browser.ts'
import { createPerson, createStaff, field, fillLogin, PASSWORD, send } from './people.ts'

/** A contact declines with the link of the invitation, and the person reads it on their page. */

const state = createState()
let server: Running
let browser: Browser

const readOutbox = async (): Promise<string> => {
  const token = String(field(await send(`${server.origin}/api/v1/user/login/`, { username: 'rosa', password: PASSWORD }), 'token'))
  return (await fetch(`${server.origin}/console/api/outbox/`, { headers: { Authorization: `Token ${token}` } })).text()
}

beforeAll(async () => {
  server = await serve(state.folder)
  await createStaff(state.folder, 'rosa')
  browser = await launch()
})

afterAll(async () => {
  await browser?.close()
  await server?.kill()
  state.remove()
})

test('a contact declines, and the person sees it', async () => {
  const mara = await createPerson(server.origin, 'mara')
  const ann = { name: 'Ann', phone: '+12025550143', relationship: 'sister', email: 'ann@example.com' }
  await send(`${server.origin}/api/v1/user/edit/contact/${mara.id}/`, ann, { method: 'PATCH', token: mara.token })
  await expect.poll(readOutbox, { timeout: 20_000 }).toContain('/support/contact?token=')
  const [link = ''] = /http:[^"\\\s]*\/support\/contact\?token=\w+/.exec(await readOutbox()) ?? []

  const person = await (await browser.newContext()).newPage()
  const errors = collectErrors(person)
  await person.goto(`${server.origin}/support`)
  await fillLogin(person, 'mara')
  const contacts = person.getByText('Emergency contacts')
  await contacts.click()
  await person.getByText('Ann (sister) has not answered yet, and will be notified.').waitFor()
  await expectAccessible(person, 'with the list of contacts')

  const contact = await (await browser.newContext()).newPage()
  errors.push(...collectErrors(contact))
  await contact.goto(link)
  await expectAccessible(contact, 'an invitation')
  await contact.getByRole('button', { name: 'I do not want to be notified' }).click()
  await contact.getByText('You will hear nothing more from us about this person.').waitFor()

  await contacts.click()
  await contacts.click()
  await person.getByText('Ann (sister) does not want to be notified.').waitFor()
  expect(errors).toEqual([])
})
