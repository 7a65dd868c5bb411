import { createAsyncApi } from '../../src/documents/asyncapi.ts'
import { FRAMES } from '../../src/documents/frames.ts'
import { schemaCompiler, type Validator } from './json-schema.ts'

/** Compares every frame that a test gets over a socket with the AsyncAPI document. */

export type Place = keyof typeof FRAMES

const createValidators = (): Readonly<Record<Place, Validator>> => {
  const { components } = createAsyncApi()
  const compile = schemaCompiler((reference) => components.schemas[reference.replace('#/components/schemas/', '')])
  const validatorOf = (place: Place) =>
    compile({ anyOf: Object.keys(FRAMES[place].fromServer).map((name) => components.messages[name]?.payload) })
  return { room: validatorOf('room'), desk: validatorOf('desk') }
}

let validators: ReturnType<typeof createValidators> | undefined

/** What is wrong with a frame from the server; null if nothing is. */
export const frameProblem = (place: Place, frame: unknown): string | null => {
  validators ??= createValidators()
  const problem = validators[place](frame, 'frame')
  return problem === null ? null : `a frame of the ${place} is not documented: ${problem}: ${JSON.stringify(frame)}`
}

const problems: string[] = []

/** A socket's listener cannot fail a test, so the problem waits until the test ends. */
export const recordFrame = (place: Place, frame: unknown): void => {
  const problem = frameProblem(place, frame)
  if (problem !== null) problems.push(problem)
}

export const takeFrameProblems = (): string[] => problems.splice(0)
