import type { MisconfiguredReason, UnavailableReason } from './decision.ts';
import { onlyField, type ReceivedMessage, type Sip2Message } from './wire/message.ts';

/**
 * A step of asking a catalogue, for library IT to look at: names of fields and marks, never what a field holds. Nothing in it says who was asked about.
 * `ms` counts from the step before.
 */
export type Step =
	| { readonly step: 'connected'; readonly ms: number }
	| { readonly step: 'secured'; readonly ms: number; readonly protocol: string; readonly validTo: string }
	| {
			readonly step: 'answered';
			readonly ms: number;
			readonly question: string;
			readonly code: string;
			readonly sequence: boolean;
			readonly checksum: boolean;
			readonly fields: readonly string[];
			/** Parts that are no field, as when a separator is missing. */
			readonly junk: number;
	  }
	/** Its messages as it says (BX), or null when it does not say. */
	| { readonly step: 'on_line'; readonly supports: string | null; readonly version: string }
	/** The card itself, once for each way it can be wrong. */
	| {
			readonly step: 'judged';
			readonly valid: Mark;
			readonly pin: Mark;
			readonly card: 'same' | 'other' | 'missing' | 'several';
			/** Flags that are neither Y, N nor blank, by their place from 0 on. */
			readonly oddFlags: readonly number[];
	  }
	| { readonly step: 'asked_to_repeat'; readonly by: 'us' | 'them' }
	| { readonly step: 'tried_again' }
	| { readonly step: 'failed'; readonly reason: UnavailableReason | MisconfiguredReason };

/** What stands in a field that should be Y or N; `odd` is neither, as in `BLYBV7.00`. */
export type Mark = 'Y' | 'N' | 'missing' | 'several' | 'odd';

export type Trace = (step: Step) => void;

/** How an answer about a patron is marked, in the words of a step. */
export function judged(answer: ReceivedMessage, card: string): Step {
	const named = onlyField(answer, 'AA');
	const cards = answer.ids.filter((id) => id === 'AA').length;
	return {
		step: 'judged',
		valid: markOf(answer, 'BL'),
		pin: markOf(answer, 'CQ'),
		card: cards === 0 ? 'missing' : cards > 1 ? 'several' : named === card ? 'same' : 'other',
		oddFlags: [...answer.fixed.slice(0, 14)].flatMap((flag, at) => (/[YyN1 ]/.test(flag) ? [] : [at])),
	};
}

function markOf(answer: Sip2Message, id: string): Mark {
	const values = answer.fields.filter(([known]) => known === id);
	if (values.length !== 1) return values.length === 0 ? 'missing' : 'several';
	const value = values[0]![1];
	return value === 'Y' || value === 'N' ? value : 'odd';
}
