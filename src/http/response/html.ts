import type { Context, StaticPage } from '../../domain/context.ts'

/** The page's own Content-Security-Policy. */
interface Policy {
  readonly 'Content-Security-Policy': string
}

const respond = (text: string, policy: Policy): Response =>
  new Response(text, { headers: { 'Content-Type': 'text/html; charset=UTF-8', ...policy } })

/** A page that is stored with the assets. `complete` replaces its placeholders. */
export const pageResponse = async (
  { readReferenceFile }: Context,
  page: StaticPage,
  policy: Policy,
  complete: (page: string) => string | Promise<string> = (text) => text,
): Promise<Response> => respond(await complete(await readReferenceFile(`pages/${page}.html`)), policy)
