/** The bounds of a number. Both are allowed. */
export interface Range {
  readonly min: number
  readonly max: number
}
