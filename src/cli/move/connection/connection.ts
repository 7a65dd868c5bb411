import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { CliError } from '../../cli-error.ts'
import type { EnvironmentName } from '../../environments.ts'
import { applyMigrations } from '../../migrate.ts'
import { migrationFiles } from '../../migrations.ts'
import { startMiniflare } from '../../miniflare-api.ts'
import { whenFreeWith } from '../../waiting-database.ts'
import type { PictureStore } from '../run/pictures.ts'
import { type Rooms, workerRooms } from '../target/rooms.ts'
import { query, type Target, type TargetRow } from '../target/target.ts'
import { type Configuration, readConfiguration } from './configuration.ts'
import { localConfiguration } from './local-configuration.ts'

/** Concord's database and pictures, as the commands of `npm run move` reach them. */
export interface Connection {
  readonly target: Target
  readonly pictures: PictureStore
  readonly rooms: Rooms
  /** By contract: the first number that the deployed Worker does not take for one of the former server. Null: the local database. */
  readonly formerNumbers: Readonly<Record<string, number>> | null
  close(): Promise<void>
}

interface ConnectionOptions {
  /** Null: the local database. */
  readonly environment: EnvironmentName | null
  /** The folder of the local database. */
  readonly state: string
}

type Results = readonly (readonly TargetRow[])[]

const isResults = (value: unknown): value is Results => Array.isArray(value) && value.every((rows) => Array.isArray(rows))

const FormerNumbers = z.record(z.string(), z.object({ end: z.number() }))

/** Serves src/cli/move/connection/bridge.ts on this machine, and sends requests to it. */
const startBridge = async ({ worker, externalWorkers, bridge }: Configuration, state: string) => {
  const secret = randomBytes(32).toString('hex')
  const { address, close } = await startMiniflare({
    resourcePersistencePath: join(state, 'v3'),
    unsafeDevRegistryPath: process.env.WRANGLER_REGISTRY_PATH,
    workers: [{ ...worker, name: 'move', modules: true, script: bridge, bindings: { SECRET: secret } }, ...externalWorkers],
  })
  return {
    close,
    send: async (path: string, body: string | Uint8Array<ArrayBuffer>, type: string): Promise<unknown> => {
      const headers = { Authorization: secret, 'Content-Type': type }
      const response = await fetch(new URL(path, address), { method: 'POST', headers, body })
      if (!response.ok) throw new Error(await response.text())
      return response.json()
    },
  }
}

const JSON_TYPE = 'application/json'

/** A deployed Worker that lacks a method of this project's `Operator`, or tables, would fail in the middle. */
const checkDeployed = async (target: Target, environment: EnvironmentName): Promise<void> => {
  const rows = await query(target, 'SELECT name FROM d1_migrations').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : error
    throw new CliError(
      /does not implement/.test(`${reason}`)
        ? `The deployed Worker is older than this command: run \`npm run deploy -- ${environment}\` first.`
        : `The deployed Worker does not respond (${reason}).`,
    )
  })
  const [applied, known] = [rows.map(({ name }) => `${name}`), migrationFiles()]
  if (applied.some((name) => !known.includes(name)))
    throw new CliError('The deployed Worker is newer than this command: run the command of its version.')
  if (known.some((name) => !applied.includes(name))) {
    throw new CliError(`The deployed database has not all tables of this version: run \`npm run deploy -- ${environment}\` first.`)
  }
}

export const openConnection = async ({ environment, state }: ConnectionOptions): Promise<Connection> => {
  const { configuration, end } =
    environment === null ? { configuration: await localConfiguration(state), end: () => undefined } : await readConfiguration(environment)
  const bridge = await startBridge(configuration, state).catch((error: unknown) => {
    end()
    throw error
  })
  const close = async (): Promise<void> => {
    await bridge.close()
    end()
  }
  const call = (method: string, ...parameters: readonly unknown[]): Promise<unknown> =>
    bridge.send('/call', JSON.stringify({ method, parameters }), JSON_TYPE)
  const whenFree = environment === null ? whenFreeWith({}) : <T>(execute: () => Promise<T>): Promise<T> => execute()
  const target: Target = {
    batch: (statements) =>
      whenFree(async () => {
        const results = await bridge.send('/batch', JSON.stringify(statements), JSON_TYPE)
        if (!isResults(results)) throw new Error('the database has not returned rows')
        return results
      }),
  }
  try {
    await (environment === null
      ? applyMigrations(target, (name) => configuration.migrations[name] ?? [])
      : checkDeployed(target, environment))
    const numbers = environment === null ? null : FormerNumbers.parse(await call('formerNumbers'))
    return {
      target,
      rooms: workerRooms(call),
      pictures: {
        put: async (name, bytes, type) => {
          await bridge.send(`/picture?name=${encodeURIComponent(name)}`, new Uint8Array(bytes), type)
        },
      },
      formerNumbers: numbers && Object.fromEntries(Object.entries(numbers).map(([contract, { end: first }]) => [contract, first])),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
