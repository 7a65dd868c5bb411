import { migrateLocalDatabase } from '../../src/cli/migrate.ts'
import { openPlatform } from '../../src/cli/platform.ts'

/** Creates the local database in a folder, as the first start of the server does. */

const [, , state] = process.argv
if (state === undefined) throw new Error('the folder is missing')
const { env, close } = await openPlatform({ environment: null, state })
await migrateLocalDatabase(env.DB)
await close()
