import { createConfig, lintFromString } from '@redocly/openapi-core'
import { contracts } from '../app.ts'
import { createAsyncApi } from '../documents/asyncapi.ts'
import { documentOf } from '../documents/index.ts'

/** Lints each contract's OpenAPI document and the AsyncAPI document with the recommended rules. Any finding is an error. */

const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    'no-path-trailing-slash': 'off', // the contracts fix the paths
    'operation-4xx-response': 'off', // a public operation without input has no client errors
    'operation-2xx-response': 'off', // a WebSocket handshake succeeds with 101; test/contract/every-dialect.test.ts checks for either
    'tag-description': 'off',
    'info-license': 'off',
    'info-license-strict': 'off',
    'no-ambiguous-paths': 'off', // `/api/users/me` beside `/api/users/{id}`: in our router a literal segment always takes precedence
  },
})

const documents: Record<string, object> = {
  ...Object.fromEntries(contracts.map((contract) => [contract.name, documentOf(contract, 'https://concord.example')])),
  asyncapi: createAsyncApi(),
}

let findings = 0
for (const [name, document] of Object.entries(documents)) {
  for (const problem of await lintFromString({ source: JSON.stringify(document), absoluteRef: `${name}.json`, config })) {
    findings++
    console.error(`${name}: ${problem.ruleId}: ${problem.message} (${problem.location[0]?.pointer ?? ''})`)
  }
}
if (findings > 0) process.exit(1)
console.log(`${contracts.length} OpenAPI documents and one AsyncAPI document, no findings.`)
