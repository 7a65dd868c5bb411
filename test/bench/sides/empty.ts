/** What a request costs that nothing is done for. */
export default { fetch: () => new Response('{}', { headers: { 'Content-Type': 'application/json' } }) } satisfies ExportedHandler
