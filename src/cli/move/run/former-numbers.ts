import type { ContractName } from '../../../model/contract.ts'
import { FIRST_ID_AFTER_MOVES } from '../../../model/contract-numbers.ts'
import { ACCOUNTS } from '../rows/accounts.ts'
import { raiseNextNumber } from '../target/chunk.ts'
import type { Statement } from '../target/target.ts'

/**
 * Before the first account: records which numbers the former server has given out, and lets the ids of later accounts begin above
 * those of every server, so that no account gets the number of a deleted account of a former server.
 */
export const reserveNumbers = (contract: ContractName, next: number): Statement[] => [
  ...raiseNextNumber(ACCOUNTS.name, FIRST_ID_AFTER_MOVES),
  ...(next > 0
    ? [
        {
          sql: `INSERT INTO former_numbers (contract, next_id) VALUES (?, ?)
            ON CONFLICT (contract) DO UPDATE SET next_id = max(next_id, excluded.next_id)`,
          parameters: [contract, next],
        },
      ]
    : []),
]
