/** Compares two JSON values by their form alone: keys and types. Values make no difference, and are in no result. */

const MAX_ITEMS = 20
const MAX_DEPTH = 8

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => kindOf(value) === 'object'

/**
 * Where the forms differ, each place once: `user.id: number, string`, or `user.bio: string, missing`. The first value's type comes
 * first. A key may be a name that a person has typed, so only keys that `isKnown` recognises are shown; others are `*`.
 */
export const formDifferences = (former: unknown, own: unknown, isKnown: (key: string) => boolean): string[] => {
  const differences = new Set<string>()
  const compare = (path: string, theirs: unknown, ours: unknown, depth: number): void => {
    const [former, own] = [kindOf(theirs), kindOf(ours)]
    if (former !== own) differences.add(`${path || 'body'}: ${former}, ${own}`)
    else if (depth === MAX_DEPTH) return
    else if (Array.isArray(theirs) && Array.isArray(ours)) {
      const length = Math.min(theirs.length, ours.length, MAX_ITEMS)
      for (let index = 0; index < length; index++) compare(`${path}[]`, theirs[index], ours[index], depth + 1)
    } else if (isObject(theirs) && isObject(ours)) {
      for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
        const place = `${path === '' ? '' : `${path}.`}${isKnown(key) ? key : '*'}`
        if (!Object.hasOwn(ours, key)) differences.add(`${place}: ${kindOf(theirs[key])}, missing`)
        else if (Object.hasOwn(theirs, key)) compare(place, theirs[key], ours[key], depth + 1)
        else differences.add(`${place}: missing, ${kindOf(ours[key])}`)
      }
    }
  }
  compare('', former, own, 0)
  return [...differences]
}
