/** Why `verify` reports a row, and why `undo` leaves one. */

export const MISSING = 'it was not imported'
export const GONE = 'it is not here any more: it has been deleted'
export const CHANGED_HERE = 'it was changed here since'

export const ACCOUNT_USED = 'the account has been used since'
export const CHANGED = 'it was changed since'
export const ROOM_USED = 'people have written in this room since'
export const NEEDED = 'something that was added since refers to it'
