import { BadInput, type Fault } from '@understory/core/errors.ts';
import { say } from './frame.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** Faults in the visitor's words, as a list for the top of the form and by field for beside it. */
export interface FaultViews {
	readonly list: readonly { readonly field: string; readonly text: string }[];
	readonly by: Readonly<Record<string, string>>;
}

export const NO_FAULTS: FaultViews = { list: [], by: {} };

/**
 * Turns what a service refused into words. Services name faults by codes, since words are for pages. Anything that is no BadInput is
 * thrown on.
 */
export function faultViews(
	web: Web,
	visit: Visit,
	error: unknown,
	values: Readonly<Record<string, unknown>> = {},
): FaultViews {
	if (!(error instanceof BadInput)) throw error;
	const list = error.faults.map(({ field, text }: Fault) => ({
		field,
		text: say(web, visit, `fault.${text}`, values),
	}));
	return { list, by: Object.fromEntries(list.map(({ field, text }) => [field, text])) };
}
