import { afterEach } from 'vitest'
import { takeFrameProblems } from './documented-frames.ts'

afterEach(() => {
  const [problem] = takeFrameProblems()
  if (problem !== undefined) throw new Error(problem)
})
