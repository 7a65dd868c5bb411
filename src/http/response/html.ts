import type { html } from 'hono/html'

/** A page with its own Content-Security-Policy. */
export const htmlResponse = async (
  markup: ReturnType<typeof html>,
  policy: { readonly 'Content-Security-Policy': string },
): Promise<Response> => new Response(String(await markup), { headers: { 'Content-Type': 'text/html; charset=UTF-8', ...policy } })
