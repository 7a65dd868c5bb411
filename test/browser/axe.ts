import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Checks a page with axe-core, as it looks on a phone and on a desktop, in light and in dark. */

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const SIZES = [
  { width: 390, height: 844 },
  { width: 1200, height: 800 },
]

/** Each violation with the elements that have it. The rules are those that axe runs by default, with its best practices. */
const RUN = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, help, nodes }) => id + ': ' + help + ' ' + nodes.map(({ html, any }) =>
    html.slice(0, 200) + ' ' + any.map(({ message }) => message).join(' ')).join(' | ')))`

export const expectAccessible = async (page: Page, state: string): Promise<void> => {
  for (const viewport of SIZES) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.evaluate(source)
      // Soft: one run shows all violations.
      expect.soft([state, viewport.width, colorScheme, await page.evaluate(RUN)]).toEqual([state, viewport.width, colorScheme, []])
    }
  }
}
