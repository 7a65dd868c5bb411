import { html } from 'hono/html'
import { emergencyNumbersFor } from '../domain/assistant/emergency-numbers.ts'
import { hoursInWords, type SupportHours } from '../model/support-hours.ts'

/** What differs between visitors and installations on the support page. The rest of the page is stored with the assets. */

/** The placeholders in the stored page. */
export const NUMBERS_PLACEHOLDER = '{emergency numbers}'
export const HOURS_PLACEHOLDER = '{hours}'

const phoneLink = (number: string, label: ReturnType<typeof html>) => html`<a href="tel:${number.replaceAll(' ', '')}">${label}</a>`

/** A part of the HTML, outside of what the script shows and hides: the numbers are there in every state, and without a connection. */
const emergencyNumbers = (country: string | null) => {
  const { local, elsewhere } = emergencyNumbersFor(country)
  return html`<section class="emergency-numbers" aria-labelledby="numbers-title">
        <h2 id="numbers-title">In danger? Call now:</h2>
        <ul role="list">
          ${local.map(({ name, number }) => html`<li>${phoneLink(number, html`${name} <strong>${number}</strong>`)}</li>`)}
          <li>${local.length > 0 ? 'Elsewhere' : ''} ${elsewhere.map((number) => html`${phoneLink(number, html`<strong>${number}</strong>`)} `)}</li>
        </ul>
      </section>`
}

const hoursLine = (hours: SupportHours | null) => (hours ? html`<p class="hours">Support hours: ${hoursInWords(hours)}</p>` : '')

interface SupportPageParts {
  /** Decides which emergency numbers are first. */
  readonly country: string | null
  readonly hours: SupportHours | null
}

/** Replaces the placeholders of the stored page. */
export const completeSupportPage = async (page: string, { country, hours }: SupportPageParts): Promise<string> => {
  const [numbers, line] = await Promise.all([emergencyNumbers(country), hoursLine(hours)])
  return page.replace(NUMBERS_PLACEHOLDER, () => String(numbers)).replace(HOURS_PLACEHOLDER, () => String(line))
}
