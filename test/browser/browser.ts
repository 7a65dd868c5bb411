import { createServer } from 'node:http'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Starts a real browser, and collects the errors of its pages. */

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS })

/** Collects script errors, violations of the security policy, and unexpected dialogs. A test expects none. */
export const collectErrors = (page: Page): string[] => {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (entry) => {
    if (/Content Security Policy|Trusted/i.test(entry.text())) errors.push(entry.text())
  })
  page.on('dialog', (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return errors
}

/** A page of another site that shows the given URL in a frame. */
export const serveEmbeddingPage = async (url: string): Promise<{ readonly origin: string; close(): void }> => {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(`<!doctype html><title>A clinic</title><iframe src="${url}" title="Support chat" width="380" height="640"></iframe>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (!address || typeof address !== 'object') throw new Error('no port')
  // `localhost` is another host name than our `127.0.0.1`. With the same name the browser would treat both as one site.
  return { origin: `http://localhost:${address.port}`, close: () => server.close() }
}
