/** ISO 8601 in UTC, without a fraction where it is zero. */
export const isoTime = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z')

export const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10)
