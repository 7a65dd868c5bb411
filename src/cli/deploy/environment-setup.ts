import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { EnvironmentName } from '../environments.ts'
import { openDialogue } from '../prompt.ts'
import { replaceFile } from '../replace-file.ts'
import { type Answers, askAnswers } from './answers.ts'
import { setupFrom } from './arguments.ts'
import * as cloudflare from './cloudflare.ts'
import { type Environment, readEnvironment } from './environment.ts'
import { setKey, type Table } from './toml.ts'
import { print, type Workspace } from './workspace.ts'

interface Step {
  readonly description: string
  run(): Promise<void>
}

const write = ({ folder }: Workspace, table: Table, key: string, value: string): void => {
  const file = join(folder, 'wrangler.toml')
  replaceFile(file, Buffer.from(setKey(readFileSync(file, 'utf8'), table, key, value)))
}

interface ResourceKind {
  readonly label: string
  readonly resource: Environment['database']
  readonly existing: cloudflare.Resources
  readonly list: (workspace: Workspace, environment: Environment) => Promise<cloudflare.Resources>
  readonly create: (workspace: Workspace, environment: Environment) => Promise<void>
  readonly table: Table
  readonly key: string
}

/** Creates a resource unless it exists, and writes its id. The id is read from a list in either case: that is the same for both. */
const resourceSteps = (workspace: Workspace, environment: Environment, kind: ResourceKind): Step[] => {
  const { label, resource, existing, list, create, table, key } = kind
  if (resource.id !== null) {
    if ([...existing.values()].includes(resource.id)) return []
    throw new CliError(
      `wrangler.toml names a ${label} for ${environment.name} that this Cloudflare account does not have (${resource.id}). ` +
        'Log in to the other account, or replace the id with zeros. Nothing was changed.',
    )
  }
  const isThere = existing.has(resource.name)
  return [
    {
      description: `${isThere ? 'Use the existing' : 'Create the'} ${label} "${resource.name}", and write its id into wrangler.toml.`,
      run: async () => {
        if (!isThere) await create(workspace, environment)
        const id = (await list(workspace, environment)).get(resource.name)
        if (id === undefined) throw new CliError(`The ${label} "${resource.name}" was created, but Cloudflare does not list it yet.`)
        write(workspace, table, key, JSON.stringify(id))
      },
    },
  ]
}

/** What is missing on the platform, apart from what the operator must be asked for. */
const platformSteps = async (workspace: Workspace, environment: Environment, secrets: readonly string[]): Promise<Step[]> => {
  const { name, bucket, vars } = environment
  const steps = [
    ...resourceSteps(workspace, environment, {
      label: 'D1 database',
      resource: environment.database,
      existing: await cloudflare.listDatabases(workspace, environment),
      list: cloudflare.listDatabases,
      create: cloudflare.createDatabase,
      table: { header: `[[env.${name}.d1_databases]]`, binding: 'DB' },
      key: 'database_id',
    }),
    ...resourceSteps(workspace, environment, {
      label: 'KV namespace',
      resource: environment.namespace,
      existing: await cloudflare.listNamespaces(workspace, environment),
      list: cloudflare.listNamespaces,
      create: cloudflare.createNamespace,
      table: { header: `[[env.${name}.kv_namespaces]]`, binding: 'REVOKED' },
      key: 'id',
    }),
  ]
  if (!(await cloudflare.listBuckets(workspace, environment)).has(bucket)) {
    steps.push({
      description: `Create the R2 bucket "${bucket}".`,
      run: async () => {
        // A bucket in a jurisdiction is found only if the binding names the jurisdiction too.
        if (vars.JURISDICTION) {
          write(workspace, { header: `[[env.${name}.r2_buckets]]`, binding: 'MEDIA' }, 'jurisdiction', JSON.stringify(vars.JURISDICTION))
        }
        await cloudflare.createBucket(workspace, environment)
      },
    })
  }
  if (!secrets.includes('JWT_SECRET')) {
    steps.push({
      description: 'Create a random JWT_SECRET, and store it as a secret of the Worker. It is shown nowhere.',
      run: () => cloudflare.putSecret(workspace, environment, 'JWT_SECRET', randomBytes(48).toString('base64url')),
    })
  }
  return steps
}

