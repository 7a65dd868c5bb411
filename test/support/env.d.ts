/// <reference types="vite/client" />
import type { D1Migration } from '@cloudflare/vitest-pool-workers'
import type { Env as Bindings } from '../../src/env.ts'

declare global {
  namespace Cloudflare {
    interface Env extends Bindings {
      readonly MIGRATIONS: D1Migration[]
    }
  }
}
