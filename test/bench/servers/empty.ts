/** A Worker that does nothing: the cost of a request without any work. */
export default { fetch: () => new Response('{}', { headers: { 'Content-Type': 'application/json' } }) } satisfies ExportedHandler
