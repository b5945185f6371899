import type { OfficeInLog, OfficialRequestEntry } from '@understory/core/statement.ts';
import type { Act } from './act.ts';

/** What an office asked a branch, and what came of it. */
export interface OfficialRequest {
	/** Number of the entry, which has a page and a receipt. */
	readonly id: string;
	/** Host of the branch. */
	readonly branch: string;
	readonly request: OfficialRequestEntry['request'];
	readonly office: OfficeInLog;
	/** YYYY-MM-DD. */
	readonly on: string;
	readonly outcome: OfficialRequestEntry['outcome'];
	/** Days it took; null while it is open. */
	readonly days: number | null;
	/** Number of the entry that says what came of it; null while there is none. */
	readonly closed: string | null;
}

/** Each request once, with what came of it, in the order of the acts. */
export function officialRequests(acts: readonly Act[]): OfficialRequest[] {
	const entries = acts.flatMap(({ entry }) => (entry.kind === 'official_request' ? [entry] : []));
	const ends = new Map(entries.flatMap((entry) => entry.refs.map((ref) => [ref, entry] as const)));
	return entries
		.filter(({ outcome }) => outcome === 'open')
		.map(({ id, branch, request, office, decided_on }) => {
			const end = ends.get(id);
			const [outcome, days] = [end?.outcome ?? 'open', end?.days ?? null];
			return { id, branch, request, office, on: decided_on, outcome, days, closed: end?.id ?? null };
		});
}
