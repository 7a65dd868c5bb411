import { createConfig, lintFromString } from '@redocly/openapi-core'
import { contracts } from '../app.ts'
import { documentOf } from '../documents/index.ts'

/** Lints each contract's OpenAPI document with the recommended rules. Any finding is an error. */

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

let findings = 0
for (const contract of contracts) {
  const source = JSON.stringify(documentOf(contract, 'https://concord.example'))
  for (const problem of await lintFromString({ source, absoluteRef: `${contract.name}.json`, config })) {
    findings++
    console.error(`${contract.name}: ${problem.ruleId}: ${problem.message} (${problem.location[0]?.pointer ?? ''})`)
  }
}
if (findings > 0) process.exit(1)
console.log(`${contracts.length} OpenAPI documents, no findings.`)
