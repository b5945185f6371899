/** A word of a closed vocabulary, a host, an id or a route; `@` only where a route or a package has it, never as in an e-mail. */
const WORD = /^[a-zA-Z](?:[\w.:/{}#-]|(?<=\/)@){0,99}$/;
/** RFC 9562; the fixed digits in it keep other numbers from passing as one. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** PostgreSQL names its conditions by five characters. */
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Cards have from six digits on, often in groups. */
const CARD = /\p{Nd}(?:[^\p{Nd}\p{L}]{0,2}\p{Nd}){5,}/u;
/** What may not stay in our own sentences: a card, a PIN, a telephone number, a year of birth. */
const NUMBERS = /\p{Nd}(?:[^\p{Nd}\p{L}]{0,2}\p{Nd}){3,}/gu;

/** May this be written to a log as it is? Nothing that could be somebody's card number or a sentence. */
export function isSafeWord(value: string): boolean {
	return UUID.test(value) || (WORD.test(value) && !CARD.test(value));
}

/** May this code of an error be written? */
export function isSafeCode(value: string): boolean {
	return SQLSTATE.test(value) || isSafeWord(value);
}

/** Our own details are written without personal data; numbers are taken out all the same. At most 200 characters. */
export function withoutNumbers(text: string): string {
	return text.replace(NUMBERS, '…').slice(0, 200);
}
