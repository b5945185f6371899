import { onlyField, type Sip2Message } from './message.ts';

/** What a catalogue's answer to a patron information request comes to. Of the person only the year is used, for the age band. */
export type Sip2Decision =
	| {
			readonly outcome: 'ok';
			/** Expired cards keep the porch (DESIGN section 2). */
			readonly expired: boolean;
			/** Whole years, or null when the catalogue did not say. */
			readonly age: number | null;
			/** The catalogue's own id of the patron (XI), where it gives one. Never leaves the bridge but as a keyed hash. */
			readonly internalId: string | null;
	  }
	| { readonly outcome: 'bad_credentials' }
	| { readonly outcome: 'refused_by_policy'; readonly reason: 'lost' | 'blocked' }
	| { readonly outcome: 'unavailable'; readonly reason: 'silent' | 'offline' }
	| { readonly outcome: 'misconfigured'; readonly reason: string };

/** What the answer is held against. */
export interface Asked {
	/** As sent in AA. */
	readonly card: string;
	/** The sequence digit that was sent, or null without error detection. */
	readonly sequence: string | null;
	/** UTC milliseconds. */
	readonly now: number;
}

/**
 * Is this the exact positive answer? Implements reference/library-sso.md 1.7, points 2 to 6 and 10: everything that is not plainly yes is no.
 * Debts and overdue books never matter here.
 */
export function decide(answer: Sip2Message, asked: Asked): Sip2Decision {
	if (answer.code !== '64')
		return { outcome: 'misconfigured', reason: `answered ${answer.code} to a patron request` };
	if (answer.sequence !== null && answer.sequence !== asked.sequence) {
		return { outcome: 'misconfigured', reason: 'the sequence digit is another one' };
	}
	if (onlyField(answer, 'BL') !== 'Y' || onlyField(answer, 'CQ') !== 'Y')
		return { outcome: 'bad_credentials' };
	if (onlyField(answer, 'AA') !== asked.card) return { outcome: 'bad_credentials' };
	const status = answer.fixed.slice(0, 14);
	if (isSet(status[4])) return { outcome: 'refused_by_policy', reason: 'lost' };
	if (onlyField(answer, 'AF')?.toLowerCase().includes('barred'))
		return { outcome: 'refused_by_policy', reason: 'blocked' };
	return {
		outcome: 'ok',
		expired: isPast(onlyField(answer, 'PA'), asked.now),
		age: ageOf(onlyField(answer, 'PB'), asked.now),
		internalId: onlyField(answer, 'XI') || null,
	};
}

function isSet(flag: string | undefined): boolean {
	return flag !== undefined && flag !== ' ' && flag !== 'N';
}

function isPast(date: string | null, now: number): boolean {
	return date !== null && /^\d{8}/.test(date) && date.slice(0, 8) < dayOf(now);
}

function ageOf(date: string | null, now: number): number | null {
	if (date === null || !/^(?:18|19|20)\d{6}$/.test(date)) return null;
	const today = dayOf(now);
	const years = Number(today.slice(0, 4)) - Number(date.slice(0, 4));
	return today.slice(4) < date.slice(4) ? years - 1 : years;
}

function dayOf(now: number): string {
	return new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
}
