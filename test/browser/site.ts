import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, expect } from 'vitest'
import { createState, type Running, serve } from '../commands/run.ts'
import { prepareDatabase } from '../commands/shared.ts'
import { collectErrors, launch } from './browser.ts'

type Settings = Readonly<Record<string, string>>

interface Site {
  /** Of the server's database. */
  readonly folder: string
  readonly server: Running
  readonly origin: string
  readonly browser: Browser
  /** Starts the server with these settings, and the browser. Once, before the first test. */
  start(settings?: Settings): Promise<void>
  /** Starts the server again after it was killed, on the same port: open pages connect to it again. */
  restart(): Promise<void>
  /** No test may cause an error on this page. */
  watch(page: Page): void
  /** A page with a context of its own, that is watched. */
  newPage(options?: BrowserContextOptions): Promise<Page>
}

const started = <T>(value: T | null): T => {
  if (value === null) throw new Error('not started')
  return value
}

/** A server with a database of its own, and a browser, for the tests of one file. They end with the last test. */
export const useSite = (): Site => {
  const state = createState()
  const errors: string[][] = []
  let chosen: Settings = {}
  let server: Running | null = null
  let browser: Browser | null = null

  afterEach(() => {
    expect(errors.flat()).toEqual([])
  })

  afterAll(async () => {
    await browser?.close()
    await server?.kill()
    state.remove()
  })

  const site: Site = {
    folder: state.folder,
    get server() {
      return started(server)
    },
    get origin() {
      return started(server).origin
    },
    get browser() {
      return started(browser)
    },
    start: async (settings = {}) => {
      chosen = settings
      await prepareDatabase(state.folder)
      server = await serve(state.folder, undefined, settings)
      browser = await launch()
    },
    restart: async () => {
      server = await serve(state.folder, Number(new URL(site.origin).port), chosen)
    },
    watch: (page) => {
      errors.push(collectErrors(page))
    },
    newPage: async (options) => {
      const page = await (await site.browser.newContext(options)).newPage()
      site.watch(page)
      return page
    },
  }
  return site
}
