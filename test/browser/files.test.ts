import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type Account, createPerson, createStaff, fillLogin } from './people.ts'
import { useSite } from './site.ts'

/** Files in the support chat, in both directions. Each test continues from the state that the previous one left. */

const site = useSite()
let staff: Page
let person: Page
let mara: Account

const upload = '**/support/files/*/'
const thumbnail = (page: Page, name: string): Locator => page.getByRole('img', { name: `Picture: ${name}` })
const rows = (page: Page): Locator => page.locator('.uploads li')
const dialog = (page: Page): Locator => page.locator('.composer input[type="file"]')
const isShown = (image: Locator): Promise<boolean> =>
  image.evaluate((element) => element.clientWidth > 10 && Reflect.get(element, 'naturalWidth') > 10)

const PICTURE = `(() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 400 })
  const context = canvas.getContext('2d')
  context.fillStyle = 'seagreen'
  context.fillRect(0, 0, 640, 400)
  return canvas.toDataURL('image/png').split(',')[1]
})()`

/** A picture that a browser can show. */
const picture = async (page: Page): Promise<Buffer> => Buffer.from(String(await page.evaluate(PICTURE)), 'base64')

const GIVE = `({ event, name, bytes }) => {
  const data = new DataTransfer()
  data.items.add(new File([Uint8Array.from(bytes)], name, { type: 'image/png' }))
  const init = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data }
  document.getElementById('reply').dispatchEvent(event === 'paste' ? new ClipboardEvent(event, init) : new DragEvent(event, init))
}`

/** Puts a file where a user would put it with the mouse or the clipboard. */
const give = (page: Page, event: 'paste' | 'drop', name: string, bytes: Buffer): Promise<unknown> =>
  page.evaluate(`(${GIVE})(${JSON.stringify({ event, name, bytes: [...bytes] })})`)

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'sam')
  mara = await createPerson(site.origin, 'mara')
  person = await site.newPage({ viewport: { width: 390, height: 844 } })
  staff = await site.newPage({ viewport: { width: 1200, height: 800 } })
  await person.goto(`${site.origin}/support`)
  await fillLogin(person, 'mara')
  await person.locator('#connection[data-state="open"]').waitFor()
  await staff.goto(`${site.origin}/console#/room/${mara.id}`)
  await fillLogin(staff, 'sam')
  await staff.locator('#connection[data-state="open"]').waitFor()
  for (const page of [person, staff]) await page.getByRole('button', { name: 'Add a file' }).waitFor()
})

test('a picture that the person chooses with the keyboard appears on both sides', async () => {
  // Before the press: the browser takes a moment until it reports choosers instead of showing them.
  const chooser = person.waitForEvent('filechooser')
  await person.locator('#reply').focus()
  await person.keyboard.press('Shift+Tab')
  expect(await person.evaluate('document.activeElement.ariaLabel')).toBe('Add a file')
  const buffer = await picture(person)
  await person.keyboard.press('Enter')
  await (await chooser).setFiles({ name: 'beach.png', mimeType: 'image/png', buffer })
  for (const page of [person, staff]) {
    await thumbnail(page, 'beach.png').waitFor()
    await expect.poll(() => isShown(thumbnail(page, 'beach.png'))).toBe(true)
  }
  await expect.poll(() => person.locator('.pending').count()).toBe(0)
  expect(await rows(person).count()).toBe(0)
  expect(await staff.locator('.message p', { hasText: '[Picture' }).count()).toBe(0)
})

test('it is still there after a reload, and becomes larger at a press', async () => {
  for (const page of [person, staff]) {
    await page.reload()
    await expect.poll(() => isShown(thumbnail(page, 'beach.png'))).toBe(true)
  }
  const enlarge = staff.getByRole('button', { name: 'Picture: beach.png' })
  const height = () => thumbnail(staff, 'beach.png').evaluate((image) => image.clientHeight)
  const before = await height()
  await enlarge.focus()
  await staff.keyboard.press('Enter')
  expect(await enlarge.getAttribute('aria-expanded')).toBe('true')
  expect(await height()).toBeGreaterThan(before)
  await staff.keyboard.press('Enter')
  expect(await height()).toBe(before)
})

test('the parts of a page that are loaded later arrive also after the connection was lost', async () => {
  const lost: string[] = []
  await staff.route(/\/(?:conversation|files)\.js/, (route) => {
    const { pathname } = new URL(route.request().url())
    if (lost.includes(pathname)) return route.continue()
    lost.push(pathname)
    return route.abort()
  })
  await staff.reload()
  await expect.poll(() => isShown(thumbnail(staff, 'beach.png'))).toBe(true)
  await staff.getByRole('button', { name: 'Add a file' }).waitFor()
  expect(lost).toEqual(['/console/assets/conversation.js', '/console/assets/files.js'])
  await staff.unrouteAll({ behavior: 'wait' })
})

