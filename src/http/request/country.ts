/**
 * The country that a request comes from (ISO 3166 code), or null. Cloudflare derives it from the address. Where it does not, the
 * region of the browser's first language that has one is used. It is a guess: use it to order things, never to hide them.
 */
export const countryOf = (request: Request): string | null =>
  countryCode(cloudflareCountry(request)) ??
  countryCode(request.headers.get('CF-IPCountry')) ??
  regionOf(request.headers.get('Accept-Language') ?? '')

const cloudflareCountry = ({ cf }: Request): unknown => (cf && 'country' in cf ? cf.country : null)

/** The data center of Cloudflare that the client reached: the code of an airport. Null outside of the platform. */
export const coloOf = ({ cf }: Request): string | null => (cf && 'colo' in cf && typeof cf.colo === 'string' ? cf.colo : null)

/** Cloudflare's codes for an unknown country and for the Tor network. */
const NO_COUNTRY = ['XX', 'T1']

const countryCode = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Z]{2}$/.test(value) && !NO_COUNTRY.includes(value) ? value : null

/** `de-AT, de;q=0.9` → AT. The script of `zh-Hans-CN` is skipped. */
const regionOf = (languages: string): string | null =>
  /(?:^|[\s,])[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})(?![\w-])/i.exec(languages)?.[1]?.toUpperCase() ?? null
