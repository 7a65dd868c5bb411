/**
 * How far places are from each other: round trips between data centres in milliseconds, rounded from public measurements. They are
 * input of the model, and not a result.
 */

/** Where the database can be: https://developers.cloudflare.com/d1/best-practices/read-replication/#read-replica-locations */
export const DATABASE_REGIONS = ['weur', 'eeur', 'enam', 'wnam', 'apac', 'oc'] as const
/** Where people are: the same, and two regions without a database. */
export const CLIENT_REGIONS = [...DATABASE_REGIONS, 'south-america', 'africa'] as const

export type DatabaseRegion = (typeof DATABASE_REGIONS)[number]
export type Region = (typeof CLIENT_REGIONS)[number]

export const CITIES: Readonly<Record<Region, string>> = {
  weur: 'Frankfurt',
  eeur: 'Warsaw',
  enam: 'Ashburn',
  wnam: 'Los Angeles',
  apac: 'Singapore',
  oc: 'Sydney',
  'south-america': 'São Paulo',
  africa: 'Johannesburg',
}

/** From one region to those after it in the list. */
const ROUND_TRIPS: Readonly<Record<Region, readonly number[]>> = {
  weur: [20, 90, 150, 160, 280, 200, 160],
  eeur: [110, 170, 180, 300, 220, 180],
  enam: [65, 230, 200, 120, 230],
  wnam: [170, 140, 180, 290],
  apac: [95, 330, 230],
  oc: [310, 270],
  'south-america': [330],
  africa: [],
}

/** Between two machines of one region, and from a client to the nearest data centre. */
const NEAR_MS = 8

export const roundTrip = (from: Region, to: Region): number => {
  const [first, second] = [CLIENT_REGIONS.indexOf(from), CLIENT_REGIONS.indexOf(to)].sort((a, b) => a - b)
  if (first === undefined || second === undefined || first === second) return NEAR_MS
  const region = CLIENT_REGIONS[first]
  return (region && ROUND_TRIPS[region][second - first - 1]) ?? NEAR_MS
}

export const nearestDatabase = (from: Region): DatabaseRegion =>
  DATABASE_REGIONS.reduce((best, region) => (roundTrip(from, region) < roundTrip(from, best) ? region : best))
