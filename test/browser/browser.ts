import { createServer } from 'node:http'
import { type Browser, chromium, type Page } from 'playwright-core'

/** A real browser, and pages that must not complain. */

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

/** What a page must never say: that a script failed, or that the policy had to stop something. */
export const complaintsOf = (page: Page): string[] => {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (line) => {
    if (/Content Security Policy|Trusted/i.test(line.text())) complaints.push(line.text())
  })
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return complaints
}

/** A page of somebody else's, which shows ours in a frame. */
export const embedding = async (address: string): Promise<{ readonly origin: string; close(): void }> => {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(`<!doctype html><title>A clinic</title><iframe src="${address}" title="Support chat" width="380" height="640"></iframe>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  if (!at || typeof at !== 'object') throw new Error('no port')
  // By another name than ours, so that the browser takes it for another site and not for another port of this one.
  return { origin: `http://localhost:${at.port}`, close: () => server.close() }
}
