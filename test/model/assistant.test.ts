import { expect, test } from 'vitest'
import { ASSISTANT_RULE } from '../../src/model/assistant.ts'

const { rate, storedTurns, contextTurns } = ASSISTANT_RULE

test('so many turns are stored that the rate limit can count its questions, each with an answer', () => {
  expect(storedTurns).toBeGreaterThanOrEqual(2 * rate.max)
})

test('the model gets no more turns than are stored', () => {
  expect(contextTurns).toBeLessThanOrEqual(storedTurns)
})
