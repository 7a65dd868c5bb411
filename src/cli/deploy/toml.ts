import { CliError } from '../cli-error.ts'

export interface Table {
  /** The whole line, for example `[[env.production.d1_databases]]`. */
  readonly header: string
  /** Of tables with the same header, the one with this binding. */
  readonly binding?: string
}

const isKey = (line: string, key: string): boolean => line.replace(/\s*=.*$/, '') === key && line.includes('=')

/**
 * Sets a key in one table of TOML text. All other lines stay as they are: a parser would lose the comments, which explain
 * the settings. The old value, if there is one, must be on one line.
 */
export const setKey = (toml: string, { header, binding }: Table, key: string, value: string): string => {
  const lines = toml.split('\n')
  const starts = lines.flatMap((line, index) => (line.trim() === header ? [index] : []))
  const endOf = (start: number): number => {
    const next = lines.findIndex((line, index) => index > start && line.startsWith('['))
    return next < 0 ? lines.length : next
  }
  const start = starts.find(
    (index) => binding === undefined || lines.slice(index, endOf(index)).some((line) => line.trim() === `binding = "${binding}"`),
  )
  if (start === undefined)
    throw new CliError(`wrangler.toml has no ${header}${binding === undefined ? '' : ` with the binding ${binding}`}.`)
  const existing = lines.findIndex((line, index) => index > start && index < endOf(start) && isKey(line, key))
  if (existing < 0) lines.splice(start + 1, 0, `${key} = ${value}`)
  else lines[existing] = `${key} = ${value}`
  return lines.join('\n')
}
