/** A line of wrangler for each request, beside the line that the Worker itself writes. */
const REQUEST_LINE = /^\[wrangler:info\] /

/** The notice that crons do not run by themselves: five lines at each start. docs/operations.md has it. */
const CRON_NOTICE = { first: 'Scheduled Workers are not automatically triggered', last: '#test-cron-triggers-locally' }

/**
 * Selects the lines of `wrangler dev` that a developer needs: the Worker's own, one for each request, and every warning and
 * error. The line of the request with the id `ownRequest` is left out as well.
 */
export const createOutputFilter = (ownRequest: string): ((line: string) => boolean) => {
  let inNotice = false
  return (line) => {
    if (line.includes(CRON_NOTICE.first)) inNotice = true
    if (inNotice) {
      inNotice = !line.includes(CRON_NOTICE.last)
      return false
    }
    return line.trim() !== '' && !REQUEST_LINE.test(line) && !line.includes(`"request_id":"${ownRequest}"`)
  }
}