const answerSteps = (workspace: Workspace, environment: Environment, { origins, address, secrets }: Answers): Step[] => {
  const { name } = environment
  const steps: Step[] = []
  if (origins !== null) {
    steps.push({
      description: `Write ALLOWED_ORIGINS = "${origins}" into wrangler.toml.`,
      run: async () => write(workspace, { header: `[env.${name}.vars]` }, 'ALLOWED_ORIGINS', JSON.stringify(origins)),
    })
  }
  if (address !== null && address !== 'workers.dev' && !environment.vars.PUBLIC_URL) {
    const url = JSON.stringify(`https://${address.domain}`)
    steps.push({
      description: `Write PUBLIC_URL = ${url} into wrangler.toml.`,
      run: async () => write(workspace, { header: `[env.${name}.vars]` }, 'PUBLIC_URL', url),
    })
  }
  if (address !== null) {
    const [key, value] =
      address === 'workers.dev'
        ? ['workers_dev', 'true']
        : ['routes', `[{ pattern = ${JSON.stringify(address.domain)}, custom_domain = true }]`]
    steps.push({
      description: `Write ${key} = ${value} into wrangler.toml.`,
      run: async () => write(workspace, { header: `[env.${name}]` }, key, value),
    })
  }
  const names = Object.keys(secrets)
  if (names.length > 0) {
    steps.push({
      description: `Store ${names.join(', ')} as secrets of the Worker.`,
      run: () => cloudflare.putSecrets(workspace, environment, secrets),
    })
  }
  return steps
}

const printPlan = (workspace: Workspace, title: string, steps: readonly Step[]): void =>
  print(workspace, [title, ...steps.map(({ description }, index) => `  ${index + 1}. ${description}`), ''].join('\n'))

const runSteps = async (workspace: Workspace, name: EnvironmentName, steps: readonly Step[]): Promise<void> => {
  for (const [index, { description, run }] of steps.entries()) {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      throw new CliError(
        `${error.message}\nStopped at step ${index + 1} of ${steps.length}. \`npm run setup -- ${name}\` goes on from there.`,
      )
    }
    print(workspace, `Done: ${description}`)
  }
}

/**
 * Each step first looks whether its result exists, so the command can be run again after a failure at any point, and creates
 * nothing twice.
 */
export const setUp = async (args: readonly string[], workspace: Workspace): Promise<void> => {
  const { name, dryRun } = setupFrom(args)
  const environment = readEnvironment(workspace.folder, name)
  await cloudflare.requireLogin(workspace, environment)
  const secrets = await cloudflare.listSecrets(workspace, environment)
  const platform = await platformSteps(workspace, environment, secrets)
  if (dryRun) {
    if (platform.length === 0) print(workspace, `Nothing has to be created for ${name}.`)
    else printPlan(workspace, `For ${name}, the set-up would:`, platform)
    return print(workspace, 'It would ask for what is not set yet: origins, domain, providers. This was a dry run: nothing was changed.')
  }
  const dialogue = openDialogue(workspace.terminal)
  try {
    print(workspace, `The set-up of ${name}. It asks first, and changes nothing before you agree.\n`)
    const steps = [...platform, ...answerSteps(workspace, environment, await askAnswers(environment, secrets, dialogue))]
    if (steps.length > 0) {
      printPlan(workspace, '\nThis will be done:', steps)
      if (!(await dialogue.confirm('Go ahead?'))) throw new CliError('Nothing was changed.')
      await runSteps(workspace, name, steps)
    } else print(workspace, '\nEverything exists already: there is nothing to do.')
  } finally {
    dialogue.close()
  }
  print(workspace, `Next: run \`npm run types\`, commit what changed, then run \`npm run deploy -- ${name}\`.`)
}
