/** The client of a request as limits see it. Two clients with equal values share their limits. */
export interface Client {
  /** An IPv4 address, or the /64 that an IPv6 address is in: one subscriber has at least a whole /64 to choose addresses from. */
  readonly network: string
  /** The IPv4 /24 or the IPv6 /48. A subscriber or a customer of a hosting provider may have as much as that. */
  readonly widerNetwork: string
}

/** For requests without an address, and for whatever is no address: they share one limit, so inventing junk gains nothing. */
export const UNKNOWN_CLIENT: Client = { network: 'unknown', widerNetwork: 'unknown' }

/** The client with this address, in any of the notations of IPv4 and IPv6 (RFC 4291, 2.2). */
export const clientOf = (address: string | null): Client => {
  const text = address?.trim() ?? ''
  const v4 = parseIpv4(text)
  if (v4) return ipv4Client(v4)
  const v6 = parseIpv6(text.replace(/%[^%]*$/, '')) // The zone id names an interface of the machine that wrote it.
  if (!v6) return UNKNOWN_CLIENT
  if (isIpv4Mapped(v6)) return ipv4Client(v6.slice(6).flatMap((group) => [group >> 8, group & 0xff]))
  return { network: `${prefix(v6, 4)}::/64`, widerNetwork: `${prefix(v6, 3)}::/48` }
}

const ipv4Client = (bytes: readonly number[]): Client => ({
  network: bytes.join('.'),
  widerNetwork: `${bytes.slice(0, 3).join('.')}.0/24`,
})

const prefix = (groups: readonly number[], length: number): string =>
  groups
    .slice(0, length)
    .map((group) => group.toString(16))
    .join(':')

/** `::ffff:192.0.2.1`: an IPv4 client of a socket that accepts both versions. */
const isIpv4Mapped = (groups: readonly number[]): boolean => groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff

/** Four bytes; null if the text is no IPv4 address. A leading zero makes it invalid, because some programs read it as octal. */
const parseIpv4 = (text: string): number[] | null => {
  const parts = text.split('.')
  const isValid = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  return isValid ? parts.map(Number) : null
}

const GROUPS = 8

/** Eight groups of 16 bits; null if the text is no IPv6 address. The last 32 bits may be written like an IPv4 address. */
const parseIpv6 = (text: string): number[] | null => {
  const halves = text
    .replace(/(?<=:)[\d.]+$/, inHexadecimal)
    .split('::')
    .map(parseGroups)
  const [head, tail] = halves
  if (!head || halves.length > 2) return null
  if (halves.length === 1) return head.length === GROUPS ? head : null
  if (!tail || head.length + tail.length >= GROUPS) return null
  return [...head, ...new Array<number>(GROUPS - head.length - tail.length).fill(0), ...tail]
}

const inHexadecimal = (dotted: string): string => {
  const bytes = parseIpv4(dotted)
  if (!bytes) return dotted
  const [a = 0, b = 0, c = 0, d = 0] = bytes
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

/** The groups of one side of `::`. */
const parseGroups = (text: string): number[] | null => {
  if (text === '') return []
  const groups = text.split(':')
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : null
}
