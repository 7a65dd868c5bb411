import { rmSync } from 'node:fs'
import type { EnvironmentName } from './environments.ts'
import { databasesAndFiles, operatorService, writeConfig } from './platform-config.ts'
import { miniflareOptions } from './wrangler-api.ts'

/** `operator`: whether to bind the running Worker's `Operator` entrypoint as well. With replicas it is always bound. */
export const writePlatformConfig = (environment: EnvironmentName | null, operator: boolean): string =>
  writeConfig(environment, (config, remote) => ({
    vars: config.vars,
    ...databasesAndFiles(config, remote),
    kv_namespaces: config.kv_namespaces.map((namespace: object) => ({ ...namespace, remote })),
    ...((operator || config.vars.READ_REPLICAS === 'true') && operatorService(config, remote)),
  }))

/** Miniflare's options for a Worker with the local bindings. */
export const readLocalOptions = (operator: boolean) => {
  const path = writePlatformConfig(null, operator)
  try {
    const { workerOptions, externalWorkers } = miniflareOptions(path, {})
    const { modulesRules: _, ...worker } = workerOptions
    return { worker: { ...worker }, externalWorkers: externalWorkers.map((external) => ({ ...external })) }
  } finally {
    rmSync(path, { force: true })
  }
}
