import { type NotImported, reasonForModel, reasonForUnread } from '../inspect/reasons.ts'
import type { Loaded } from './load.ts'

/** The tables of a source whose rows are not imported, whatever they contain. */
export const tablesNotImported = ({ contract, staging, unread }: Loaded): readonly NotImported[] => [
  ...[...unread].flatMap(([model, rows]) => (rows > 0 ? [{ model, rows, reason: reasonForUnread(model, contract) }] : [])),
  ...[...staging.counts].flatMap(([model, rows]) => {
    const reason = reasonForModel(model, contract)
    return reason !== null && rows > 0 ? [{ model: model.name, rows, reason }] : []
  }),
]
