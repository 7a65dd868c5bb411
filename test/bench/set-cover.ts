/** One of the sets from which a cover is chosen, with its cost. */
interface Option {
  readonly cost: number
  /** The items that this option covers. */
  readonly covers: ReadonlySet<number>
}

const TINY = 1e-9

/** Divides the row so that its value in the column is 1, and subtracts it from the others so that theirs are 0. */
const pivot = (rows: readonly Float64Array[], row: Float64Array, column: number): void => {
  const divisor = row[column] ?? Number.NaN
  for (const [index, value] of row.entries()) row[index] = value / divisor
  for (const other of rows) {
    const factor = other[column] ?? 0
    if (other === row || factor === 0) continue
    for (const [index, value] of row.entries()) other[index] = (other[index] ?? 0) - factor * value
  }
}

/**
 * What it costs at least to cover each item by one option. Parts of options may be chosen, half of one and half of another; no choice
 * of whole options is cheaper. This linear program is solved by the dual simplex method: nothing is chosen at first, and each step
 * covers the item of which most is missing, by what costs least for it.
 */
export const lowestCost = (options: readonly Option[], itemCount: number): number => {
  const width = options.length + itemCount + 1
  const sum = width - 1
  const items = Array.from({ length: itemCount }, (_, item) => {
    const row = Float64Array.from({ length: width }, (_, column) => (options[column]?.covers.has(item) ? -1 : 0))
    row[options.length + item] = 1
    row[sum] = -1
    return row
  })
  const costs = Float64Array.from({ length: width }, (_, column) => options[column]?.cost ?? 0)
  for (;;) {
    const [row] = items.filter((item) => (item[sum] ?? 0) < -TINY).sort((a, b) => (a[sum] ?? 0) - (b[sum] ?? 0))
    if (!row) return -(costs[sum] ?? 0)
    let [best, lowest] = [-1, Number.POSITIVE_INFINITY]
    for (let column = 0; column < sum; column++) {
      const gain = -(row[column] ?? 0)
      const ratio = (costs[column] ?? 0) / gain
      if (gain > TINY && ratio < lowest) [best, lowest] = [column, ratio]
    }
    if (best < 0) return Number.POSITIVE_INFINITY // no option covers this item
    pivot([...items, costs], row, best)
  }
}
