import { isoDay } from './time.ts'

const AGE_MIN = 18
const AGE_MAX = 55

/** Age in whole years. ISO dates are compared as text. */
export const ageOn = (now: number, dateOfBirth: string): number => {
  const today = isoDay(now)
  const years = Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4))
  return today.slice(5) < dateOfBirth.slice(5) ? years - 1 : years
}

export type AgeProblem = 'too-young' | 'too-old'

export const ageProblem = (now: number, dateOfBirth: string): AgeProblem | null => {
  const age = ageOn(now, dateOfBirth)
  return age < AGE_MIN ? 'too-young' : age > AGE_MAX ? 'too-old' : null
}
