/** Reads what a server answered, without trusting its form. */

export const textAt = (value: unknown, key: string): string => {
  const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : null
  return typeof field === 'string' ? field : ''
}

/** The texts of an error response, whatever its form. */
export const errorIn = (json: unknown): string =>
  typeof json === 'object' && json !== null ? Object.values(json).flat().map(String).join(' ') : 'The server sent no valid response.'
