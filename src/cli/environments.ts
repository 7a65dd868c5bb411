import { CliError } from './cli-error.ts'

/** The deployed environments: the blocks `[env.<name>]` of wrangler.toml. */
const ENVIRONMENTS = ['production', 'staging'] as const

export type EnvironmentName = (typeof ENVIRONMENTS)[number]

export const requireEnvironment = (name: string): EnvironmentName => {
  const environment = ENVIRONMENTS.find((known) => known === name)
  if (environment === undefined)
    throw new CliError(`There is no environment "${name}". The environments are ${ENVIRONMENTS.join(' and ')}.`)
  return environment
}
