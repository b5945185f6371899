import { BadInput } from '@understory/core/errors.ts';
import { cleanLine, lengthOf } from '../plain-text.ts';

/** Longest reason for a decision about a server, in characters. */
export const LONGEST_REASON = 300;

/** A reason as it is published: one line that names nobody. Throws BadInput `server_reason`, `server_name`. */
export function checkedReason(text: string, field = 'reason'): string {
	const reason = cleanLine(text);
	const missing = reason === '' || lengthOf(reason) > LONGEST_REASON;
	const code = missing ? 'server_reason' : /@\w/.test(reason) ? 'server_name' : null;
	if (code === null) return reason;
	throw fault(field, code);
}

/** A field of a form about servers that cannot be taken; `text` is the code of the sentence about it. */
export function fault(field: string, text: string): BadInput {
	return new BadInput('Something on this page needs another look.', [{ field, text }]);
}
