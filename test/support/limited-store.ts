import { createStore as createUnlimitedStore, type Store } from '../../src/store/store.ts'
import { limitedDatabase } from './limited-database.ts'

/** Stands for src/store/store.ts where the Worker makes its store (test/vitest.config.ts). */

export const createStore = (database: D1Database): Store => createUnlimitedStore(limitedDatabase(database))
