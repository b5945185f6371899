import type { Window } from '../../upgrade/waves.ts';

/** The two fields of a form that names hours. */
export interface TypedHours {
	readonly from?: string | undefined;
	readonly to?: string | undefined;
}

/** Reads them; null when both are empty. What is no number becomes one that is refused. */
export function hoursIn({ from = '', to = '' }: TypedHours): Window | null {
	return from.trim() === '' && to.trim() === '' ? null : { from: numberIn(from), to: numberIn(to) };
}

/** What is no number is refused as one. */
export function numberIn(text: string): number {
	return text.trim() === '' ? Number.NaN : Number(text);
}
