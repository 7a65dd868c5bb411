import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import worker from '../../src/index.ts'
import { call, readResponse } from '../support/call.ts'
import { handleWith } from '../support/worker-context.ts'

const PAGES = ['/console', '/support'] as const

const scripts = import.meta.glob<string>('../../src/{site,console}/**/*.ts', { query: '?raw', import: 'default', eager: true })

/** Parses a Content-Security-Policy header: directive → allowed sources. */
const policyOf = (headers: Headers): Map<string, string> =>
  new Map(
    (headers.get('Content-Security-Policy') ?? '').split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(' ')
      return [name, values.join(' ')]
    }),
  )

const callWithOrigins = async (path: string, origins: string) => {
  const execution = createExecutionContext()
  const response = await readResponse(
    await worker.fetch(new Request(`https://concord.test${path}`), { ...env, ALLOWED_ORIGINS: origins }, execution),
  )
  await waitOnExecutionContext(execution)
  return response
}

describe.each(PAGES)('%s', (path) => {
  test.each([path, `${path}/`])('%s is a page', async (variant) => {
    const page = await call('GET', variant)
    expect(page.status).toBe(200)
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
    expect(page.headers.get('Cache-Control')).toBe('no-store')
    expect((await call('HEAD', variant)).status).toBe(200)
  })

  test('the policy allows only our own origin', async () => {
    const policy = policyOf((await call('GET', path)).headers)
    policy.delete('frame-ancestors')
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' blob:",
      'connect-src': "'self'",
      'form-action': "'none'",
      'base-uri': "'none'",
      'require-trusted-types-for': "'script'",
    })
  })

  test('the markup has no inline script or style, and no URL of another origin', async () => {
    const { text } = await call('GET', path)
    const tags = [...text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)]
    expect(tags.length).toBe(1)
    for (const [, attributes, content] of tags) {
      expect(attributes).toMatch(/ src="\/console\/assets\/\w+\.js"/)
      expect(content).toBe('')
    }
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|https?:\/\//i)
  })

  test('it has landmarks, live regions and labels for screen readers', async () => {
    const { text } = await call('GET', path)
    expect(text).toContain('<html lang="en">')
    for (const landmark of ['<header', '<main id="main"', '<h1>']) expect(text.split(landmark).length - 1).toBe(1)
    for (const region of [
      'id="polite" class="visually-hidden" role="status" aria-live="polite"',
      'id="assertive" class="visually-hidden" role="alert"',
    ]) {
      expect(text).toContain(region)
    }
    for (const [, id] of text.matchAll(/<input id="(\w+)"/g)) expect(text).toContain(`<label for="${id}">`)
    for (const [, id] of text.matchAll(/aria-labelledby="([\w-]+)"/g)) expect(text).toContain(`id="${id}"`)
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('it accepts only GET', async () => {
    const response = await call('POST', path, { json: {} })
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })
})

test('the console labels its sections and has a skip link', async () => {
  const { text } = await call('GET', '/console')
  expect(text).toContain('aria-label="Sections"')
  expect(text).toContain('<a class="skip-link" href="#main">')
})

test.each([
  ['production without a provider', { OUTBOX_IS_CHANNEL: 'false' }, true],
  ['production with a provider', { OUTBOX_IS_CHANNEL: 'false', EMAIL_FROM: 'help@example.com', EMAIL_API_KEY: 'k' }, false],
  ['development', {}, false],
])('%s: whether the console shows that alarms reach only the desk', async (_what, settings, isShown) => {
  const context = createContext({ ...env, ...settings }, { waitUntil: () => {} })
  const { text } = await readResponse(await handleWith(new Request('https://concord.test/console'), context))
  expect(text.includes('Alarms reach only this desk.')).toBe(isShown)
})

describe('the emergency numbers on /support', () => {
  const numbersFor = async (country: string | undefined, language: string) => {
    const request = new Request('https://concord.test/support', {
      headers: { 'Accept-Language': language },
      ...(country !== undefined && { cf: { country } }),
    })
    const { text } = await readResponse(await handleWith(request, createContext(env, { waitUntil: () => {} })))
    return [...text.matchAll(/<a href="tel:(\d+)">/g)].map(([, number]) => number)
  }

  test.each([
    ['DE', 'en-US', ['112', '08001110111', '911', '999']],
    ['US', 'de-DE', ['911', '988', '112', '999']],
    [undefined, 'de-DE', ['112', '08001110111', '911', '999']],
    [undefined, 'de', ['112', '911', '999']],
  ])('country %j, language %s', async (country, language, numbers) => {
    expect(await numbersFor(country, language)).toEqual(numbers)
  })
})

describe('embedding in a frame', () => {
  test('is forbidden for the console and for every other page', async () => {
    for (const path of ['/console', '/', '/health', '/nowhere']) {
      const { headers } = await callWithOrigins(path, 'https://clinic.example')
      expect([path, policyOf(headers).get('frame-ancestors'), headers.get('X-Frame-Options')]).toEqual([path, "'none'", 'DENY'])
    }
  })

  test.each([
    ['*', '*'],
    ['https://clinic.example', "'self' https://clinic.example"],
    ['https://a.example, https://b.example/', "'self' https://a.example https://b.example"],
    ['', "'self'"],
  ])('ALLOWED_ORIGINS %j: %s', async (origins, allowed) => {
    const { headers } = await callWithOrigins('/support', origins)
    expect(policyOf(headers).get('frame-ancestors')).toBe(allowed)
    expect(headers.get('X-Frame-Options')).toBeNull()
  })
})

test('no page source turns text into markup, so user content cannot inject HTML', () => {
  const sources = Object.entries(scripts).filter(([path]) => path.includes('/browser/'))
  expect(sources.length).toBeGreaterThan(15)
  const createsMarkup =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|srcdoc|\beval\(|new Function/
  expect(sources.filter(([, source]) => createsMarkup.test(source)).map(([path]) => path)).toEqual([])
  const pages = Object.entries(scripts).filter(([path]) => !path.includes('/browser/'))
  expect(pages.filter(([, source]) => /\braw\(/.test(source)).map(([path]) => path)).toEqual([])
})