test('staff send a text, and the person saves it', async () => {
  await dialog(staff).setInputFiles({ name: 'exercises.txt', mimeType: 'text/plain', buffer: Buffer.from('Breathe in.') })
  const save = person.getByRole('button', { name: 'Save exercises.txt (1 KB)' })
  const [saved] = await Promise.all([person.waitForEvent('download'), save.click()])
  expect(saved.suggestedFilename()).toBe('exercises.txt')
  expect(readFileSync(await saved.path(), 'utf8')).toBe('Breathe in.')
})

test('files can be pasted and dropped', async () => {
  const bytes = await picture(person)
  await give(staff, 'paste', 'pasted.png', bytes)
  await thumbnail(person, 'pasted.png').waitFor()
  await give(person, 'drop', 'dropped.png', bytes)
  await thumbnail(staff, 'dropped.png').waitFor()
})

test('several files are sent one after the other, with their progress', async () => {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await person.route(upload, async (route) => {
    await held
    await route.continue()
  })
  const buffer = await picture(person)
  await dialog(person).setInputFiles(['one', 'two', 'three'].map((name) => ({ name: `${name}.png`, mimeType: 'image/png', buffer })))
  expect(await rows(person).locator('.name').allTextContents()).toEqual(['one.png', 'two.png', 'three.png'])
  await person.getByRole('progressbar', { name: 'Sending one.png' }).waitFor()
  await expectAccessible(person, '/support while files are sent')
  await person.setViewportSize({ width: 390, height: 844 })
  expect(await person.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await person.getByRole('button', { name: 'Remove two.png' }).click()
  release()
  await thumbnail(staff, 'three.png').waitFor()
  await expect.poll(() => rows(person).count()).toBe(0)
  await person.unrouteAll({ behavior: 'wait' })
  expect(await thumbnail(staff, 'one.png').count()).toBe(1)
  expect(await thumbnail(staff, 'two.png').count()).toBe(0)
})

test('what cannot be sent says why, and can be tried again or removed', async () => {
  await dialog(person).setInputFiles([
    { name: 'film.png', mimeType: 'image/png', buffer: Buffer.alloc(5 * 1024 * 1024 + 1) },
    { name: 'page.txt', mimeType: 'text/plain', buffer: Buffer.from('<html>') },
  ])
  await rows(person).getByText('The file is larger than 5 MB.').waitFor()
  await rows(person).getByText('Only pictures (JPEG, PNG, WebP, GIF), PDF files and plain text can be sent.').waitFor()
  await expectAccessible(person, '/support with files that were not sent')
  await person.setViewportSize({ width: 390, height: 844 })
  expect(await person.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  for (const name of ['film.png', 'page.txt']) await person.getByRole('button', { name: `Remove ${name}` }).click()

  await person.route(upload, (route) => route.abort())
  await dialog(person).setInputFiles({ name: 'late.png', mimeType: 'image/png', buffer: await picture(person) })
  await rows(person).getByText('The connection was lost.').waitFor()
  await person.unrouteAll({ behavior: 'wait' })
  await rows(person).getByRole('button', { name: 'Try again' }).click()
  await thumbnail(staff, 'late.png').waitFor()
})

test('a file that is gone says so', async () => {
  await person.route('**/support/files/*/*', (route) => route.fulfill({ status: 404, json: { detail: 'Not found.' } }))
  await person.reload()
  await person.getByText('This file does not exist any more.').first().waitFor()
  await expectAccessible(person, '/support with a file that is gone')
  await person.unrouteAll({ behavior: 'wait' })
})

test('the pages with pictures have no violation of axe, and look as they should', async () => {
  await person.setViewportSize({ width: 390, height: 844 })
  await person.reload()
  await expect.poll(() => isShown(thumbnail(person, 'late.png'))).toBe(true)
  await expectAccessible(person, '/support with pictures')
  await expectAccessible(staff, '/console with pictures')
  if (process.env.SCREENSHOTS) {
    await person.setViewportSize({ width: 390, height: 844 })
    await person.screenshot({ path: `${process.env.SCREENSHOTS}/support-files.png` })
    await staff.setViewportSize({ width: 1200, height: 800 })
    await staff.screenshot({ path: `${process.env.SCREENSHOTS}/console-files.png` })
  }
})
