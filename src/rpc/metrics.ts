import type { DataPoint } from '../model/data-point.ts'

/** Writes data points to the Analytics Engine, if it is bound. docs/operations.md lists the columns. */
export const createMetrics =
  (dataset: AnalyticsEngineDataset | undefined) =>
  ({ name, labels, values = [] }: DataPoint): void => {
    try {
      dataset?.writeDataPoint({ indexes: [name], blobs: [name, ...labels], doubles: [...values] })
    } catch {
      // An invocation may write 250 points. Statistics must not fail a request.
    }
  }
