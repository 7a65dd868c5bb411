import { contracts } from '../../src/app.ts'
import { documentOf } from '../../src/documents/index.ts'
import type { Contract } from '../../src/http/routing/contract.ts'
import { patternOf, SegmentRouter, withoutSlash } from '../../src/http/routing/segment-router.ts'
import { schemaCompiler, type Validator } from './json-schema.ts'

/** Compares every response that a test gets with the document of its contract: the status, the media type and the body. */

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Describes how a response differs from the document; null if it does not. */
type Check = (answer: Answer) => string | null

const routes = new SegmentRouter<{ readonly contract: Contract; readonly path: string }>()
for (const contract of contracts) {
  for (const { method, path } of contract.routes) routes.add(method, patternOf(path), { contract, path })
}

type Responses = Readonly<Record<string, { readonly content?: Readonly<Record<string, Readonly<Record<string, unknown>>>> }>>

const createChecks = (contract: Contract) => {
  const { paths, components } = documentOf(contract, 'https://concord.test')
  const compile = schemaCompiler((reference) => components.schemas[reference.replace('#/components/schemas/', '')])
  const checks = new Map<string, Check>()
  return (method: string, path: string, status: number): Check => {
    const key = `${method} ${path} ${status}`
    const check = checks.get(key) ?? createCheck(paths[path]?.[method.toLowerCase()]?.responses ?? {}, status, compile)
    checks.set(key, check)
    return check
  }
}

const createCheck = (responses: Responses, status: number, compile: (schema: unknown) => Validator): Check => {
  const response = responses[status]
  if (!response) return () => `the status ${status} is not documented`
  const { content } = response
  if (!content) return ({ text }) => (text === '' ? null : `status ${status} has no body in the document, but: ${text}`)
  const validators = new Map(Object.entries(content).map(([type, { schema }]) => [type, compile(schema)]))
  return ({ headers, text }) => {
    const type = headers.get('Content-Type')?.split(';')[0] ?? 'no media type'
    const validate = validators.get(type)
    if (!validate) return `status ${status} is not documented with ${type}`
    const problem = validate(type === 'application/json' ? JSON.parse(text) : text, 'body')
    return problem === null ? null : `status ${status}: ${problem}: ${text.slice(0, 1000)}`
  }
}

/** A document is made when the first of its operations is called: most test files call few contracts. */
const checksByContract = new Map<Contract, ReturnType<typeof createChecks>>()

/**
 * How a response differs from the document of its operation; null if it does not, or if no contract has such an operation. HEAD,
 * OPTIONS and wrong methods are no operations.
 */
export const documentProblem = ({ method, url }: Pick<Request, 'method' | 'url'>, answer: Answer): string | null => {
  const [[[found] = []] = []] = routes.match(method, withoutSlash(new URL(url).pathname))
  if (!found) return null
  const { contract, path } = found
  const checkOf = checksByContract.get(contract) ?? createChecks(contract)
  checksByContract.set(contract, checkOf)
  const problem = checkOf(method, path, answer.status)(answer)
  return problem === null ? null : `${contract.name} ${method} ${path}: ${problem}`
}

/** Throws if a response differs from the document of its operation. */
export const assertDocumented = (request: Pick<Request, 'method' | 'url'>, answer: Answer): void => {
  const problem = documentProblem(request, answer)
  if (problem !== null) throw new Error(problem)
}

/** The same for a response that somebody else reads. */
export const documented = async (request: Request, response: Response): Promise<Response> => {
  const text = response.webSocket ? '' : await response.clone().text()
  assertDocumented(request, { status: response.status, headers: response.headers, text })
  return response
}
