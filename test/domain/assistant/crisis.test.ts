import { describe, expect, test } from 'vitest'
import { crisisLinesFor, isCrisisMessage } from '../../../src/domain/assistant/crisis.ts'
import { CRISIS_WORDS } from '../../../src/domain/assistant/crisis-words.ts'

test.each([
  'I want to kill myself',
  'I WANT TO KILL MYSELF!!!',
  'sometimes i think about suicide',
  'I feel suicidal tonight',
  'I don’t want to live anymore',
  "I don't want to be here anymore.",
  'i dont want to wake up tomorrow',
  'I just want to end it all',
  'I am going to end my life',
  'thinking of taking my own life',
  'everyone would be better off without me',
  "I'd be better off dead",
  'I wish I was dead',
  'I wish I had never been born',
  'there is no reason to live',
  'life is not worth living',
  'I can’t go on like this',
  'I cannot go on',
  "I can't take it anymore",
  'I have been cutting myself again',
  'I want to hurt myself',
  'I am not suicidal, but I think about hurting myself',
  'self-harm is the only thing that helps',
  'I took all my pills',
  'I could just overdose',
  'I have a gun to my head',
  'what if I jump off the old bridge',
  'I want to slit my wrists',
  'I am going to hang myself',
  'I want to shoot\nmyself',
  'I   want\tto   die',
  'i wanna die.now',
  'I’m gonna kms',
  'Ich sage: I want to díe',
  'I am going to kill him',
  'I want to hurt someone',
  'I am afraid that I will hurt my kids',
  'I killed it today, and now I want to kill myself',
])('"%s" is a crisis message', (text) => {
  expect(isCrisisMessage(text)).toBe(true)
})

test.each([
  '',
  'hello',
  'I can not sleep',
  'I had a panic attack and my heart was racing',
  'this deadline is killing me',
  'we killed it at the gym',
  'my phone died',
  'my grandfather died last year and I miss him',
  'I was watching Suicide Squad',
  'I ran 10 kms today',
  'I cut myself some slack today',
  'I cut myself shaving, it is nothing',
  'I almost died of laughter',
  'that joke nearly killed me',
  'dying to see you',
  'kill them with kindness, my mother says',
  'I am dead tired',
  'I am tired of the noise',
  'I want to live',
  'he shot a photo of me',
  'that hurt my feelings',
  'the doctor said my knee will not hurt any more',
  'I missed the bridge and jumped over the puddle',
  'goodbye, see you tomorrow',
  'skilled myself up on the guitar',
  'I end my day with a walk',
  'I can’t go on holiday this year',
])('"%s" is not a crisis message', (text) => {
  expect(isCrisisMessage(text)).toBe(false)
})

test('a message of maximum length is searched quickly', () => {
  const started = performance.now()
  expect(isCrisisMessage('kill my own '.repeat(333))).toBe(true)
  expect(isCrisisMessage('take my a b c d '.repeat(250))).toBe(false)
  expect(isCrisisMessage('a'.repeat(4000))).toBe(false)
  expect(performance.now() - started).toBeLessThan(200)
})

test('the lists are written in the normalized form', () => {
  for (const { phrases, harmless } of Object.values(CRISIS_WORDS)) {
    for (const phrase of [...phrases, ...harmless]) expect(phrase).toMatch(/^[\p{Ll}\p{N}]+\*?( (…|[\p{Ll}\p{N}]+\*?))*$/u)
    expect(new Set(phrases).size).toBe(phrases.length)
  }
})

describe('crisis lines', () => {
  test.each([
    ['Kyiv', ['Lifeline Ukraine']],
    ['Austin, Texas, USA', ['988 Suicide & Crisis Lifeline', 'Veterans Crisis Line']],
    ['London', ['Samaritans']],
    ['somewhere', []],
    ['', []],
    ['Indiana', []],
    ['Bus stop', []],
  ])('for "%s": %j, and those that work everywhere', (location, names) => {
    expect(crisisLinesFor(location).map(({ name }) => name)).toEqual([...names, 'Emergency services', 'Find A Helpline'])
  })
})
