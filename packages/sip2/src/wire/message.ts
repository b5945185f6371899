/** A message taken apart: the code, the fixed part as one text, the variable fields in their order. */
export interface Sip2Message {
	readonly code: string;
	readonly fixed: string;
	readonly fields: readonly Sip2Field[];
	/** Error detection: the sequence digit (AY), or null when the message has none. */
	readonly sequence: string | null;
}

export type Sip2Field = readonly [id: string, value: string];

/** A message that was received. */
export interface ReceivedMessage extends Sip2Message {
	/** Did it carry a checksum (AZ)? It was right then. */
	readonly sealed: boolean;
	/** The names of all its fields, of those too whose values were left unread. */
	readonly ids: readonly string[];
	/** Parts that are no field. */
	readonly junk: number;
}

/** Characters after the code that are fixed (SIP2 section 4; reference/library-sso.md 1.2). */
export const FIXED: Readonly<Record<string, number>> = {
	'23': 21,
	'24': 35,
	'35': 18,
	'36': 19,
	'63': 31,
	'64': 59,
	'93': 2,
	'94': 1,
	'96': 0,
	'97': 0,
	'98': 34,
	'99': 8,
};

/** The one value of a field; null when it is missing or there are several, because then it says nothing. */
export function onlyField(message: Sip2Message, id: string): string | null {
	let value: string | null = null;
	for (const [known, text] of message.fields) {
		if (known !== id) continue;
		if (value !== null) return null;
		value = text;
	}
	return value;
}
