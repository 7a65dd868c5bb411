import { createConfig, lintFromString } from '@redocly/openapi-core'
import { contracts } from '../app.ts'

/** Holds each contract's OpenAPI document against the recommended rules; any finding is an error. */

const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    'no-path-trailing-slash': 'off', // paths are spelt as the contracts spell them
    'operation-4xx-response': 'off', // a call that anybody may make with nothing has nothing to refuse
    'operation-2xx-response': 'off', // a handshake succeeds with 101; test/contract/every-dialect.test.ts asks for either
    'tag-description': 'off',
    'info-license': 'off',
    'info-license-strict': 'off',
    'no-ambiguous-paths': 'off', // `/api/users/me` beside `/api/users/{id}`: here a literal always wins
  },
})

let findings = 0
for (const contract of contracts) {
  const source = JSON.stringify(contract.document('https://concord.example'))
  for (const problem of await lintFromString({ source, absoluteRef: `${contract.name}.json`, config })) {
    findings++
    console.error(`${contract.name}: ${problem.ruleId}: ${problem.message} (${problem.location[0]?.pointer ?? ''})`)
  }
}
if (findings > 0) process.exit(1)
console.log(`${contracts.length} OpenAPI documents, nothing to say against them.`)
