/**
 * Names come from other servers and from people: on a terminal they must not move the cursor, begin a line, or reverse the text
 * behind them (the characters for the direction of writing).
 */
export const printable = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?')
