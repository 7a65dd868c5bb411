import type { html } from 'hono/html'
import type { Context, StaticPage } from '../../domain/context.ts'

/** The page's own Content-Security-Policy. */
interface Policy {
  readonly 'Content-Security-Policy': string
}

const respond = (text: string, policy: Policy): Response =>
  new Response(text, { headers: { 'Content-Type': 'text/html; charset=UTF-8', ...policy } })

export const htmlResponse = async (markup: ReturnType<typeof html>, policy: Policy): Promise<Response> =>
  respond(String(await markup), policy)

/** A page that is stored with the assets. `complete` fills its gaps. */
export const pageResponse = async (
  { readReferenceFile }: Context,
  page: StaticPage,
  policy: Policy,
  complete: (page: string) => string | Promise<string> = (text) => text,
): Promise<Response> => respond(await complete(await readReferenceFile(`pages/${page}.html`)), policy)
