/** Random numbers, and texts that match a pattern. */

/** A number from 0 to below the limit. The same seed gives the same sequence. */
export type Random = (limit: number) => number

export const randomFrom = (seed: number): Random => {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

export const pick = <T>(items: readonly T[], random: Random): T => {
  const item = items[random(items.length)]
  if (item === undefined) throw new Error('there is nothing to choose from')
  return item
}

/** Digits, `\d`, sets, groups, `|`, `$`, `?`, `{2}` and `{2,4}`: the syntax of the patterns of numbering plans. */
const TOKEN = /\\d|\[[\d-]+\]|\(\?:|[()|$?\d]|\{\d+(?:,\d+)?\}/y

const tokensOf = (pattern: string): string[] => {
  const tokens = pattern.match(new RegExp(TOKEN, 'g')) ?? []
  if (tokens.join('') !== pattern) throw new Error(`unknown syntax in ${pattern}`)
  return tokens
}

const membersOf = (set: string): string[] => [...'0123456789'].filter((digit) => new RegExp(set).test(digit))

const repetitionsOf = (quantifier: string | undefined): [number, number] | null => {
  if (quantifier === '?') return [0, 1]
  const [, least, most = least] = /^\{(\d+)(?:,(\d+))?\}$/.exec(quantifier ?? '') ?? []
  return least === undefined ? null : [Number(least), Number(most)]
}

/** A random text that the pattern matches. */
export const sampleOf = (pattern: string, random: Random): string => {
  const tokens = tokensOf(pattern)
  let position = 0

  const alternatives = (): string => {
    const texts = [sequence()]
    while (tokens[position] === '|') {
      position++
      texts.push(sequence())
    }
    return pick(texts, random)
  }

  const sequence = (): string => {
    let text = ''
    while (position < tokens.length && tokens[position] !== '|' && tokens[position] !== ')') text += repeated()
    return text
  }

  const repeated = (): string => {
    const start = position
    const once = atom()
    const repetitions = repetitionsOf(tokens[position])
    if (!repetitions) return once
    const [least, most] = repetitions
    const end = position + 1
    let text = ''
    for (let count = least + random(most - least + 1); count > 0; count--) {
      position = start
      text += atom()
    }
    position = end
    return text
  }

  const atom = (): string => {
    const token = tokens[position++] ?? ''
    if (token === '$') return ''
    if (token === '\\d') return String(random(10))
    if (token.startsWith('[')) return pick(membersOf(token), random)
    if (!token.startsWith('(')) return token
    const text = alternatives()
    position++
    return text
  }

  return alternatives()
}
