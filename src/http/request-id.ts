const SANE = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/

/** The caller's own id of the request, where it is one that may stand in a header and a log line; else a new one. */
export const requestIdOf = (request: Request): string => {
  const given = request.headers.get('X-Request-Id')
  return given && SANE.test(given) ? given : crypto.randomUUID()
}
