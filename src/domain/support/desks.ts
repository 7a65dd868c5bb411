/**
 * The desks that receive the events of this person's room. Staff connect to, and read from, the first desk of their own
 * account. There is one desk for everyone until one object is not enough. Then only this function has to change:
 *
 * - Too many rooms for one desk: split by region or team, `[teamOf(accountId)]`. Staff watch the rooms of their own team.
 * - Too many staff at one desk: return all names, rotated by the id. Every desk receives the events of every room, and the
 *   staff are spread over the desks.
 *
 * A desk stores each event once per key, so a room may send to the new desks what it has already sent to the old ones.
 */
export const desksOf = (_accountId: number): readonly [string, ...string[]] => ['desk']
