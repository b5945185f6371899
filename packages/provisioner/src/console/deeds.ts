/**
 * What somebody did, or asked for, in words: a kind of an operation, a word of the audit or an id of the API. What no words are kept for is named
 * as it is written down, so that nothing is left out of a history.
 */
export function deedOf(what: string, maybe: (key: string) => string | null): string {
	return maybe(`deeds.${what}`) ?? maybe(`life.did.${what}`) ?? maybe(`life.asked.${what}`) ?? what;
}
