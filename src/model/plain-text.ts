/**
 * Texts that one person writes and the service sends to another one. Messages of an alarm come from the service, so they must not
 * contain links that a user wrote into a name or a location.
 */

/** Characters that change the order of a text or are not shown. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu

const SPACES = /[\s\p{Cc}]+/gu

/** An address with its scheme: `https://example.com/x`, `mailto:ann@example.com`. */
const LINK = /(?:[\p{L}\p{N}+.-]*:[/\\]{2}|\b(?:mailto|tel|sms):)\S*/giu

/** The dots that browsers accept between the labels of a host name. */
const DOTS = '.\\u3002\\uff0e\\uff61'
const LABEL = '[\\p{L}\\p{M}\\p{N}_-]+'
/** Names of top-level domains are letters only, unless they are encoded. */
const TOP_LABEL = '(?:xn--[a-z0-9-]+|[\\p{L}\\p{M}]{2,})(?![\\p{L}\\p{M}\\p{N}])'
const HOST = `(?:${LABEL}[${DOTS}])+${TOP_LABEL}`
const IPV4 = '(?:\\d{1,3}\\.){3}\\d{1,3}'
/** What mail programs and phones make a link of, although it has no scheme. `50.4501` and `St. Mary` are not. */
const HOST_OR_ADDRESS = new RegExp(`(?:[^\\s@]+@)?(?:${HOST}|${IPV4})`, 'gu')
const SEPARATORS = new RegExp(`[@${DOTS}]`, 'gu')

/** Longer texts are cut before they are searched, so that the search takes no longer than a message may. */
const MAX_SEARCHED = 1000

/**
 * A text on one line and without links. Addresses with a scheme are removed. In what looks like a host name, spaces replace the dots:
 * it may be part of a name (`sam.smith`) or of a street, and the reader has to recognize it. Longer texts are cut at `max` characters.
 */
export const withoutLinks = (text: string, max: number): string => {
  const searched = text.slice(0, MAX_SEARCHED).replaceAll(INVISIBLE, '').replaceAll(SPACES, ' ').replaceAll(LINK, ' ')
  const plain = searched.replaceAll(HOST_OR_ADDRESS, (host) => host.replaceAll(SEPARATORS, ' '))
  const characters = [...plain.replaceAll(SPACES, ' ').trim()]
  return characters.length > max
    ? `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`
    : characters.join('')
}
