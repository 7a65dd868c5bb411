import { expect, test } from 'vitest'
import { contracts } from '../../src/app.ts'
import { DOCUMENTATION } from '../../src/documents/index.ts'
import { createDocument } from '../../src/http/openapi/document.ts'

test.each(contracts)('each example of $name belongs to a property or a parameter', (contract) => {
  const documentation = DOCUMENTATION.get(contract.name)
  if (!documentation) throw new Error(`${contract.name} has no documentation`)
  const used = new Set<string>()
  const examples = new Proxy(documentation.examples, {
    get: (target, name, receiver) => {
      if (typeof name === 'string' && name in target) used.add(name)
      return Reflect.get(target, name, receiver)
    },
  })
  createDocument(contract, { ...documentation, examples }, 'https://concord.test')
  expect(used.size).toBeGreaterThan(5)
  expect([...used].sort()).toEqual(Object.keys(documentation.examples).sort())
})
